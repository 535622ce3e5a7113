const words = {
  ru: {
    brand: 'Песочница', deals: 'Сделки', phone: 'Телефон', calendar: 'Запись', users: 'Менеджеры', hooks: 'Вебхуки',
    acting: 'Действует', reset: 'Сбросить', resetAsk: 'Вернуть демонстрационные данные? Все изменения пропадут.', live: 'Обновляется сразу', offline: 'Нет связи',
    newDeal: 'Новая сделка', name: 'Название', price: 'Бюджет, ₽', stage: 'Этап', manager: 'Ответственный', contact: 'Контакт', contactPhone: 'Телефон контакта',
    create: 'Создать', cancel: 'Отмена', close: 'Закрыть', move: 'Переместить', noDeals: 'Пусто', tasks: 'Задачи', notes: 'Примечания', calls: 'Звонки',
    mails: 'Письма', files: 'Файлы', fields: 'Поля', tags: 'Теги', tagsHint: 'через запятую', noTasks: 'Нет задач', addNote: 'Добавить примечание', addTask: 'Добавить задачу', due: 'Срок',
    complete: 'Завершить', done: 'Завершена', company: 'Компания', child: 'Дочерняя', parent: 'Исходная', related: 'Связанные сделки', deleteDeal: 'Удалить сделку', deleteAsk: 'Удалить сделку?',
    updatedBy: 'Изменил(а)', dealGone: 'Сделки больше нет', robot: 'робот', incoming: 'Входящий', outgoing: 'Исходящий', sms: 'СМС', service: 'Сообщение службы',
    smsTitle: 'Телефон клиента', smsAll: 'Все номера', smsEmpty: 'Сообщений ещё нет. Сюда приходит всё, что отправлено через шлюз.', balance: 'На счёте шлюза', delivered: 'доставлено', accepted: 'принято', failed: 'не доставлено',
    to: 'Кому', sender: 'Отправитель', today: 'Сегодня', newVisit: 'Новый визит', executor: 'Специалист', serviceName: 'Услуга', time: 'Время', clientName: 'Имя клиента', clientPhone: 'Телефон',
    visit: 'Визит', state: 'Статус', save: 'Сохранить', day: 'День',
    usersNote: 'В amoCRM нет графика смен и статуса «на месте»: их ведёт сам продукт. Здесь только пользователи аккаунта.',
    openDeals: 'Открытых сделок', admin: 'администратор', inactive: 'отключён', email: 'Почта', id: 'Номер',
    subscriptions: 'Подписки', deliveries: 'Доставки', apiCalls: 'Вызовы API', noHooks: 'Подписок нет. Продукт подписывается через POST /api/v4/webhooks; адрес можно добавить и вручную.',
    noDeliveries: 'Доставок ещё не было.', address: 'Адрес', subscribe: 'Подписать', remove: 'Убрать', attempt: 'попытка', noAnswer: 'нет ответа', answer: 'Ответ', disabled: 'отключён', allEvents: 'все события',
    scheduled: 'Записан', sms_confirmation_sent: 'Отправлено СМС', confirmed: 'Подтвердил запись', in_progress: 'Клиент пришёл', finished: 'Обслужен', missed: 'Клиент не пришёл', cancelled: 'Отменён', cancelled_by_sms: 'Отменён по СМС',
  },
  en: {
    brand: 'Sandbox', deals: 'Deals', phone: 'Phone', calendar: 'Bookings', users: 'Managers', hooks: 'Webhooks',
    acting: 'Acting', reset: 'Reset', resetAsk: 'Put the demo data back? All changes will be gone.', live: 'Updates at once', offline: 'Offline',
    newDeal: 'New deal', name: 'Name', price: 'Budget, ₽', stage: 'Stage', manager: 'Responsible', contact: 'Contact', contactPhone: "Contact's phone",
    create: 'Create', cancel: 'Cancel', close: 'Close', move: 'Move', noDeals: 'Empty', tasks: 'Tasks', notes: 'Notes', calls: 'Calls',
    mails: 'Letters', files: 'Files', fields: 'Fields', tags: 'Tags', tagsHint: 'separated by commas', noTasks: 'No tasks', addNote: 'Add note', addTask: 'Add task', due: 'Due',
    complete: 'Complete', done: 'Done', company: 'Company', child: 'Child', parent: 'Parent', related: 'Related deals', deleteDeal: 'Delete deal', deleteAsk: 'Delete the deal?',
    updatedBy: 'Changed by', dealGone: 'The deal is gone', robot: 'robot', incoming: 'Incoming', outgoing: 'Outgoing', sms: 'SMS', service: 'Service message',
    smsTitle: "Client's phone", smsAll: 'All numbers', smsEmpty: 'No messages yet. Whatever the gateway accepts arrives here.', balance: 'Gateway balance', delivered: 'delivered', accepted: 'accepted', failed: 'failed',
    to: 'To', sender: 'Sender', today: 'Today', newVisit: 'New visit', executor: 'Specialist', serviceName: 'Service', time: 'Time', clientName: "Client's name", clientPhone: 'Phone',
    visit: 'Visit', state: 'Status', save: 'Save', day: 'Day',
    usersNote: 'amoCRM knows no shifts and no presence: the product keeps those itself. Here are only the users of the account.',
    openDeals: 'Open deals', admin: 'administrator', inactive: 'inactive', email: 'E-mail', id: 'Id',
    subscriptions: 'Subscriptions', deliveries: 'Deliveries', apiCalls: 'API calls', noHooks: 'No subscriptions. The product subscribes by POST /api/v4/webhooks; an address can be added by hand too.',
    noDeliveries: 'Nothing has been delivered yet.', address: 'Address', subscribe: 'Subscribe', remove: 'Remove', attempt: 'attempt', noAnswer: 'no answer', answer: 'Answer', disabled: 'disabled', allEvents: 'all events',
    scheduled: 'Booked', sms_confirmation_sent: 'SMS sent', confirmed: 'Confirmed', in_progress: 'Client is here', finished: 'Served', missed: 'No-show', cancelled: 'Cancelled', cancelled_by_sms: 'Cancelled by SMS',
  },
};

const asked = new URLSearchParams(location.search).get('lang') ?? localStorage.getItem('sandbox-lang');
export let language = asked === 'en' ? 'en' : 'ru';

export const t = key => words[language][key] ?? key;

export function switchLanguage() {
  language = language === 'ru' ? 'en' : 'ru';
  localStorage.setItem('sandbox-lang', language);
}

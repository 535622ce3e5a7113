'use strict';

// The plain page: funnels, a live journal, "why?". Everything that comes from outside is written as text, never as markup.
const words = {
  ru: {
    api: 'API', studio: 'Сценарии', leave: 'Выйти', live: 'на связи', offline: 'нет связи', signinTitle: 'Вход', keyLabel: 'Ключ API', enter: 'Войти',
    signinLink: 'Откройте одноразовую ссылку, которую сервер напечатал при запуске (строка «Automation», адрес с /start/…).',
    signinKey: 'Или вставьте ключ API: он напечатан при самом первом запуске и лежит в data/cli.key.',
    wrongKey: 'Такого ключа нет.', tooMany: 'Слишком много попыток. Подождите минуту.', whyTitle: 'Почему не сработало?', dealNumber: 'Номер сделки', ask: 'Узнать',
    journalTitle: 'Журнал', more: 'Показать более ранние', noFunnels: 'Воронок пока нет. Загрузите файл: automation import FILE --publish',
    emptyJournal: 'Пока тихо. Измените сделку в CRM, и здесь появится строка.', when: 'Когда', if: 'Если', then: 'То', always: 'всегда', version: 'версия', draft: 'черновик',
    unpublished: 'не опубликована', anyStage: 'Любой этап', off: 'выключен', due: 'сработает', later: 'Позже', run: 'Запуск', flow: 'Открыть сценарий', failed: 'Не получилось:', deal: 'Сделка', triggers: 'триггеров', other: 'English',
    statuses: { running: 'выполняется', suspended: 'ждёт', finished: 'выполнен', faulted: 'остановлен ошибкой', cancelled: 'отменён' },
    entities: { contact: 'контакт', company: 'компания', task: 'задача', booking: 'запись', customer: 'покупатель', unsorted: 'неразобранное', webhook: 'вебхук', schedule: 'расписание' },
  },
  en: {
    api: 'API', studio: 'Workflows', leave: 'Sign out', live: 'live', offline: 'offline', signinTitle: 'Sign in', keyLabel: 'API key', enter: 'Sign in',
    signinLink: 'Open the one-time link that the server printed at start (the line "Automation", an address with /start/…).',
    signinKey: 'Or paste the API key: it is printed at the very first start and kept in data/cli.key.',
    wrongKey: 'There is no such key.', tooMany: 'Too many tries. Wait a minute.', whyTitle: 'Why did it not fire?', dealNumber: 'Deal number', ask: 'Ask',
    journalTitle: 'Journal', more: 'Show earlier ones', noFunnels: 'No funnels yet. Import a file: automation import FILE --publish',
    emptyJournal: 'Quiet so far. Change a deal in the CRM, and a row appears here.', when: 'When', if: 'If', then: 'Then', always: 'always', version: 'version', draft: 'draft',
    unpublished: 'not published', anyStage: 'Any stage', off: 'off', due: 'due', later: 'Later', run: 'Run', flow: 'Open the workflow', failed: 'That failed:', deal: 'Deal', triggers: 'triggers', other: 'Русский',
    statuses: { running: 'running', suspended: 'waiting', finished: 'finished', faulted: 'stopped by a failure', cancelled: 'cancelled' },
    entities: { unsorted: 'incoming lead' },
  },
};

const state = { language: localStorage.getItem('language') === 'en' ? 'en' : 'ru', next: null, stream: null, funnels: '', asked: null };
const shown = new Set();
const find = (id) => document.getElementById(id);
const say = (key) => words[state.language][key];

function make(tag, options = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (name === 'class') element.className = value;
    else if (name === 'text') element.textContent = value;
    else if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

class Refusal extends Error {
  constructor(status, problem) {
    super(problem?.title ?? `HTTP ${status}`);
    this.status = status;
  }
}

async function call(path, options = {}) {
  const response = await fetch(path, { ...options, credentials: 'same-origin', headers: { 'X-Requested-With': 'automation', Accept: 'application/json', ...options.headers } });
  if (response.status === 204) return null;
  const body = await response.json().catch(() => null);
  if (!response.ok) throw new Refusal(response.status, body);
  return body;
}

function time(text) {
  const at = new Date(text);
  const sameDay = at.toDateString() === new Date().toDateString();
  const clock = at.toLocaleTimeString(state.language, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
  return sameDay ? clock : `${at.toLocaleDateString(state.language, { day: '2-digit', month: '2-digit' })} ${clock}`;
}

function label() {
  document.documentElement.lang = state.language;
  for (const element of document.querySelectorAll('[data-text]')) element.textContent = say(element.dataset.text);
  for (const element of document.querySelectorAll('[data-placeholder]')) element.placeholder = say(element.dataset.placeholder);
  find('language').textContent = say('other');
}

function triggerCard(trigger) {
  const steps = trigger.then.length ? trigger.then.join(' → ') : '—';
  const condition = trigger.if ? make('code', { text: trigger.if }) : document.createTextNode(say('always'));
  return make('article', { class: `trigger${trigger.enabled ? '' : ' off'}`, 'data-testid': `trigger-${trigger.id}`, 'data-trigger': `${trigger.funnel}/${trigger.id}` },
    make('b', { text: trigger.enabled ? trigger.name : `${trigger.name} (${say('off')})` }),
    flowButton(trigger),
    make('dl', {},
      make('dt', { text: say('when') }), make('dd', { text: trigger.when }),
      make('dt', { text: say('if') }), make('dd', {}, condition),
      make('dt', { text: say('then') }), make('dd', { text: steps })));
}

// Studio works on a copy beside the draft; "Apply" there puts it back.
function flowButton(trigger) {
  const button = make('button', { type: 'button', class: 'flow', title: say('flow'), 'aria-label': `${say('flow')}: ${trigger.name}`, text: '⌥' });
  button.addEventListener('click', () => call(`/api/funnels/${encodeURIComponent(trigger.funnel)}/triggers/${encodeURIComponent(trigger.id)}/studio`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' })
    .then((copy) => location.assign(copy.url)).catch(fail));
  return button;
}

function funnelBoard(funnel) {
  const names = new Set(funnel.stages.map((stage) => stage.name));
  const columns = funnel.stages.map((stage) => ({ stage, triggers: [] }));
  const anywhere = { stage: { name: say('anyStage'), kind: 'ordinary' }, triggers: [] };
  for (const trigger of funnel.triggers) {
    // Under the first stage of its span, as on the board; the others are named on the card's place.
    const first = trigger.stages.find((name) => names.has(name));
    (columns.find((column) => column.stage.name === first) ?? anywhere).triggers.push(trigger);
  }
  if (anywhere.triggers.length) columns.push(anywhere);
  return make('section', { class: 'funnel', 'data-testid': `funnel-${funnel.slug}` },
    make('header', {}, make('h1', { text: funnel.name }),
      make('span', { class: funnel.version ? 'badge' : 'badge draft', text: funnel.version ? `${say('version')} ${funnel.version}` : say('unpublished') }),
      make('span', { class: 'soft', text: funnel.connection ?? '' })),
    make('div', { class: 'stages', tabindex: '0' }, ...columns.map((column) => make('div', { class: `stage ${column.stage.kind}` },
      make('h3', {}, document.createTextNode(column.stage.name), make('span', { text: column.triggers.length ? String(column.triggers.length) : '' })),
      ...column.triggers.map(triggerCard)))));
}

async function loadFunnels() {
  const list = (await call('/api/funnels')).items;
  const funnels = await Promise.all(list.map((funnel) => call(`/api/funnels/${funnel.id}?lang=${state.language}`)));
  const key = JSON.stringify([state.language, funnels.map((funnel) => [funnel.id, funnel.version, funnel.revision])]);
  if (key === state.funnels) return;
  state.funnels = key;
  find('funnels').replaceChildren(...(funnels.length ? funnels.map(funnelBoard) : [make('p', { class: 'soft', text: say('noFunnels') })]));
  chooseCard();
}

// Back from Studio, the card that was opened there is the chosen one.
function chooseCard() {
  const asked = new URLSearchParams(location.search);
  const [funnel, trigger] = [asked.get('funnel'), asked.get('trigger')];
  if (!funnel || !trigger) return;
  const card = document.querySelector(`[data-testid="funnel-${CSS.escape(funnel)}"] [data-testid="trigger-${CSS.escape(trigger)}"]`);
  if (!card) return;
  card.classList.add('chosen');
  card.scrollIntoView({ block: 'center', inline: 'center' });
  card.querySelector('.flow').focus({ preventScroll: true });
}

const runPage = (run) => `/studio/workflows/instances/${run}/view`;

function journalRow(row) {
  const deal = row.deal ?? row.entityId;
  const button = make('button', { type: 'button', class: 'deal', text: row.deal ? `№${deal}` : `${words[state.language].entities[row.entityType] ?? row.entityType} ${deal}` });
  if (row.deal) button.addEventListener('click', () => ask(row.deal));
  const lines = row.lines.length ? make('ul', { class: 'lines' }, ...row.lines.map((line) => make('li', { class: line.outcome, text: line.text }))) : null;
  return make('li', { class: row.tone, 'data-kind': row.kind, 'data-deal': row.deal ?? '' }, make('span', { class: 'when', text: time(row.at) }), button, row.runId ? make('a', { class: 'text', href: runPage(row.runId), text: row.text }) : make('span', { class: 'text', text: row.text }), lines);
}

async function loadJournal(cursor) {
  const page = await call(`/api/journal?limit=50&lang=${state.language}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
  const list = find('journal');
  if (!cursor) {
    list.replaceChildren();
    shown.clear();
  }
  for (const row of page.items) {
    if (shown.has(row.id)) continue;
    shown.add(row.id);
    list.append(journalRow(row));
  }
  if (!list.children.length) list.append(make('li', { class: 'soft', id: 'empty', text: say('emptyJournal') }));
  state.next = page.next ?? null;
  find('more').hidden = !state.next;
}

function flash(row) {
  for (const line of row.lines.filter((one) => one.trigger && one.outcome !== 'no')) {
    for (const card of document.querySelectorAll('[data-trigger]')) {
      if (!card.dataset.trigger.endsWith(`/${line.trigger}`)) continue;
      card.classList.add('flash');
      setTimeout(() => card.classList.remove('flash'), 2500);
    }
  }
}

function take(row) {
  if (shown.has(row.id)) return;
  shown.add(row.id);
  find('empty')?.remove();
  const list = find('journal');
  list.prepend(journalRow(row));
  while (list.children.length > 300) list.lastElementChild.remove();
  flash(row);
}

function listen() {
  state.stream?.close();
  const live = find('live');
  const stream = new EventSource(`/api/journal/live?lang=${state.language}`);
  state.stream = stream;
  const mark = (connected) => {
    live.hidden = false;
    live.classList.toggle('off', !connected);
    live.lastElementChild.dataset.text = connected ? 'live' : 'offline';
    live.lastElementChild.textContent = say(connected ? 'live' : 'offline');
  };
  // What was committed while nobody listened is read from the journal.
  stream.addEventListener('open', () => { mark(true); loadJournal().catch(fail); loadFunnels().catch(fail); });
  stream.addEventListener('journal', (event) => take(JSON.parse(event.data)));
  stream.addEventListener('error', () => {
    mark(false);
    if (stream.readyState === EventSource.CLOSED) call('/api/session').then(() => setTimeout(listen, 3000)).catch(fail);
  });
}

const told = (now) => (now.at ? `${now.text} ${time(now.at)}` : now.text);

function verdictRow(verdict) {
  const mark = { fired: '✓', scheduled: '◷' }[verdict.outcome] ?? '✗';
  const seen = verdict.seen.map((value) => make('li', {}, make('code', { text: `${value.path} = ${value.value}` })));
  if (verdict.dueAt) seen.push(make('li', { text: `${say('due')}: ${time(verdict.dueAt)}` }));
  if (verdict.later) seen.push(make('li', { text: `${say('later')}: ${verdict.later}` }));
  for (const now of verdict.now) seen.push(make('li', { class: 'now', text: told(now) }));
  if (verdict.runStatus) seen.push(make('li', {}, make('a', { href: runPage(verdict.runId), text: `${say('run')}: ${words[state.language].statuses[verdict.runStatus] ?? verdict.runStatus}` })));
  return make('div', { class: `verdict ${verdict.outcome}`, 'data-testid': `why-trigger-${verdict.triggerId}`, 'data-reason': verdict.reason },
    make('span', { class: 'mark', text: mark }), make('b', { text: verdict.name }), document.createTextNode(`: ${verdict.text}`), seen.length ? make('ul', {}, ...seen) : null);
}

async function ask(deal) {
  const result = find('why-result');
  find('why-deal').value = deal;
  state.asked = deal;
  try {
    const why = await call(`/api/why?deal=${encodeURIComponent(deal)}&lang=${state.language}`);
    const parts = [];
    if (why.event) parts.push(make('p', {}, make('span', { class: 'when', text: time(why.event.at) }), make('b', { text: `${say('deal')} ${why.deal}. ` }), document.createTextNode(why.event.text)));
    parts.push(make('p', { text: why.text }));
    if (why.waiting) parts.push(make('p', { class: 'trouble', text: told(why.waiting) }));
    let funnel = null;
    for (const verdict of why.verdicts) {
      if (verdict.funnel !== funnel) parts.push(make('h3', { text: verdict.funnelName }));
      funnel = verdict.funnel;
      parts.push(verdictRow(verdict));
    }
    result.replaceChildren(...parts);
  } catch (error) {
    if (error.status === 401) fail(error);
    else result.replaceChildren(make('p', { class: 'trouble', text: error.message }));
  }
}

function fail(error) {
  if (error.status === 401) return signIn();
  find('why-result').replaceChildren(make('p', { class: 'trouble', text: `${say('failed')} ${error.message}` }));
}

function signIn() {
  state.stream?.close();
  state.stream = null;
  find('live').hidden = true;
  find('leave').hidden = true;
  find('account').textContent = '';
  find('app').hidden = true;
  find('signin').hidden = false;
  find('key').focus();
}

async function begin() {
  label();
  let session;
  try {
    session = await call('/api/session');
  } catch (error) {
    if (error.status === 401) return signIn();
    throw error;
  }
  if (!localStorage.getItem('language')) state.language = session.language === 'en' ? 'en' : 'ru';
  label();
  find('account').textContent = session.name;
  find('signin').hidden = true;
  find('app').hidden = false;
  find('leave').hidden = false;
  await Promise.all([loadFunnels(), loadJournal()]);
  listen();
}

find('key-form').addEventListener('submit', async (event) => {
  event.preventDefault();
  const trouble = find('key-trouble');
  trouble.textContent = '';
  try {
    await call('/api/session', { method: 'POST', headers: { 'X-Api-Key': find('key').value.trim() } });
    find('key').value = '';
    await begin();
  } catch (error) {
    trouble.textContent = error.status === 401 ? say('wrongKey') : error.status === 429 ? say('tooMany') : error.message;
  }
});

find('why-form').addEventListener('submit', (event) => {
  event.preventDefault();
  ask(find('why-deal').value.trim());
});

find('more').addEventListener('click', () => loadJournal(state.next).catch(fail));

find('leave').addEventListener('click', async () => {
  await call('/api/session', { method: 'DELETE' }).catch(() => null);
  signIn();
});

find('language').addEventListener('click', () => {
  state.language = state.language === 'ru' ? 'en' : 'ru';
  localStorage.setItem('language', state.language);
  label();
  if (find('app').hidden) return;
  listen();
  if (state.asked) ask(state.asked);
});

// A publish elsewhere shows here within a minute.
setInterval(() => { if (!find('app').hidden && !document.hidden) loadFunnels().catch(fail); }, 30000);

begin().catch(fail);

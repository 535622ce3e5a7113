import { act, el, field, fromInput, options, read, toInput, when } from '/sandbox/dom.js';
import { badge } from '/sandbox/board.js';
import { t } from '/sandbox/words.js';

const host = document.getElementById('drawer');
let id = null;
let users = [];

export async function open(dealId) {
  id = dealId;
  users = (await read('/board')).users;
  await refresh(true);
  host.scrollTop = 0;
}

export function close() {
  id = null;
  host.hidden = true;
  host.replaceChildren();
}

addEventListener('keydown', event => { if (event.key === 'Escape' && !document.querySelector('dialog[open]')) close(); });

// What a person is typing is not redrawn.
const typing = () => host.contains(document.activeElement) && /^(INPUT|TEXTAREA)$/.test(document.activeElement.tagName);

export async function refresh(force = false) {
  if (id === null || (!force && typing())) return;
  const deal = await read(`/deals/${id}`);
  if (deal.id !== id && !deal.missing) return;
  host.hidden = false;
  host.replaceChildren(...(deal.missing ? gone() : body(deal)));
}

const gone = () => [head({ id, name: t('dealGone') })];

const head = deal => el('header', { class: 'drawer-head' },
  el('div', {}, el('div', { class: 'muted', testid: 'drawer-id' }, `#${deal.id}`), el('h2', { testid: 'drawer-title' }, deal.name)),
  el('button', { type: 'button', class: 'quiet round', 'aria-label': t('close'), testid: 'drawer-close', onclick: close }, '✕'));

const save = async change => {
  await act(`/deals/${id}`, change);
  await refresh(true);
};

function body(deal) {
  const calls = deal.notes.filter(note => note.type.startsWith('call_'));
  const mails = deal.notes.filter(note => note.type === 'amomail_message');
  const notes = deal.notes.filter(note => !calls.includes(note) && !mails.includes(note));
  return [
    head(deal),
    el('div', { class: 'muted small' }, `${t('updatedBy')}: ${deal.updated_by} · ${when(deal.updated_at)}`),
    deal.tags.length > 0 ? el('div', { class: 'tags' }, deal.tags.map(tag => badge(tag))) : '',
    section('', [
      field(t('name'), el('input', { value: deal.name, testid: 'edit-name', onchange: event => save({ name: event.target.value }) })),
      el('div', { class: 'pair' },
        field(t('price'), el('input', { type: 'number', value: deal.price, testid: 'edit-price', onchange: event => save({ price: Number(event.target.value) }) })),
        field(t('manager'), el('select', { testid: 'edit-manager', onchange: event => save({ responsible_user_id: Number(event.target.value) }) },
          options(users.map(user => [user.id, user.name]), deal.responsible_user_id)))),
      field(`${t('tags')} (${t('tagsHint')})`, el('input', { value: deal.tags.map(tag => tag.name).join(', '), testid: 'edit-tags', onchange: event => save({ tags: event.target.value }) })),
    ]),
    section(t('tasks'), [
      deal.tasks.length === 0 ? el('p', { class: 'muted' }, t('noTasks')) : '',
      deal.tasks.map(task => taskRow(task)), taskForm(deal),
    ], 'drawer-tasks'),
    section(t('fields'), deal.fields.map(item => field(item.name, control(item))), 'drawer-fields'),
    section(t('contact'), [...deal.contacts.map(person => line(person.name, person.values.join(' · '), `contact-${person.id}`)),
      ...deal.companies.map(person => line(person.name, t('company'), `company-${person.id}`))], 'drawer-contacts'),
    deal.children.length + deal.parents.length > 0 ? section(t('related'), [
      ...deal.parents.map(other => link(other, t('parent'))), ...deal.children.map(other => link(other, t('child')))], 'drawer-related') : '',
    section(t('notes'), [noteForm(), ...notes.map(note => noteRow(note))], 'drawer-notes'),
    calls.length > 0 ? section(t('calls'), calls.map(call => callRow(call)), 'drawer-calls') : '',
    mails.length > 0 ? section(t('mails'), mails.map(mail => mailRow(mail)), 'drawer-mails') : '',
    deal.files.length > 0 ? section(t('files'), deal.files.map(file =>
      el('a', { class: 'line file', href: file.href, download: file.name }, el('span', {}, file.name), el('span', { class: 'muted' }, `${file.size} B`))), 'drawer-files') : '',
    el('button', { type: 'button', class: 'quiet danger', testid: 'delete-deal', onclick: async () => {
      if (!confirm(t('deleteAsk'))) return;
      await act(`/deals/${id}/delete`);
      close();
    } }, t('deleteDeal')),
  ].filter(Boolean);
}

const section = (title, content, testid) => el('section', { class: 'part', testid }, title ? el('h3', {}, title) : '', content);

const line = (name, detail, testid) => el('div', { class: 'line', testid }, el('span', {}, name), el('span', { class: 'muted' }, detail));

const link = (other, kind) => el('button', { type: 'button', class: 'line linkish', testid: `related-${other.id}`, onclick: () => open(other.id) },
  el('span', {}, other.name), el('span', { class: 'muted' }, `${kind} #${other.id}`));

function control(item) {
  const testid = `field-${item.id}`;
  const send = value => save({ field_id: item.id, value });
  if (item.choices.length > 0)
    return el('select', { testid, onchange: event => send(event.target.value) }, options([['', '—'], ...item.choices.map(choice => [choice, choice])], item.value ?? ''));
  if (item.type === 'date_time')
    return el('input', { type: 'datetime-local', testid, value: toInput(item.value), onchange: event => send(fromInput(event.target.value)) });
  return el('input', { testid, value: item.value ?? '', onchange: event => send(event.target.value) });
}

const taskRow = task => el('div', { class: task.done ? 'task-row done' : 'task-row', testid: `task-${task.id}` },
  el('div', {}, el('div', {}, task.text), el('div', { class: 'muted small' }, `${task.responsible} · ${when(task.due)}${task.result ? ` · ${task.result}` : ''}`)),
  task.done ? el('span', { class: 'muted small' }, t('done'))
    : el('button', { type: 'button', class: 'quiet', testid: `complete-${task.id}`, onclick: async () => { await act(`/tasks/${task.id}/complete`); await refresh(true); } }, t('complete')));

function taskForm(deal) {
  const text = el('input', { placeholder: t('addTask'), testid: 'task-text', 'aria-label': t('addTask') });
  const due = el('input', { type: 'datetime-local', testid: 'task-due', 'aria-label': t('due'), value: toInput(Math.ceil(Date.now() / 3600000 + 24) * 3600) });
  return adder([text, due], 'task-add', async () => {
    await act(`/deals/${id}/tasks`, { text: text.value, due: fromInput(due.value), responsible_user_id: deal.responsible_user_id });
  });
}

function noteForm() {
  const text = el('input', { placeholder: t('addNote'), testid: 'note-text', 'aria-label': t('addNote') });
  return adder([text], 'note-add', () => act(`/deals/${id}/notes`, { text: text.value }));
}

const adder = (inputs, testid, send) => el('form', { class: 'adder', onsubmit: async event => {
  event.preventDefault();
  if (!inputs[0].value.trim()) return;
  await send();
  await refresh(true);
} }, inputs, el('button', { class: 'primary small-button', testid }, '+'));

const titles = { sms_in: 'sms', sms_out: 'sms', service_message: 'service', extended_service_message: 'service', attachment: 'files' };

const noteRow = note => el('div', { class: 'note', testid: `note-${note.id}` },
  titles[note.type] ? el('div', { class: 'small kind' }, t(titles[note.type]), note.params.service ? ` · ${note.params.service}` : '') : '',
  el('div', { class: 'text' }, note.params.text ?? note.params.file_name ?? ''), by(note));

const by = note => el('div', { class: 'muted small' }, `${note.author} · ${when(note.at)}`);

const callRow = note => el('div', { class: 'note call', testid: `note-${note.id}` },
  el('div', {}, `${t(note.type === 'call_in' ? 'incoming' : 'outgoing')} · ${note.params.phone} · ${Math.floor(note.params.duration / 60)}:${String(note.params.duration % 60).padStart(2, '0')}`),
  note.params.link?.startsWith(location.origin) ? el('audio', { controls: true, preload: 'none', src: note.params.link }) : note.params.link ? el('div', { class: 'muted small' }, note.params.link) : '',
  by(note));

const mailRow = note => el('div', { class: 'note mail', testid: `note-${note.id}` },
  el('b', {}, note.params.subject), el('div', { class: 'muted small' }, `${note.params.from?.name} → ${note.params.to?.name}`), el('div', {}, note.params.content_summary), by(note));


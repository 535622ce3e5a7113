import { act, el, field, openDialog, options, read } from '/sandbox/dom.js';
import { carry } from '/sandbox/drag.js';
import { t } from '/sandbox/words.js';

const hour = 56;
let day = '';
let chosen = null;

const text = minutes => `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

const shifted = (from, days) => {
  const date = new Date(`${from}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
};

export async function render(host) {
  if (carry.active || host.contains(document.activeElement) && document.activeElement.type === 'time') return;
  const data = await read(`/calendar?day=${day}`);
  day = data.day;
  const height = `${(data.to - data.from) * hour}px`;
  const hours = el('div', { class: 'hours' }, Array.from({ length: data.to - data.from }, (_, i) => el('div', { class: 'hour' }, text((data.from + i) * 60))));
  hours.style.height = height;
  const grid = el('div', { class: 'day', testid: 'calendar' }, el('div', { class: 'axis' }, el('div', { class: 'day-head' }), hours),
    data.executors.map(executor => lane(host, data, executor, height)));
  const go = to => { day = to; chosen = null; render(host); };
  host.replaceChildren(
    el('div', { class: 'bar' },
      el('div', { class: 'row' },
        el('button', { type: 'button', class: 'quiet round', 'aria-label': '←', testid: 'day-before', onclick: () => go(shifted(day, -1)) }, '‹'),
        el('input', { type: 'date', value: day, testid: 'day', 'aria-label': t('day'), onchange: event => go(event.target.value) }),
        el('button', { type: 'button', class: 'quiet round', 'aria-label': '→', testid: 'day-after', onclick: () => go(shifted(day, 1)) }, '›'),
        el('button', { type: 'button', class: 'quiet', testid: 'day-today', onclick: () => go('') }, t('today'))),
      el('button', { type: 'button', class: 'primary', testid: 'new-visit', onclick: () => create(data, data.executors[0].id, '16:00') }, `+ ${t('newVisit')}`)),
    el('div', { class: 'calendar' }, grid));
  const visit = data.visits.find(item => item.id === chosen);
  if (visit) host.append(panel(host, data, visit));
}

function lane(host, data, executor, height) {
  const body = el('div', { class: 'lane-body', testid: `executor-${executor.id}` }, data.visits.filter(visit => visit.executor_id === executor.id).map(visit => block(host, data, visit)));
  body.style.height = height;
  const minuteAt = y => data.from * 60 + Math.max(0, Math.round((y - body.getBoundingClientRect().top) / hour * 4)) * 15;
  body.addEventListener('dblclick', event => { if (event.target === body) create(data, executor.id, text(minuteAt(event.clientY))); });
  carry.target(body, async (id, _, y) => {
    const visit = data.visits.find(item => item.id === id);
    await act(`/visits/${id}`, { day, time: text(Math.max(data.from * 60, minuteAt(y - visit.length / 60 * hour / 2))), executor_id: executor.id });
    await render(host);
  });
  return el('div', { class: 'lane' }, el('div', { class: 'day-head' }, el('b', {}, executor.name), el('span', { class: 'muted small' }, executor.position)), body);
}

function block(host, data, visit) {
  const node = el('button', { type: 'button', class: `visit s-${visit.status}`, draggable: 'true', testid: `visit-${visit.id}`, 'data-status': visit.status, 'data-start': visit.start,
    onclick: () => { chosen = visit.id; render(host); } },
    el('b', {}, `${visit.start} ${visit.client ?? ''}`), el('span', {}, visit.service), el('span', { class: 'small' }, t(visit.status)));
  node.style.top = `${(visit.minute - data.from * 60) / 60 * hour}px`;
  node.style.height = `${visit.length / 60 * hour - 3}px`;
  carry.source(node, null, visit.id);
  return node;
}

function panel(host, data, visit) {
  const state = el('select', { testid: 'visit-status' }, options(data.states.map(item => [item, t(item)]), visit.status));
  const time = el('input', { type: 'time', step: '900', value: visit.start, testid: 'visit-time' });
  const executor = el('select', { testid: 'visit-executor' }, options(data.executors.map(item => [item.id, item.name]), visit.executor_id));
  return el('section', { class: 'panel', testid: 'visit-panel' },
    el('div', { class: 'row between' }, el('h3', {}, `${t('visit')} ${visit.id}: ${visit.client}, +${visit.phone}`),
      el('button', { type: 'button', class: 'quiet round', 'aria-label': t('close'), testid: 'visit-close', onclick: () => { chosen = null; render(host); } }, '✕')),
    el('div', { class: 'row wrap' }, field(t('state'), state), field(t('time'), time), field(t('executor'), executor),
      el('button', { type: 'button', class: 'primary', testid: 'visit-save', onclick: async event => {
        event.target.focus();
        await act(`/visits/${visit.id}`, { status: state.value, day, time: time.value, executor_id: Number(executor.value) });
        await render(host);
      } }, t('save'))));
}

function create(data, executorId, time) {
  openDialog(t('newVisit'), [
    el('div', { class: 'pair' },
      field(t('clientName'), el('input', { name: 'name', required: true, testid: 'visit-new-name', autocomplete: 'off' })),
      field(t('clientPhone'), el('input', { name: 'phone', required: true, placeholder: '79161234567', testid: 'visit-new-phone', autocomplete: 'off' }))),
    el('div', { class: 'pair' },
      field(t('executor'), el('select', { name: 'executor_id', testid: 'visit-new-executor' }, options(data.executors.map(item => [item.id, item.name]), executorId))),
      field(t('serviceName'), el('select', { name: 'service_id', testid: 'visit-new-service' }, options(data.services.map(item => [item.id, `${item.name}, ${item.minutes}′`]))))),
    el('div', { class: 'pair' },
      field(t('day'), el('input', { name: 'day', type: 'date', value: day, required: true, testid: 'visit-new-day' })),
      field(t('time'), el('input', { name: 'time', type: 'time', step: '900', value: time, required: true, testid: 'visit-new-time' }))),
  ], form => act('/visits', { ...form, executor_id: Number(form.executor_id), service_id: Number(form.service_id) }));
}

import { act, clock, el, read } from '/sandbox/dom.js';
import { t } from '/sandbox/words.js';

const unfolded = new Set();

export async function render(host) {
  if (host.contains(document.activeElement) && document.activeElement.tagName === 'INPUT' && document.activeElement.value) return;
  const { subscriptions, deliveries, calls } = await read('/hooks');
  host.replaceChildren(el('div', { class: 'narrow wide' },
    el('h1', {}, t('hooks')),
    el('section', { class: 'box' }, el('h2', {}, t('subscriptions')),
      subscriptions.length === 0 && el('p', { class: 'muted' }, t('noHooks')),
      el('div', { class: 'list', testid: 'hook-subscriptions' }, subscriptions.map(subscription)), form()),
    el('section', { class: 'box' }, el('h2', {}, t('deliveries'), el('span', { class: 'count', testid: 'delivery-count' }, String(deliveries.length))),
      deliveries.length === 0 && el('p', { class: 'muted' }, t('noDeliveries')),
      el('div', { class: 'list', testid: 'deliveries' }, deliveries.map(delivery))),
    el('section', { class: 'box' }, el('h2', {}, t('apiCalls'), el('span', { class: 'count' }, String(calls.length))),
      el('div', { class: 'calls', testid: 'api-calls' }, calls.slice(0, 40).map(call => el('div', { class: 'call-row' },
        el('time', { class: 'muted' }, clock(call.at)), el('b', {}, call.method), el('span', { class: 'path' }, call.path.replace('/sandbox/amo', '')), status(call.status)))))));
}

const status = code => el('span', { class: code === null ? 'code bad' : code < 300 ? 'code good' : 'code bad' }, code === null ? t('noAnswer') : String(code));

const subscription = hook => el('div', { class: 'person' },
  el('span', { class: 'pill' }, { amo: 'amoCRM', klientiks: 'Klientiks', smsc: 'SMSC' }[hook.system]),
  el('div', { class: 'grow' }, el('div', { class: 'path' }, hook.destination), el('div', { class: 'muted small events' }, hook.events)),
  hook.disabled && el('span', { class: 'code bad' }, t('disabled')),
  el('button', { type: 'button', class: 'quiet', onclick: () => act('/hooks/remove', { system: hook.system, destination: hook.destination }) }, t('remove')));

function delivery(item) {
  const key = `${item.system}-${item.number}`;
  return el('details', { class: 'delivery', testid: `delivery-${key}`, 'data-event': item.event, open: unfolded.has(key),
    ontoggle: event => { if (event.target.open) unfolded.add(key); else unfolded.delete(key); } },
    el('summary', {}, el('time', { class: 'muted' }, clock(item.at)), el('b', {}, item.event), el('span', { class: 'path grow' }, item.destination),
      item.attempt > 1 && el('span', { class: 'pill' }, `${t('attempt')} ${item.attempt}`), status(item.status)),
    el('pre', {}, item.body), item.answer && el('div', { class: 'small muted' }, `${t('answer')}: ${item.answer}`));
}

function form() {
  const address = el('input', { type: 'url', required: true, placeholder: 'http://127.0.0.1:5080/hooks/amocrm/…', testid: 'hook-address', 'aria-label': t('address') });
  const system = el('select', { testid: 'hook-system', 'aria-label': t('subscriptions') }, el('option', { value: 'amo' }, 'amoCRM'), el('option', { value: 'klientiks' }, 'Klientiks'), el('option', { value: 'smsc' }, 'SMSC'));
  return el('form', { class: 'adder', onsubmit: async event => {
    event.preventDefault();
    const destination = address.value;
    address.value = '';
    await act('/hooks', { system: system.value, destination });
  } }, system, address, el('button', { class: 'primary', testid: 'hook-subscribe' }, t('subscribe')));
}

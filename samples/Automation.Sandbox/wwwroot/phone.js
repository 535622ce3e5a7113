import { el, money, options, read, when } from '/sandbox/dom.js';
import { t } from '/sandbox/words.js';

let chosen = '';

export async function render(host) {
  const { messages, balance } = await read('/sms');
  const phones = [...new Map(messages.map(message => [message.phone, message.name ?? `+${message.phone}`]))];
  if (!phones.some(([phone]) => phone === chosen)) chosen = '';
  const shown = messages.filter(message => !chosen || message.phone === chosen);
  const list = el('div', { class: 'messages', testid: 'sms-list', 'aria-live': 'polite' },
    shown.length === 0 ? el('p', { class: 'hint', testid: 'sms-empty' }, t('smsEmpty')) : shown.map(bubble));
  host.replaceChildren(el('div', { class: 'phone-page' },
    el('div', { class: 'side' },
      el('h1', {}, t('smsTitle')),
      el('select', { testid: 'sms-phone', 'aria-label': t('phone'), onchange: event => { chosen = event.target.value; render(host); } },
        options([['', t('smsAll')], ...phones], chosen)),
      el('div', { class: 'facts' },
        el('div', {}, el('b', { testid: 'sms-count' }, String(messages.length)), ` ${t('sms')}`),
        el('div', { class: 'muted' }, `${t('balance')}: `, el('span', { testid: 'sms-balance' }, money(balance))))),
    el('div', { class: 'phone' }, el('div', { class: 'speaker' }), el('div', { class: 'screen' },
      el('div', { class: 'screen-head' }, chosen ? phones.find(([phone]) => phone === chosen)[1] : t('smsAll')), list),
    el('div', { class: 'home' }))));
  list.scrollTop = list.scrollHeight;
}

const bubble = message => el('div', { class: 'bubble', testid: `sms-${message.number}`, 'data-phone': message.phone, 'data-sms-id': message.id },
  el('div', { class: 'small muted' }, `${message.sender || 'SMSC'} → ${message.name ?? ''} +${message.phone}`),
  el('div', { class: 'text' }, message.text),
  el('div', { class: 'small muted right' }, `${when(message.at)} · ${t(message.status >= 20 || message.status === 3 ? 'failed' : message.status >= 1 ? 'delivered' : 'accepted')}`));

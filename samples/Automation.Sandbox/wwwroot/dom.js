import { language, t } from '/sandbox/words.js';

// Builds an element; text goes in as text, never as markup.
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (name === 'value') node.value = value;
    else if (name === 'testid') node.dataset.testid = value;
    else node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false));
  if (tag === 'select' && attributes.value !== undefined) node.value = attributes.value;
  return node;
}

export const options = (list, chosen) =>
  list.map(([value, label]) => el('option', { value: String(value), selected: String(value) === String(chosen) }, label));

export const field = (label, control, extra = '') => el('label', { class: `field ${extra}` }, el('span', {}, label), control);

export const read = path => fetch(`/sandbox/ui${path}`).then(answer => answer.json());

export async function act(path, body = {}) {
  const actor = Number(document.getElementById('actor').value) || undefined;
  const answer = await fetch(`/sandbox/ui${path}`, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ actor, ...body }),
  });
  const json = await answer.json();
  if (!answer.ok) toast(json.error);
  return answer.ok ? json : null;
}

let hiding;
export function toast(text) {
  const box = document.getElementById('toast');
  box.textContent = text;
  box.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => { box.hidden = true; }, 4000);
}

export const money = value => `${new Intl.NumberFormat(language === 'ru' ? 'ru-RU' : 'en-GB').format(value)} ₽`;

// The account's zone is Moscow; it keeps one offset all year.
const offset = 3 * 3600;

export const when = (seconds, parts = { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }) =>
  new Intl.DateTimeFormat(language === 'ru' ? 'ru-RU' : 'en-GB', { ...parts, timeZone: 'Europe/Moscow' }).format(new Date(seconds * 1000));

export const clock = seconds => when(seconds, { hour: '2-digit', minute: '2-digit', second: '2-digit' });

export const toInput = seconds => seconds ? new Date((Number(seconds) + offset) * 1000).toISOString().slice(0, 16) : '';

export const fromInput = text => text ? Date.parse(`${text}:00Z`) / 1000 - offset : null;

export const initials = name => (name ?? '?').split(' ').map(part => part[0]).slice(0, 2).join('');

export function openDialog(title, fields, onSubmit) {
  const dialog = document.getElementById('dialog');
  const form = el('form', { class: 'form', testid: 'form', onsubmit: async event => {
    event.preventDefault();
    if (await onSubmit(Object.fromEntries(new FormData(form)))) dialog.close();
  } }, el('h2', {}, title), fields, el('div', { class: 'buttons' },
    el('button', { type: 'button', class: 'quiet', testid: 'form-cancel', onclick: () => dialog.close() }, t('cancel')),
    el('button', { type: 'submit', class: 'primary', testid: 'form-submit' }, t('create'))));
  dialog.replaceChildren(form);
  dialog.showModal();
  form.querySelector('input')?.focus();
}

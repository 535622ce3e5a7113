import { el, initials, read } from '/sandbox/dom.js';
import { t } from '/sandbox/words.js';

export async function render(host) {
  const { users } = await read('/board');
  host.replaceChildren(el('div', { class: 'narrow' },
    el('h1', {}, t('users')), el('p', { class: 'callout', testid: 'users-note' }, t('usersNote')),
    el('div', { class: 'list', testid: 'users-list' }, users.map(user => el('div', { class: 'person', testid: `user-${user.id}` },
      el('span', { class: 'avatar large' }, initials(user.name)),
      el('div', { class: 'grow' }, el('b', {}, user.name), el('div', { class: 'muted small' }, `${user.email} · ${t('id')} ${user.id}`)),
      user.is_admin && el('span', { class: 'pill' }, t('admin')), !user.is_active && el('span', { class: 'pill' }, t('inactive')),
      el('div', { class: 'figure' }, el('b', {}, String(user.open)), el('div', { class: 'muted small' }, t('openDeals'))))))));
}

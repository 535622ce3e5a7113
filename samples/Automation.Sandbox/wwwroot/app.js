import { act, el, options, read } from '/sandbox/dom.js';
import { language, switchLanguage, t } from '/sandbox/words.js';
import * as board from '/sandbox/board.js';
import * as drawer from '/sandbox/drawer.js';
import * as phone from '/sandbox/phone.js';
import * as calendar from '/sandbox/calendar.js';
import * as users from '/sandbox/users.js';
import * as hooks from '/sandbox/hooks.js';

const pages = { board, phone, calendar, users, hooks };
const host = document.getElementById('page');
let current = null;

const named = () => {
  const part = location.pathname.split('/')[2] ?? '';
  return pages[part] ? part : 'board';
};

function label() {
  document.documentElement.lang = language;
  document.title = t('brand');
  for (const node of document.querySelectorAll('[data-t]')) node.textContent = t(node.dataset.t);
  document.getElementById('lang').textContent = language === 'ru' ? 'EN' : 'RU';
}

async function show() {
  const name = named();
  for (const link of document.querySelectorAll('.nav a'))
    link.toggleAttribute('aria-current', link.dataset.page === name);
  if (current !== name) host.replaceChildren();
  current = name;
  document.body.dataset.page = name;
  await pages[name].render(host);
}

async function actors() {
  const select = document.getElementById('actor');
  const { users: all } = await read('/board');
  const kept = select.value || localStorage.getItem('sandbox-actor') || all[0]?.id;
  select.replaceChildren(...options(all.map(user => [user.id, user.name]), kept));
}

document.getElementById('actor').addEventListener('change', event => localStorage.setItem('sandbox-actor', event.target.value));
document.getElementById('lang').addEventListener('click', async () => {
  switchLanguage();
  label();
  host.replaceChildren();
  current = null;
  await show();
  await drawer.refresh(true);
});
document.getElementById('reset').addEventListener('click', async () => {
  if (confirm(t('resetAsk'))) {
    drawer.close();
    await act('/reset');
  }
});
document.addEventListener('click', event => {
  const link = event.target.closest('a[data-page]');
  if (!link || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  history.pushState(null, '', link.getAttribute('href'));
  drawer.close();
  show();
});
addEventListener('popstate', show);

// One read at a time: changes that come meanwhile make one more.
let busy = false;
let again = false;
async function refresh() {
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  try {
    do {
      again = false;
      await show();
      await drawer.refresh();
    } while (again);
  } finally {
    busy = false;  // the sandbox may be gone for a while; its next "ready" starts anew
  }
}

const live = new EventSource('/sandbox/live');
const dot = document.getElementById('live');
live.addEventListener('ready', () => { dot.className = 'dot on'; dot.title = t('live'); refresh(); });
live.addEventListener('changed', refresh);
live.addEventListener('error', () => { dot.className = 'dot'; dot.title = t('offline'); });
addEventListener('pagehide', () => live.close());

label();
await actors();
await show();
const deal = new URLSearchParams(location.search).get('deal');
if (deal) await drawer.open(Number(deal));

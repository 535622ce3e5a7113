// Puts the element that the address names on the page, and gives it a key that opens the Elsa-compatible API for an hour.
(() => {
  'use strict';
  const base = '/studio/workflows/';
  const words = {
    ru: { definitions: 'Сценарии', instances: 'Запуски', lost: 'Нет связи с сервером. Обновите страницу.' },
    en: { definitions: 'Workflows', instances: 'Runs', lost: 'The server does not answer. Reload the page.' },
  };
  const say = words[localStorage.getItem('language') === 'en' ? 'en' : 'ru'];
  const early = 5 * 60 * 1000; // renewed so long before the key ends, in milliseconds

  function place(path) {
    const [kind, id] = path.startsWith(base) ? path.slice(base.length).split('/') : [];
    return { kind, id: id && decodeURIComponent(id) };
  }

  async function key() {
    const answer = await fetch('/api/session/studio', { method: 'POST', headers: { 'X-Requested-With': 'automation' } });
    if (answer.status === 401) {
      location.assign('/');
      return null;
    }
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    return answer.json();
  }

  function make({ kind, id }, token) {
    const tag = { definitions: id ? 'elsa-workflow-definition-editor' : 'elsa-workflow-definition-list', instances: id ? 'elsa-workflow-instance-viewer' : 'elsa-workflow-instance-list' }[kind];
    const element = document.createElement(tag);
    element.setAttribute('remote-endpoint', `${location.origin}/elsa/api`);
    element.setAttribute('access-token', token);
    if (id) element.setAttribute(kind === 'definitions' ? 'definition-id' : 'instance-id', id);
    element.editWorkflowDefinition = definition => location.assign(`${base}definitions/${encodeURIComponent(definition)}/edit`);
    element.viewWorkflowInstance = instance => location.assign(`${base}instances/${encodeURIComponent(instance)}/view`);
    return element;
  }

  async function show() {
    const trouble = document.getElementById('trouble');
    try {
      const granted = await key();
      if (!granted) return;
      trouble.textContent = '';
      // Read once, when the element is made: a new key needs a new element. What was edited is saved by then.
      document.getElementById('studio').replaceChildren(make(place(location.pathname), granted.key));
      setTimeout(show, Math.max(60_000, new Date(granted.expiresAt) - Date.now() - early));
    } catch {
      trouble.textContent = say.lost;
    }
  }

  // The elements have no router: they change the address, and the page has to follow.
  const push = history.pushState.bind(history);
  history.pushState = (state, title, url) => {
    const [before, after] = [place(location.pathname), place(new URL(url ?? location.href, document.baseURI).pathname)];
    if (after.kind && (before.kind !== after.kind || before.id !== after.id)) location.assign(url);
    else push(state, title, url);
  };

  for (const link of document.querySelectorAll('[data-page]')) {
    link.textContent = say[link.dataset.page];
    if (place(location.pathname).kind === link.dataset.page) link.setAttribute('aria-current', 'page');
  }
  show();
})();

// Puts the element that the address names on the page, and gives it a key that opens the Elsa-compatible API for an hour.
(() => {
  'use strict';
  const base = '/studio/workflows/';
  const words = {
    ru: {
      definitions: 'Сценарии', instances: 'Запуски', lost: 'Нет связи с сервером. Обновите страницу.',
      apply: 'Применить', applied: 'Сценарий записан в черновик воронки', edited: 'Есть изменения, которых нет в черновике воронки', same: 'Так же, как в черновике воронки',
      moved: 'Этот сценарий тем временем изменили на доске. Записать поверх?', anew: 'Открыть заново', drop: 'Изменения, которых нет в черновике, пропадут. Открыть заново?', board: 'К воронке',
    },
    en: {
      definitions: 'Workflows', instances: 'Runs', lost: 'The server does not answer. Reload the page.',
      apply: 'Apply', applied: 'The workflow is in the funnel’s draft', edited: 'There are changes that the funnel’s draft does not have', same: 'As in the funnel’s draft',
      moved: 'This workflow was changed on the board meanwhile. Write over it?', anew: 'Open anew', drop: 'Changes that the draft does not have will be lost. Open anew?', board: 'To the funnel',
    },
  };
  const language = document.documentElement.lang;
  const say = words[language];
  localStorage.setItem('BlazorCulture', language === 'en' ? 'en-US' : 'ru-RU'); // Studio's dates
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

  async function make({ kind, id }, token) {
    const tag = { definitions: id ? 'elsa-workflow-definition-editor' : 'elsa-workflow-definition-list', instances: id ? 'elsa-workflow-instance-viewer' : 'elsa-workflow-instance-list' }[kind];
    // What is set before the element has its class is lost when it gets it.
    await customElements.whenDefined(tag);
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
      document.getElementById('studio').replaceChildren(await make(place(location.pathname), granted.key));
      setTimeout(show, Math.max(60_000, new Date(granted.expiresAt) - Date.now() - early));
    } catch {
      trouble.textContent = say.lost;
    }
  }

  async function call(method, path, body) {
    const answer = await fetch(path, { method, headers: { 'X-Requested-With': 'automation', ...(body && { 'Content-Type': 'application/json' }) }, body: body && JSON.stringify(body) });
    const told = await answer.json().catch(() => ({}));
    if (!answer.ok) throw Object.assign(new Error(told.title ?? `HTTP ${answer.status}`), { code: told.code });
    return told;
  }

  // A trigger's workflow is a copy beside its funnel's draft: from here it is put there.
  async function frameCopy({ kind, id }) {
    if (kind !== 'definitions' || !id?.startsWith('copy-')) return;
    const [bar, trouble] = [document.getElementById('copy'), document.getElementById('trouble')];
    const path = `/api/studio/copies/${encodeURIComponent(id)}`;
    const look = async () => {
      const copy = await call('GET', path);
      bar.hidden = false;
      bar.querySelector('[data-copy=name]').textContent = `${copy.funnelName} · ${copy.triggerName}`;
      bar.querySelector('[data-copy=state]').textContent = copy.hasEdits ? say.edited : say.same;
      bar.querySelector('[data-copy=board]').href = `/funnels/${encodeURIComponent(copy.funnel)}?card=${encodeURIComponent(copy.trigger)}`;
      bar.querySelector('[data-copy=apply]').disabled = !copy.hasEdits;
      return copy;
    };
    for (const word of ['apply', 'anew', 'board']) bar.querySelector(`[data-copy=${word}]`).textContent = say[word];
    bar.querySelector('[data-copy=apply]').onclick = async () => {
      try {
        const { movedOn } = await look();
        if (movedOn && !confirm(say.moved)) return;
        await call('POST', `${path}/apply`, { anyway: movedOn });
        await look();
        bar.querySelector('[data-copy=state]').textContent = say.applied;
        trouble.textContent = '';
      } catch (problem) {
        trouble.textContent = problem.message;
      }
    };
    bar.querySelector('[data-copy=anew]').onclick = async () => {
      const copy = await look();
      if (copy.hasEdits && !confirm(say.drop)) return;
      await call('POST', `/api/funnels/${encodeURIComponent(copy.funnel)}/triggers/${encodeURIComponent(copy.trigger)}/studio`, { anew: true });
      location.reload();
    };
    try {
      await look();
      setInterval(() => look().catch(() => {}), 3000); // Studio saves by itself
    } catch (problem) {
      trouble.textContent = problem.message;
    }
  }

  // Studio says some refusals in notices of its own and others not at all: what none of them has said a moment later is said here, for a while.
  const ask = window.fetch.bind(window);
  const [soon, shown] = [1_000, 15_000]; // milliseconds
  let quiet;
  window.fetch = async (input, init) => {
    const answer = await ask(input, init);
    const [url, method] = [new URL(input.url ?? input, document.baseURI), init?.method ?? input.method ?? 'GET'];
    if (url.pathname.startsWith('/elsa/api/') && method !== 'GET' && answer.status >= 400 && answer.status !== 401) tell(answer.clone());
    return answer;
  };

  async function tell(answer) {
    const told = await answer.json().catch(() => ({}));
    const texts = [...new Set(Object.values(told.errors ?? {}).flat())];
    if (texts.length === 0) texts.push(told.message ?? told.title ?? `HTTP ${answer.status}`);
    await new Promise(resolve => setTimeout(resolve, soon));
    const said = [...document.querySelectorAll('.mud-snackbar')].map(notice => notice.textContent).join('\n');
    const left = texts.filter(text => !said.includes(text));
    if (left.length === 0) return;
    const trouble = document.getElementById('trouble');
    trouble.textContent = left.join(' ');
    clearTimeout(quiet);
    quiet = setTimeout(() => { trouble.textContent = ''; }, shown);
  }

  // The elements write links of Studio's own site: theirs lie under /studio here, and of its diagnostics there is nothing.
  document.addEventListener('click', (event) => {
    const href = event.target.closest?.('a')?.getAttribute('href') ?? '';
    if (!href.startsWith('/workflows/')) return;
    event.preventDefault();
    event.stopPropagation();
    location.assign(`/studio${href}`);
  }, true);

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
  frameCopy(place(location.pathname));
})();

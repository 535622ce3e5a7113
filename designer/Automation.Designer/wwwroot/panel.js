// The width of the panel beside the board: dragged at its edge, moved by arrows, and kept for the next visit. Double click or Enter: the whole width, and back.
(() => {
  const Least = 420, Step = 40, Key = "automation_panel";
  const root = document.documentElement;
  const most = () => Math.max(Least, window.innerWidth - 60);
  const now = () => document.querySelector(".flow-panel")?.offsetWidth ?? Least;
  let drag = null, before = Least;

  function set(width, edge) {
    const to = Math.round(Math.min(most(), Math.max(Least, width)));
    root.style.setProperty("--panel", `${to}px`);
    edge?.setAttribute("aria-valuenow", to);
    try { localStorage.setItem(Key, to); } catch { /* A browser that keeps nothing. */ }
  }

  function turn(edge) {
    if (now() >= most() - 4) set(before, edge);
    else { before = now(); set(most(), edge); }
  }

  const edgeOf = event => event.target.closest?.(".panel-edge");
  document.addEventListener("pointerdown", event => {
    const edge = edgeOf(event);
    if (!edge || event.button !== 0) return;
    drag = { edge, x: event.clientX, width: now() };
    edge.setPointerCapture(event.pointerId);
    event.preventDefault();
    edge.focus();
  });
  document.addEventListener("pointermove", event => { if (drag) set(drag.width + drag.x - event.clientX, drag.edge); });
  document.addEventListener("pointerup", () => { drag = null; });
  document.addEventListener("pointercancel", () => { drag = null; });
  document.addEventListener("focusin", event => { edgeOf(event)?.setAttribute("aria-valuenow", now()); });
  document.addEventListener("dblclick", event => { const edge = edgeOf(event); if (edge) turn(edge); });
  document.addEventListener("keydown", event => {
    const edge = edgeOf(event);
    if (!edge) return;
    if (event.key === "ArrowLeft") set(now() + Step, edge);
    else if (event.key === "ArrowRight") set(now() - Step, edge);
    else if (event.key === "Home") set(most(), edge);
    else if (event.key === "End") set(Least, edge);
    else if (event.key === "Enter" || event.key === " ") turn(edge);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  try { const kept = +localStorage.getItem(Key); if (kept) set(kept); } catch { /* The usual width. */ }
})();

// Where the board shows one stage at a time: names above it lead to each, and the one that is looked at is marked. A swipe is the browser's own.
export function watch(board) {
  const nav = board.parentElement?.querySelector(".stage-nav");
  if (!nav) return () => {};
  const names = () => [...nav.querySelectorAll("[data-to]")];
  const narrow = matchMedia("(max-width: 720px)");
  let frame = 0;

  // Rows that other stages need leave no gap in this one.
  function fold(at) {
    for (const row of board.querySelectorAll(".lane > .lane-row:not(.adds)"))
      row.toggleAttribute("data-away", at >= 0 && ![...row.children].some(card => +card.dataset.from <= at && +card.dataset.to >= at));
  }

  function show() {
    frame = 0;
    if (!narrow.matches) return;
    const at = Math.round(board.scrollLeft / board.clientWidth);
    fold(at);
    for (const name of names()) {
      const here = +name.dataset.to === at;
      if (here === (name.getAttribute("aria-current") === "true")) continue;
      if (here) name.setAttribute("aria-current", "true");
      else name.removeAttribute("aria-current");
      if (here) nav.scrollTo({ left: name.offsetLeft - (nav.clientWidth - name.offsetWidth) / 2 });
    }
  }

  const later = () => { if (narrow.matches) frame ||= requestAnimationFrame(show); };
  const turned = () => { if (narrow.matches) later(); else fold(-1); };
  const go = event => {
    const name = event.target.closest("[data-to]");
    if (name) board.scrollTo({ left: +name.dataset.to * board.clientWidth });
  };
  const resized = new ResizeObserver(later), changed = new MutationObserver(later);
  board.addEventListener("scroll", later, { passive: true });
  nav.addEventListener("click", go);
  narrow.addEventListener("change", turned);
  resized.observe(board);
  changed.observe(board, { childList: true, subtree: true });
  show();
  return () => {
    board.removeEventListener("scroll", later);
    nav.removeEventListener("click", go);
    narrow.removeEventListener("change", turned);
    resized.disconnect();
    changed.disconnect();
    if (frame) cancelAnimationFrame(frame);
  };
}

// Where the board shows one stage at a time: names above it lead to each, and the one that is looked at is marked. A swipe is the browser's own.
export function watch(board) {
  const nav = board.parentElement?.querySelector(".stage-nav");
  if (!nav) return () => {};
  const names = () => [...nav.querySelectorAll("[data-to]")];
  let frame = 0;

  function show() {
    frame = 0;
    if (!nav.offsetParent) return;
    const at = Math.round(board.scrollLeft / board.clientWidth);
    for (const name of names()) {
      const here = +name.dataset.to === at;
      if (here === (name.getAttribute("aria-current") === "true")) continue;
      if (here) name.setAttribute("aria-current", "true");
      else name.removeAttribute("aria-current");
      if (here) nav.scrollTo({ left: name.offsetLeft - (nav.clientWidth - name.offsetWidth) / 2 });
    }
  }

  const later = () => { frame ||= requestAnimationFrame(show); };
  const go = event => {
    const name = event.target.closest("[data-to]");
    if (name) board.scrollTo({ left: +name.dataset.to * board.clientWidth });
  };
  const resized = new ResizeObserver(later);
  board.addEventListener("scroll", later, { passive: true });
  nav.addEventListener("click", go);
  resized.observe(board);
  show();
  return () => {
    board.removeEventListener("scroll", later);
    nav.removeEventListener("click", go);
    resized.disconnect();
    if (frame) cancelAnimationFrame(frame);
  };
}

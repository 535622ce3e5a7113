// Steps of a flow: dragged by their grips, nothing asked of the server before one is let go. A place is a chain and how many steps stand
// before it there; the nearest one to the pointer is taken, inner chains first.
const Threshold = 4;

export function attach(root, component) {
  let drag = null;

  function places(step) {
    const found = [];
    for (const chain of root.querySelectorAll("[data-chain]")) {
      if (step.contains(chain)) continue;
      const box = chain.getBoundingClientRect();
      const items = [...chain.children].filter(item => item.dataset.step);
      const way = chain.closest(".way")?.getBoundingClientRect();
      const add = (index, y) => found.push({ parent: chain.dataset.parent ?? "", port: chain.dataset.port ?? "", index, y, left: way?.left ?? box.left, width: box.width });
      items.forEach((item, index) => add(index, item.getBoundingClientRect().top - 4));
      add(items.length, items.length ? items.at(-1).getBoundingClientRect().bottom + 4 : box.top + 2);
    }
    return found;
  }

  function nearest(x, y) {
    let best = null;
    for (const place of places(drag.step)) {
      const distance = Math.abs(place.y - y) + (x < place.left ? (place.left - x) * 2 : 0) - place.left / 1000;
      if (!best || distance < best.distance) best = { ...place, distance };
    }
    return best;
  }

  function show(place) {
    drag.line ??= root.appendChild(Object.assign(document.createElement("div"), { className: "step-line" }));
    const origin = root.getBoundingClientRect();
    drag.line.style.transform = `translate(${place.left - origin.left}px, ${place.y - origin.top}px)`;
    drag.line.style.width = `${place.width}px`;
  }

  function down(event) {
    const step = event.target.closest("[data-grip]")?.closest("[data-step]");
    if (!step || event.button !== 0 || !root.contains(step)) return;
    event.preventDefault();
    drag = { step, x: event.clientX, y: event.clientY, pointer: event.pointerId, moved: false, place: null };
    root.setPointerCapture(event.pointerId);
  }

  function move(event) {
    if (!drag || event.pointerId !== drag.pointer) return;
    if (!drag.moved && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < Threshold) return;
    drag.moved = true;
    drag.step.classList.add("lifted");
    drag.place = nearest(event.clientX, event.clientY);
    if (drag.place) show(drag.place);
  }

  function end(event, dropped) {
    if (!drag || event.pointerId !== drag.pointer) return;
    const { step, place, moved, line } = drag;
    drag = null;
    step.classList.remove("lifted");
    line?.remove();
    if (dropped && moved && place) component.invokeMethodAsync("Dropped", step.dataset.step, place.parent, place.port, place.index).catch(() => {});
  }

  const up = event => end(event, true);
  const cancel = event => end(event, false);
  const key = event => { if (drag && event.key === "Escape") { event.stopPropagation(); cancel({ pointerId: drag.pointer }); } };
  // Alt and an arrow would go a page back.
  const own = event => { if (event.altKey && event.key.startsWith("Arrow") && event.target.closest(".step-title")) event.preventDefault(); };
  root.addEventListener("keydown", own);
  root.addEventListener("pointerdown", down);
  root.addEventListener("pointermove", move);
  root.addEventListener("pointerup", up);
  root.addEventListener("pointercancel", cancel);
  document.addEventListener("keydown", key, true);
  return {
    detach() {
      root.removeEventListener("keydown", own);
      root.removeEventListener("pointerdown", down);
      root.removeEventListener("pointermove", move);
      root.removeEventListener("pointerup", up);
      root.removeEventListener("pointercancel", cancel);
      document.removeEventListener("keydown", key, true);
    },
  };
}

// Puts a field's mark where the cursor is, and gives back the whole text.
export function insert(field, mark) {
  const from = field.selectionStart ?? field.value.length, to = field.selectionEnd ?? from;
  field.setRangeText(mark, from, to, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
  return field.value;
}

export function focus(root, id) {
  const found = root.querySelector(`#${CSS.escape(id)}`);
  if (!found) return;
  found.closest("details")?.setAttribute("open", "");
  found.scrollIntoView({ block: "nearest" });
  found.focus();
}

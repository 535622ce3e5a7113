// The board's own movements: dragging cards and their edges, marking several, moving the focus. Nothing is asked of the server before a card
// is let go; then the component is told where. Places are measured once, when a drag begins; a frame moves one element.
const Threshold = 4, EdgeZone = 36, EdgeSpeed = 14;

import { watch } from "./stage-nav.js";

export function attach(board, component, words) {
  const leaveStages = watch(board);
  const cards = () => [...board.querySelectorAll("[data-card]")];
  const tell = (method, ...what) => component.invokeMethodAsync(method, ...what).catch(() => {});
  let drag = null, frame = 0, pointer = { x: 0, y: 0, alt: false };

  // What lies where, in the coordinates of the scrolled board.
  function measure() {
    const origin = board.getBoundingClientRect();
    const at = element => {
      const box = element.getBoundingClientRect();
      return { left: box.left - origin.left + board.scrollLeft, right: box.right - origin.left + board.scrollLeft, top: box.top - origin.top + board.scrollTop, bottom: box.bottom - origin.top + board.scrollTop };
    };
    return {
      origin,
      stages: [...board.querySelectorAll("[data-stage-head]")].map(at),
      bands: [...board.querySelectorAll("[data-band]")].map(element => ({ name: element.dataset.band, ...at(element) })),
      cards: cards().map(element => ({ element, id: element.dataset.card, band: element.dataset.in, from: +element.dataset.from, to: +element.dataset.to, ...at(element) })),
    };
  }

  const inside = (place, at = pointer) => ({ x: at.x - place.origin.left + board.scrollLeft, y: at.y - place.origin.top + board.scrollTop });

  function stageAt(place, x) {
    for (let i = 0; i < place.stages.length; i++) if (x < place.stages[i].right || i === place.stages.length - 1) return i;
    return -1;
  }

  // The drop a pointer stands for: stage, band, and the card before which it would stand.
  function targetOf(drag) {
    const at = inside(drag.place);
    const stage = stageAt(drag.place, at.x);
    const band = drag.place.bands.find(one => at.y < one.bottom) ?? drag.place.bands.at(-1);
    if (stage < 0 || !band) return null;
    const legal = drag.bands.includes(band.name);
    const column = drag.place.cards.filter(card => card.band === band.name && card.from <= stage && card.to >= stage && !drag.ids.includes(card.id)).sort((a, b) => a.top - b.top);
    const before = column.find(card => at.y < (card.top + card.bottom) / 2);
    const y = before ? before.top - 4 : column.length ? column.at(-1).bottom + 2 : band.top + 30;
    return { stage, band: band.name, before: before?.id ?? null, y, legal };
  }

  function begin(event, card, edge) {
    const ids = card.classList.contains("chosen") ? cards().filter(one => one.classList.contains("chosen")).map(one => one.dataset.card) : [card.dataset.card];
    drag = { kind: edge ? "edge" : "card", edge, card, ids, bands: (card.dataset.bands ?? "").split(" "), startX: event.clientX, startY: event.clientY, moved: false, from: +card.dataset.from, to: +card.dataset.to, pointer: event.pointerId };
  }

  // Captured only now: a click keeps the card that it was made on.
  function lift() {
    drag.moved = true;
    drag.place = measure();
    board.setPointerCapture(drag.pointer);
    board.classList.add("dragging");
    if (drag.kind === "card") {
      const box = drag.card.getBoundingClientRect();
      drag.ghost = drag.card.cloneNode(true);
      drag.ghost.className = "card ghost";
      drag.ghost.removeAttribute("data-card");
      drag.ghost.setAttribute("aria-hidden", "true");
      Object.assign(drag.ghost.style, { width: `${Math.min(box.width, 260)}px`, height: `${box.height}px`, left: `${box.left}px`, top: `${box.top}px` });
      drag.dx = Math.min(drag.startX - box.left, 240) - (drag.startX - box.left);
      if (drag.ids.length > 1) drag.ghost.dataset.count = drag.ids.length;
      document.body.append(drag.ghost);
      drag.line = document.createElement("div");
      drag.line.className = "drop-line";
      board.append(drag.line);
      for (const id of drag.ids) cards().find(one => one.dataset.card === id)?.classList.add("lifted");
    }
    drag.label = document.createElement("div");
    drag.label.className = "drag-label";
    document.body.append(drag.label);
  }

  function draw() {
    frame = 0;
    if (!drag?.moved) return;
    scrollAtEdges();
    if (drag.kind === "marquee") return drawMarquee();
    if (drag.kind === "edge") return drawEdge();
    drag.ghost.style.transform = `translate(${pointer.x - drag.startX - drag.dx}px, ${pointer.y - drag.startY}px)`;
    drag.ghost.classList.toggle("copies", pointer.alt);
    const target = drag.target = targetOf(drag);
    if (!target) return;
    const stage = drag.place.stages[target.stage];
    drag.line.style.transform = `translate(${stage.left + 4}px, ${target.y}px)`;
    drag.line.style.width = `${stage.right - stage.left - 8}px`;
    drag.line.classList.toggle("illegal", !target.legal);
    say(target.legal ? (pointer.alt ? words.copyHere : words.moveHere) : words.illegal);
  }

  function drawEdge() {
    const stage = stageAt(drag.place, inside(drag.place).x);
    const [from, to] = drag.edge === "left" ? [Math.min(stage, drag.to), drag.to] : [drag.from, Math.max(stage, drag.from)];
    drag.target = { from, to };
    drag.card.style.gridColumn = `${from + 1} / ${to + 2}`;
    const name = index => board.querySelector(`[data-stage-head="${index}"]`)?.dataset.name ?? "";
    say(from === to ? words.oneStage.replace("{0}", name(from)) : words.stages.replace("{0}", name(from)).replace("{1}", name(to)));
  }

  function drawMarquee() {
    const at = inside(drag.place), first = drag.first;
    const box = drag.box = { left: Math.min(at.x, first.x), right: Math.max(at.x, first.x), top: Math.min(at.y, first.y), bottom: Math.max(at.y, first.y) };
    Object.assign(drag.frame.style, { transform: `translate(${box.left}px, ${box.top}px)`, width: `${box.right - box.left}px`, height: `${box.bottom - box.top}px` });
  }

  function say(text) {
    if (drag.label.textContent !== text) drag.label.textContent = text;
    drag.label.style.transform = `translate(${pointer.x + 14}px, ${pointer.y + 18}px)`;
  }

  function scrollAtEdges() {
    const box = drag.place.origin;
    const x = pointer.x < box.left + EdgeZone ? -EdgeSpeed : pointer.x > box.right - EdgeZone ? EdgeSpeed : 0;
    const y = pointer.y < box.top + EdgeZone ? -EdgeSpeed : pointer.y > box.bottom - EdgeZone ? EdgeSpeed : 0;
    if (!x && !y) return;
    const before = [board.scrollLeft, board.scrollTop];
    board.scrollBy(x, y);
    if (before[0] !== board.scrollLeft || before[1] !== board.scrollTop) schedule();
  }

  const schedule = () => { frame ||= requestAnimationFrame(draw); };

  function end(done) {
    if (!drag) return;
    const ended = drag;
    drag = null;
    board.classList.remove("dragging");
    ended.ghost?.remove();
    ended.line?.remove();
    ended.label?.remove();
    ended.frame?.remove();
    for (const card of cards()) card.classList.remove("lifted");
    if (ended.kind === "edge") ended.card.style.gridColumn = `${ended.from + 1} / ${ended.to + 2}`;
    if (!done || !ended.moved) return;
    if (ended.kind === "marquee") {
      if (ended.box) tell("Marked", ended.place.cards.filter(card => card.left < ended.box.right && card.right > ended.box.left && card.top < ended.box.bottom && card.bottom > ended.box.top).map(card => card.id));
    } else if (ended.kind === "edge") {
      if (ended.target && (ended.target.from !== ended.from || ended.target.to !== ended.to)) tell("Stretched", ended.card.dataset.card, ended.target.from, ended.target.to);
    } else if (ended.target?.legal) {
      tell("Dropped", ended.ids, ended.card.dataset.card, ended.target.stage, ended.target.band, ended.target.before, pointer.alt);
    }
  }

  function down(event) {
    if (event.button !== 0 || event.pointerType === "touch") return;
    const card = event.target.closest("[data-card]");
    if (event.target.closest("button, a, input, [data-no-drag]") && !card) return;
    pointer = { x: event.clientX, y: event.clientY, alt: event.altKey };
    if (card && board.dataset.readonly !== undefined) return;
    if (card) return begin(event, card, event.target.closest("[data-edge]")?.dataset.edge);
    if (event.target.closest("[data-stage-head]") || board.dataset.readonly !== undefined) return;
    drag = { kind: "marquee", moved: false, startX: event.clientX, startY: event.clientY, pointer: event.pointerId };
  }

  function move(event) {
    if (!drag) return;
    pointer = { x: event.clientX, y: event.clientY, alt: event.altKey };
    if (!drag.moved) {
      if (Math.hypot(pointer.x - drag.startX, pointer.y - drag.startY) < Threshold) return;
      if (drag.kind === "marquee") {
        drag.moved = true;
        drag.place = measure();
        drag.first = inside(drag.place, { x: drag.startX, y: drag.startY });
        board.setPointerCapture(drag.pointer);
        drag.frame = document.createElement("div");
        drag.frame.className = "marquee";
        board.append(drag.frame);
      } else lift();
    }
    schedule();
  }

  let dragged = false;
  function up(event) {
    dragged = drag?.moved === true;
    pointer.alt = event.altKey;
    if (frame) { cancelAnimationFrame(frame); draw(); }
    end(true);
  }

  // A click follows what was let go where it began: that was a drag.
  function click(event) {
    if (dragged) { dragged = false; return; }
    const card = event.target.closest("[data-card]");
    if (card) {
      const more = event.shiftKey || event.ctrlKey || event.metaKey;
      focus(card);
      if (!more) mark(card);
      tell("Chosen", card.dataset.card, more);
    }
    else if (!event.target.closest("button, a, input")) tell("Marked", []);
  }

  // Shift+click chooses cards, not the text between them.
  function hold(event) {
    if (event.shiftKey && event.target.closest("[data-card]")) event.preventDefault();
  }

  // Shown before the server answers, which then says the same.
  function mark(card) {
    for (const other of board.querySelectorAll(".card.chosen")) if (other !== card) other.classList.remove("chosen");
    card.classList.add("chosen");
  }

  // One card can be reached by Tab; arrows go on from there.
  function focus(card) {
    for (const other of board.querySelectorAll('[data-card][tabindex="0"]')) if (other !== card) other.tabIndex = -1;
    card.tabIndex = 0;
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  function neighbour(card, key) {
    const here = card.getBoundingClientRect(), x = here.left + Math.min(here.width, 200) / 2, y = here.top + here.height / 2;
    let best = null, least = Infinity;
    for (const other of cards()) {
      if (other === card) continue;
      const box = other.getBoundingClientRect(), ox = box.left + Math.min(box.width, 200) / 2, oy = box.top + box.height / 2, dx = ox - x, dy = oy - y;
      const ahead = key === "ArrowRight" ? box.left >= here.left + 20 && dx > 0 : key === "ArrowLeft" ? dx < 0 && box.left <= here.left - 20 : key === "ArrowDown" ? dy > 4 : dy < -4;
      if (!ahead) continue;
      const distance = key === "ArrowLeft" || key === "ArrowRight" ? Math.abs(dx) + 3 * Math.abs(dy) : Math.abs(dy) + 3 * Math.max(0, x < box.left ? box.left - x : x > box.right ? x - box.right : 0);
      if (distance < least) { least = distance; best = other; }
    }
    return best;
  }

  const Own = new Set(["Enter", " ", "Delete", "n", "N", "т", "Т", "t", "T", "е", "Е", "c", "C", "с", "С", "x", "X", "ч", "Ч", "v", "V", "м", "М", "d", "D", "в", "В", "a", "A", "ф", "Ф"]);

  function key(event) {
    const card = event.target.closest("[data-card]");
    if (event.key === "Escape" && drag) { end(false); event.preventDefault(); return; }
    if (!card || event.target !== card) return;
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (event.key.startsWith("Arrow") && plain && !event.shiftKey) {
      const next = neighbour(card, event.key);
      if (next) focus(next);
      event.preventDefault();
      return;
    }
    if (plain && (event.key === "Home" || event.key === "End")) {
      const all = cards();
      focus(event.key === "Home" ? all[0] : all.at(-1));
      event.preventDefault();
      return;
    }
    const control = event.ctrlKey || event.metaKey;
    if (event.key.startsWith("Arrow") || (Own.has(event.key) && (control ? /[ cxvdaсчмвфCXVDAСЧМВФ]/.test(event.key) : true)) ) {
      event.preventDefault();
      event.stopPropagation();
      tell("Pressed", card.dataset.card, event.code, control, event.shiftKey, event.altKey);
    }
  }

  board.addEventListener("pointerdown", down);
  board.addEventListener("pointermove", move);
  board.addEventListener("pointerup", up);
  board.addEventListener("pointercancel", () => end(false));
  board.addEventListener("mousedown", hold);
  board.addEventListener("click", click);
  board.addEventListener("keydown", key);

  // Who clicked a card before this script stood is answered now.
  board.dataset.listening = "";
  const early = cards().find(card => card.dataset.card === window.automationEarlyCard);
  delete window.automationEarlyCard;
  if (early) { mark(early); tell("Chosen", early.dataset.card, false); }

  return {
    focus(id) { const card = cards().find(one => one.dataset.card === id); if (card) focus(card); },
    keepFocus() { if (document.activeElement === document.body) board.querySelector('[data-card][tabindex="0"]')?.focus({ preventScroll: true }); },
    detach() {
      leaveStages();
      end(false);
      board.removeEventListener("pointerdown", down);
      board.removeEventListener("pointermove", move);
      board.removeEventListener("pointerup", up);
      board.removeEventListener("mousedown", hold);
      board.removeEventListener("click", click);
      board.removeEventListener("keydown", key);
    },
  };
}

// Cards move by HTML5 drag and drop (mouse) and by their grip with a finger or a pen.
let hand = null;
const targets = new Map();

export const carry = {
  get active() { return hand !== null; },

  target(node, onDrop) {
    targets.set(node, onDrop);
    node.addEventListener('dragover', event => {
      if (hand === null) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'move';
      mark(node);
    });
    node.addEventListener('dragleave', event => { if (!node.contains(event.relatedTarget)) node.classList.remove('over'); });
    node.addEventListener('drop', event => {
      event.preventDefault();
      const id = hand ?? Number(event.dataTransfer.getData('text/plain'));
      release();
      onDrop(id, event.clientX, event.clientY);
    });
  },

  source(node, grip, id) {
    node.addEventListener('dragstart', event => {
      hand = id;
      event.dataTransfer.setData('text/plain', String(id));
      event.dataTransfer.effectAllowed = 'move';
      node.classList.add('carried');
    });
    node.addEventListener('dragend', () => { node.classList.remove('carried'); release(); });
    grip?.addEventListener('pointerdown', event => {
      if (event.pointerType === 'mouse') return;
      event.preventDefault();
      event.stopPropagation();
      byFinger(node, grip, id, event);
    });
  },
};

function byFinger(node, grip, id, start) {
  hand = id;
  grip.setPointerCapture(start.pointerId);
  node.classList.add('carried', 'floating');
  const under = event => [...targets.keys()].find(target => {
    const box = target.getBoundingClientRect();
    return target.isConnected && event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
  });
  const onMove = event => {
    node.style.transform = `translate(${event.clientX - start.clientX}px, ${event.clientY - start.clientY}px)`;
    const board = node.closest('.board');
    if (board && event.clientX > innerWidth - 40) board.scrollLeft += 14;
    if (board && event.clientX < 40) board.scrollLeft -= 14;
    mark(under(event));
  };
  const onEnd = event => {
    grip.removeEventListener('pointermove', onMove);
    node.classList.remove('carried', 'floating');
    node.style.transform = '';
    const target = event.type === 'pointerup' ? under(event) : null;
    release();
    if (target) targets.get(target)(id, event.clientX, event.clientY);
  };
  grip.addEventListener('pointermove', onMove);
  grip.addEventListener('pointerup', onEnd, { once: true });
  grip.addEventListener('pointercancel', onEnd, { once: true });
}

function mark(node) {
  for (const target of targets.keys()) {
    if (!target.isConnected) targets.delete(target);
    else target.classList.toggle('over', target === node);
  }
}

function release() {
  hand = null;
  mark(null);
}

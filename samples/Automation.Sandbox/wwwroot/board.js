import { act, el, field, money, openDialog, options, read, initials, when } from '/sandbox/dom.js';
import { carry } from '/sandbox/drag.js';
import * as drawer from '/sandbox/drawer.js';
import { t } from '/sandbox/words.js';

let data = null;
let pipelineId = Number(new URLSearchParams(location.search).get('pipeline')) || null;

const ranks = { 'Низкий': 'C6F4DE', 'Обычный': '86C0FC', 'Высокий': 'FFCE5A', 'Срочный': 'FF8F92' };
const isPriority = tag => /^(приоритет|priority)/i.test(tag.name) || Object.keys(ranks).some(rank => tag.name.toLowerCase() === rank.toLowerCase());

export async function render(host) {
  data = await read('/board');
  if (carry.active) return;  // a redraw would take the card out of the hand
  pipelineId = data.pipelines.some(pipeline => pipeline.id === pipelineId) ? pipelineId : data.pipelines[0]?.id;
  const pipeline = data.pipelines.find(item => item.id === pipelineId);
  const deals = data.deals.filter(deal => deal.pipeline_id === pipelineId);
  const left = host.querySelector('.board')?.scrollLeft ?? 0;
  const tops = Object.fromEntries([...host.querySelectorAll('.cards')].map(list => [list.id, list.scrollTop]));
  const columns = pipeline.statuses
    .filter(status => status.type === 0 || deals.some(deal => deal.status_id === status.id))
    .map(status => column(pipeline, status, deals.filter(deal => deal.status_id === status.id)));
  host.replaceChildren(
    el('div', { class: 'bar' },
      el('div', { class: 'tabs', role: 'tablist' }, data.pipelines.map(item => el('button', {
        type: 'button', role: 'tab', class: item.id === pipelineId ? 'tab on' : 'tab', testid: `pipeline-${item.id}`,
        'aria-selected': String(item.id === pipelineId), onclick: () => { pipelineId = item.id; render(host); },
      }, item.name, el('span', { class: 'count' }, String(data.deals.filter(deal => deal.pipeline_id === item.id).length))))),
      el('button', { type: 'button', class: 'primary', testid: 'new-deal', onclick: () => create(pipeline) }, `+ ${t('newDeal')}`)),
    el('div', { class: 'board', testid: 'board' }, columns));
  host.querySelector('.board').scrollLeft = left;
  for (const list of host.querySelectorAll('.cards')) list.scrollTop = tops[list.id] ?? 0;
}

export function open(dealPipelineId) {
  pipelineId = dealPipelineId;
}

function column(pipeline, status, deals) {
  const total = deals.reduce((sum, deal) => sum + deal.price, 0);
  const stripe = el('div', { class: 'stripe' });
  stripe.style.background = status.color;
  const cards = el('div', { class: 'cards', id: `cards-${pipeline.id}-${status.id}` },
    deals.map(deal => card(pipeline, deal)), deals.length === 0 && el('div', { class: 'empty' }, t('noDeals')));
  const node = el('section', { class: 'column', testid: `stage-${pipeline.id}-${status.id}`, 'aria-label': status.name },
    stripe, el('header', {}, el('h3', { title: status.name }, status.name), el('span', { class: 'count' }, String(deals.length))),
    el('div', { class: 'sum' }, money(total)), cards);
  carry.target(node, id => move(id, pipeline.id, status.id));
  return node;
}

async function move(id, pipeline, status) {
  const deal = data.deals.find(item => item.id === id);
  if (deal && (deal.status_id !== status || deal.pipeline_id !== pipeline))
    await act(`/deals/${id}/move`, { pipeline_id: pipeline, status_id: status });
  await render(document.getElementById('page'));
}

function card(pipeline, deal) {
  const priorityTag = deal.tags.find(isPriority);
  const color = priorityTag?.color ?? ranks[deal.priority] ?? null;
  const priority = deal.priority ?? priorityTag?.name;
  const grip = el('span', { class: 'grip', 'aria-hidden': 'true' }, '⠿');
  const node = el('article', { class: 'card', draggable: 'true', testid: `deal-${deal.id}`, tabindex: '0', 'data-priority-color': color ?? '',
    onclick: event => { if (!event.target.closest('select, a, .grip, label')) drawer.open(deal.id); },
    onkeydown: event => { if (event.key === 'Enter' && event.target === node) drawer.open(deal.id); },
  },
    el('div', { class: 'head' }, el('div', { class: 'title', testid: `deal-name-${deal.id}` }, deal.name), grip),
    el('div', { class: 'line' }, el('b', { testid: `deal-price-${deal.id}` }, money(deal.price)), deal.contact && el('span', { class: 'muted' }, deal.contact)),
    (deal.tags.length > 0 || deal.priority) && el('div', { class: 'tags' },
      deal.priority && !priorityTag && badge({ name: deal.priority, color: ranks[deal.priority] }, 'tag rank'), deal.tags.map(tag => badge(tag))),
    deal.tasks.slice(0, 3).map(task => el('div', { class: task.due * 1000 < Date.now() ? 'task late' : 'task', testid: `card-task-${task.id}` },
      el('span', { class: 'check', 'aria-hidden': 'true' }), el('span', { class: 'text' }, task.text), el('time', {}, when(task.due, { day: 'numeric', month: 'short' })))),
    deal.parents.map(id => reference(id, t('parent'))), deal.children.map(id => reference(id, t('child'))),
    el('div', { class: 'foot' },
      el('span', { class: 'avatar', title: deal.responsible }, initials(deal.responsible)), el('span', { class: 'muted who', testid: `deal-manager-${deal.id}` }, deal.responsible),
      el('select', { class: 'mover', 'aria-label': t('move'), testid: `move-${deal.id}`, onchange: event => {
        const [to, status] = event.target.value.split('-').map(Number);
        move(deal.id, to, status);
      } }, el('option', { value: '' }, t('move')), data.pipelines.map(item => el('optgroup', { label: item.name },
        options(item.statuses.filter(status => status.type === 0).map(status => [`${item.id}-${status.id}`, status.name])))))));
  node.style.setProperty('--edge', color ? `#${color}` : 'transparent');
  if (priority) node.dataset.priority = priority;
  carry.source(node, grip, deal.id);
  return node;
}

export function badge(tag, kind = 'tag') {
  const node = el('span', { class: kind, 'data-color': tag.color ?? '' }, tag.name);
  if (tag.color) node.style.background = `#${tag.color}`;
  if (tag.color && luminance(tag.color) < 110) node.style.color = '#fff';
  return node;
}

const luminance = hex => [0, 2, 4].reduce((sum, at, i) => sum + parseInt(hex.slice(at, at + 2), 16) * [0.299, 0.587, 0.114][i], 0);

const reference = (id, kind) => el('a', { class: 'ref', href: `/sandbox?deal=${id}`, testid: `ref-${id}`,
  onclick: event => { event.preventDefault(); drawer.open(id); } }, `${kind}: #${id}`);

function create(pipeline) {
  const stages = pipeline.statuses.filter(status => status.type === 0);
  const actor = document.getElementById('actor').value;
  openDialog(t('newDeal'), [
    field(t('name'), el('input', { name: 'name', required: true, testid: 'new-name', autocomplete: 'off' })),
    el('div', { class: 'pair' },
      field(t('price'), el('input', { name: 'price', type: 'number', min: '0', value: '0', testid: 'new-price' })),
      field(t('stage'), el('select', { name: 'status_id', testid: 'new-stage' }, options(stages.map(stage => [stage.id, stage.name]))))),
    field(t('manager'), el('select', { name: 'responsible_user_id', testid: 'new-manager' }, options(data.users.map(user => [user.id, user.name]), actor))),
    el('div', { class: 'pair' },
      field(t('contact'), el('input', { name: 'contact', testid: 'new-contact', autocomplete: 'off' })),
      field(t('contactPhone'), el('input', { name: 'phone', placeholder: '+79161234567', testid: 'new-phone', autocomplete: 'off' }))),
  ], form => act('/deals', {
    ...form, pipeline_id: pipeline.id, status_id: Number(form.status_id), price: Number(form.price) || 0, responsible_user_id: Number(form.responsible_user_id),
  }));
}

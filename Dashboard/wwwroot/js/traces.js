// Traces: "N new traces" without moving what is read, choosing by dragging, and the details of a span beside the waterfall.
import { follow } from './shell.js';

const $ = id => document.getElementById(id);

const list = $('traces');
if (list) {
  // Fields that are empty do not belong into the address.
  $('filter').addEventListener('submit', () => {
    for (const field of $('filter').elements) if (field.name && !field.value) field.disabled = true;
  });
  addEventListener('pageshow', () => { for (const field of $('filter').elements) field.disabled = false; });
  document.addEventListener('click', event => {
    const menu = $('replicas');
    if (menu.open && !menu.contains(event.target)) menu.open = false;
  });

  const address = () => {
    const query = new URLSearchParams(list.dataset.query);
    query.set('topics', list.dataset.live ? 'health,traces' : 'health');
    query.set('after', list.dataset.newest);
    return `/live?${query}`;
  };
  follow(address, {
    traces: ({ text }) => {
      const pending = $('pending');
      pending.textContent = text;
      pending.hidden = false;
    },
  });
} else {
  follow(() => '/live?topics=health', {});
}

// Dragging over the dots chooses a span of time and of durations; a click goes to the trace under it.
const plot = document.querySelector('.scatter-plot');
const choose = (box, a, b) => {
  const [left, right] = [a.clientX, b.clientX].sort((x, y) => x - y).map(x => Math.min(1, Math.max(0, (x - box.left) / box.width)));
  const [top, bottom] = [a.clientY, b.clientY].sort((x, y) => x - y).map(y => Math.min(1, Math.max(0, (y - box.top) / box.height)));
  const { from, to, low, high } = Object.fromEntries(Object.entries(plot.dataset).map(([key, value]) => [key, Number(value)]));
  const address = new URL(location.href);
  for (const name of ['range', 'before']) address.searchParams.delete(name);
  address.searchParams.set('from', Math.round(from + left * (to - from)));
  address.searchParams.set('to', Math.round(from + right * (to - from)));
  const duration = y => String(Number((10 ** (high - y * (high - low))).toPrecision(3)));
  // A drag along the time means all durations.
  if ((bottom - top) * box.height > 12) {
    if (bottom < 1) address.searchParams.set('min', duration(bottom));
    if (top > 0) address.searchParams.set('max', duration(top));
  }

  location.assign(address);
};
plot?.addEventListener('dragstart', event => event.preventDefault());
plot?.addEventListener('pointerdown', start => {
  if (start.button !== 0 || start.pointerType === 'touch') return;
  const box = plot.getBoundingClientRect();
  const area = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  area.setAttribute('class', 'chart-brush');
  plot.append(area);
  const isDrag = event => Math.abs(event.clientX - start.clientX) > 6;
  const move = event => {
    const x = v => (1000 * (v - box.left)) / box.width;
    const y = v => (200 * (v - box.top)) / box.height;
    area.setAttribute('x', x(Math.min(start.clientX, event.clientX)));
    area.setAttribute('width', Math.abs(x(event.clientX) - x(start.clientX)));
    area.setAttribute('y', y(Math.min(start.clientY, event.clientY)));
    area.setAttribute('height', Math.abs(y(event.clientY) - y(start.clientY)));
  };
  const end = event => {
    removeEventListener('pointermove', move);
    area.remove();
    if (!isDrag(event)) return;
    plot.addEventListener('click', click => click.preventDefault(), { once: true, capture: true });
    choose(box, start, event);
  };
  addEventListener('pointermove', move);
  addEventListener('pointerup', end, { once: true });
});

// The details of a span come without a new page.
const pane = $('pane');
const body = pane?.parentElement;
const show = async (link, push = true) => {
  const target = new URL(link);
  const id = target.searchParams.get('span');
  const trace = target.pathname.split('/').at(-1);
  let text;
  try {
    const answer = await fetch(`/fragments/traces/${trace}/${encodeURIComponent(id)}?t=${target.searchParams.get('t') ?? ''}`);
    if (!answer.ok || answer.redirected) throw new Error();
    text = await answer.text();
  } catch {
    location.assign(target);
    return;
  }

  pane.replaceChildren(document.importNode(new DOMParser().parseFromString(text, 'text/html').querySelector('section'), true));
  pane.scrollTop = 0;
  mark(id);
  revealCopies();
  if (push) history.pushState(null, '', target);
};
const mark = id => {
  body.toggleAttribute('data-pane', id !== null);
  for (const row of document.querySelectorAll('.span-row[data-chosen]')) {
    row.removeAttribute('data-chosen');
    row.querySelector('a')?.removeAttribute('aria-current');
  }
  const row = id && document.querySelector(`.span[data-span="${CSS.escape(id)}"] .span-row`);
  row?.setAttribute('data-chosen', 'true');
  row?.querySelector('a')?.setAttribute('aria-current', 'true');
};
const close = (push = true) => {
  const id = pane.querySelector('[data-pane-of]')?.dataset.paneOf;
  pane.replaceChildren();
  mark(null);
  const address = new URL(location.href);
  address.searchParams.delete('span');
  if (push) history.pushState(null, '', address);
  if (id) document.querySelector(`.span[data-span="${CSS.escape(id)}"] .span-row a`)?.focus();
};
const revealCopies = () => document.querySelectorAll('[data-copy]').forEach(button => { button.hidden = !navigator.clipboard; });

if (pane) {
  revealCopies();
  document.addEventListener('click', async event => {
    const copy = event.target.closest('[data-copy]');
    if (copy) {
      const answer = await fetch(copy.dataset.copy);
      if (!answer.ok) return;
      await navigator.clipboard.writeText(await answer.text());
      copy.textContent = 'Copied';
      return;
    }

    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    const link = event.target.closest('a');
    if (link?.matches('[data-close]')) {
      event.preventDefault();
      close();
    } else if (link?.matches('.span-row a, .log-span')) {
      event.preventDefault();
      show(link.href);
    } else if (!link && event.target.closest('.track, .span-name > .log-replica')) {
      // All of the row but the arrow opens the details.
      const open = event.target.closest('.span-row').querySelector('a');
      if (open) {
        event.preventDefault();
        show(open.href);
      }
    }
  });
  addEventListener('popstate', () => (new URL(location.href).searchParams.has('span') ? show(location.href, false) : close(false)));
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches('input, select, textarea')) return;
    if (event.key === 'Escape' && pane.childElementCount) return close();
    const fold = document.activeElement?.closest('.span')?.querySelector(':scope > details');
    if (event.key === 'ArrowRight' && fold && !fold.open) fold.open = true;
    else if (event.key === 'ArrowLeft' && fold?.open) fold.open = false;
    else if (event.key === 'ArrowLeft') document.activeElement?.closest('.span')?.parentElement.closest('.span')?.querySelector('a')?.focus();
    else return;
    event.preventDefault();
  });
}

// The map shows which rows are in sight, and leads to others.
const map = $('map');
if (map) {
  const spans = $('spans');
  const view = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  view.setAttribute('class', 'view');
  view.setAttribute('width', 100);
  map.append(view);
  const draw = () => {
    const box = spans.getBoundingClientRect();
    const rows = map.viewBox.baseVal.height;
    const top = Math.min(1, Math.max(0, -box.top / box.height));
    view.setAttribute('y', top * rows);
    view.setAttribute('height', Math.max(0.5, (Math.min(1, (innerHeight - box.top) / box.height) - top) * rows));
  };
  const go = event => {
    const box = map.getBoundingClientRect();
    const list = spans.getBoundingClientRect();
    scrollTo({ top: scrollY + list.top + ((event.clientY - box.top) / box.height) * list.height - innerHeight / 2 });
  };
  map.addEventListener('pointerdown', event => {
    map.setPointerCapture(event.pointerId);
    go(event);
  });
  map.addEventListener('pointermove', event => { if (map.hasPointerCapture(event.pointerId)) go(event); });
  addEventListener('scroll', draw, { passive: true });
  addEventListener('resize', draw);
  draw();
}

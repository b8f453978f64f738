// Traces: "N new traces" without moving what is read, choosing by dragging, and the details of a span beside the waterfall.
import { $, follow, fresh, isPlain, root } from './shell.js';
import { choose, drag, element } from './charts.js';

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
    return query;
  };
  follow(address, {
    traces: ({ text }) => {
      const pending = $('pending');
      pending.textContent = text;
      pending.hidden = false;
    },
  });
} else {
  follow(() => 'topics=health');
}

// Dragging over the dots chooses a span of time and of durations; a click goes to the trace under it.
const plot = document.querySelector('.scatter-plot');
plot?.addEventListener('dragstart', event => event.preventDefault());
plot?.addEventListener('pointerdown', start => {
  if (start.button !== 0 || start.pointerType === 'touch') return;
  drag(plot, start, false, (left, right, top, bottom) => {
    plot.addEventListener('click', click => click.preventDefault(), { once: true, capture: true });
    const [from, to, low, high] = ['from', 'to', 'low', 'high'].map(name => Number(plot.dataset[name]));
    const duration = y => String(Number((10 ** (high - y * (high - low))).toPrecision(3)));
    const durations = {};
    // A drag along the time means all durations.
    if ((bottom - top) * plot.clientHeight > 12) {
      if (bottom < 1) durations.min = duration(bottom);
      if (top > 0) durations.max = duration(top);
    }

    choose(from + left * (to - from), from + right * (to - from), durations);
  });
});

// The details of a span come without a new page.
const pane = $('pane');
const body = pane?.parentElement;
const show = async (link, push = true) => {
  const target = new URL(link);
  const id = target.searchParams.get('span');
  const trace = target.pathname.split('/').at(-1);
  const details = await fresh(`${root}/fragments/traces/${trace}/${encodeURIComponent(id)}?t=${target.searchParams.get('t') ?? ''}`).catch(() => null);
  if (!details) return location.assign(target);
  pane.replaceChildren(document.importNode(details.querySelector('section'), true));
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
      const answer = await fetch(root + copy.dataset.copy);
      if (!answer.ok) return;
      await navigator.clipboard.writeText(await answer.text());
      copy.textContent = 'Copied';
      return;
    }

    if (!isPlain(event)) return;
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
  const view = element('rect', { class: 'view', width: 100 });
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

// On every chart over time: values under the pointer, and a span of time chosen by dragging. The figures come from the chart's own table.

const set = (drawn, attributes) => {
  for (const [key, value] of Object.entries(attributes)) drawn.setAttribute(key, value);
  return drawn;
};
export const element = (name, attributes) => set(document.createElementNS('http://www.w3.org/2000/svg', name), attributes);

let tip = null;
const hide = () => {
  tip?.remove();
  tip = null;
  document.querySelectorAll('.chart-cursor').forEach(line => line.remove());
};

const read = (plot, event) => {
  const rows = plot.closest('.chart').querySelectorAll('.chart-table tbody tr');
  if (rows.length === 0) return;
  const heads = plot.closest('.chart').querySelectorAll('.chart-table thead th');
  const box = plot.getBoundingClientRect();
  const index = Math.min(rows.length - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * rows.length)));
  hide();
  const x = ((index + 0.5) * 1000) / rows.length;
  plot.append(element('path', { class: 'chart-cursor', d: `M${x} 0V200` }));
  tip = document.createElement('div');
  tip.className = 'chart-tip';
  [...rows[index].cells].forEach((cell, i) => {
    const line = document.createElement('p');
    if (i > 0) line.append(heads[i].textContent, ' ');
    const value = document.createElement('b');
    value.textContent = cell.textContent;
    line.append(value);
    tip.append(line);
  });
  document.body.append(tip);
  const right = event.clientX + 16 + tip.offsetWidth > innerWidth;
  tip.style.left = `${right ? event.clientX - tip.offsetWidth - 12 : event.clientX + 16}px`;
  tip.style.top = `${Math.min(event.clientY + 12, innerHeight - tip.offsetHeight - 8)}px`;
};

/** Goes to the same page with another span of time, and what else is chosen; the place in a list is void then. */
export const choose = (from, to, more = {}) => {
  const address = new URL(location.href);
  for (const name of ['range', 'before', 'after']) address.searchParams.delete(name);
  for (const [name, value] of Object.entries({ from: Math.round(from), to: Math.round(to), ...more })) address.searchParams.set(name, value);
  location.assign(address);
};

/** Draws what is dragged over, and tells its edges as shares of the drawing: left, right, top, bottom. A click is no drag. */
export const drag = (plot, start, isFlat, chosen) => {
  const box = plot.getBoundingClientRect();
  const area = element('rect', { class: 'chart-brush' });
  const edges = (from, to, low, size) => [from, to].map(v => Math.min(1, Math.max(0, (v - low) / size))).sort((a, b) => a - b);
  const across = event => edges(start.clientX, event.clientX, box.left, box.width);
  const down = event => (isFlat ? [0, 1] : edges(start.clientY, event.clientY, box.top, box.height));
  const move = event => {
    const [[left, right], [top, bottom]] = [across(event), down(event)];
    set(area, { x: left * 1000, width: (right - left) * 1000, y: top * 200, height: (bottom - top) * 200 });
  };
  const end = event => {
    removeEventListener('pointermove', move);
    removeEventListener('pointerup', end);
    removeEventListener('pointercancel', end);
    area.remove();
    if (event.type === 'pointerup' && Math.abs(event.clientX - start.clientX) > 6) chosen(...across(event), ...down(event));
  };
  plot.append(area);
  addEventListener('pointermove', move);
  addEventListener('pointerup', end);
  addEventListener('pointercancel', end);
};

// Delegated: a fragment that was swapped in has them too.
document.addEventListener('pointermove', event => {
  const plot = event.target.closest?.('.chart-plot');
  if (plot) read(plot, event);
  else hide();
});
document.addEventListener('pointerdown', event => {
  const plot = event.target.closest?.('.chart-plot[data-brush]');
  if (plot && event.button === 0 && event.pointerType !== 'touch') {
    event.preventDefault();
    const [from, to] = [Number(plot.dataset.from), Number(plot.dataset.to)];
    drag(plot, event, true, (left, right) => choose(from + left * (to - from), from + right * (to - from)));
  }
});
document.addEventListener('pointerleave', hide);

// On every chart over time: values under the pointer, and a span of time chosen by dragging. The figures come from the chart's own table.

const part = (plot, event, parts) => {
  const box = plot.getBoundingClientRect();
  return Math.min(parts - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * parts)));
};

const element = (name, attributes) => {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
};

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
  const index = part(plot, event, rows.length);
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

/** Goes to the same page with another span of time; the place in a list is void then. */
export const choose = (from, to) => {
  const address = new URL(location.href);
  for (const name of ['range', 'before', 'after']) address.searchParams.delete(name);
  address.searchParams.set('from', Math.round(from));
  address.searchParams.set('to', Math.round(to));
  location.assign(address);
};

const brush = (plot, event) => {
  const box = plot.getBoundingClientRect();
  const at = e => Math.min(1, Math.max(0, (e.clientX - box.left) / box.width));
  const start = at(event);
  const area = element('rect', { class: 'chart-brush', y: 0, height: 200, x: start * 1000, width: 0 });
  plot.append(area);
  plot.setPointerCapture(event.pointerId);
  const move = e => {
    area.setAttribute('x', Math.min(start, at(e)) * 1000);
    area.setAttribute('width', Math.abs(at(e) - start) * 1000);
  };
  const end = e => {
    plot.removeEventListener('pointermove', move);
    area.remove();
    const [low, high] = [start, at(e)].sort((a, b) => a - b);
    const from = Number(plot.dataset.from);
    const length = Number(plot.dataset.to) - from;
    if (e.type === 'pointerup' && (high - low) * box.width > 6) choose(from + low * length, from + high * length);
  };
  plot.addEventListener('pointermove', move);
  plot.addEventListener('pointerup', end, { once: true });
  plot.addEventListener('pointercancel', end, { once: true });
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
    brush(plot, event);
  }
});
document.addEventListener('pointerleave', hide);

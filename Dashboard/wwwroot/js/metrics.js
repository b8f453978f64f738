// The metrics page: narrows the list down while one types, and draws the charts anew while their range goes on.
import { follow } from './shell.js';
import { morph } from './morph.js';

const find = document.getElementById('find');
const narrow = () => {
  const words = find.value.toLowerCase().split(/\s+/).filter(word => word);
  for (const row of document.querySelectorAll('[data-find]')) row.hidden = !words.every(word => row.dataset.find.includes(word));
  for (const group of document.querySelectorAll('.metric-tree details, .metric-list tbody')) group.hidden = !group.querySelector('[data-find]:not([hidden])');
};
find?.addEventListener('input', narrow);
find?.addEventListener('keydown', event => {
  if (event.key !== 'Enter') return;
  // The first that is left is the one that is meant.
  const first = document.querySelector('.metric-tree [data-find]:not([hidden]) a');
  if (first && find.value) {
    event.preventDefault();
    first.click();
  }
});
// Only the list itself: on a narrow page it is below the chart and as long as it is.
const tree = document.querySelector('.metric-tree');
const current = tree?.querySelector('[aria-current]');
if (current) tree.scrollTop = current.offsetTop - tree.clientHeight / 2;

const pause = document.getElementById('pause');
const notice = document.getElementById('notice');
let paused = false;
let lost = false;
let timer = 0;

const show = () => {
  if (!pause) return;
  pause.hidden = false;
  pause.dataset.state = lost ? 'lost' : paused ? 'paused' : 'live';
  pause.setAttribute('aria-pressed', paused);
  pause.querySelector('span').textContent = lost ? 'Lost' : paused ? 'Paused' : 'Live';
};

const refresh = async () => {
  const metric = document.getElementById('metric');
  try {
    const answer = await fetch(metric.dataset.live, { cache: 'no-store' });
    lost = !answer.ok;
    if (answer.ok && !paused) {
      const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('metric');
      // Under the pointer nothing moves: the read-out would be of something else.
      if (fresh && !document.querySelector('.chart-cursor, .chart-brush')) morph(metric, fresh);
    }
  } catch {
    lost = true;
  }

  show();
  next();
};

const next = () => {
  clearTimeout(timer);
  const metric = document.getElementById('metric');
  if (metric?.dataset.live && !paused && !document.hidden) timer = setTimeout(refresh, Number(metric.dataset.seconds) * 1000);
};

if (document.getElementById('metric')?.dataset.live) {
  pause?.addEventListener('click', () => {
    paused = !paused;
    notice.textContent = paused ? 'The charts stand still.' : 'The charts go on.';
    show();
    if (paused) next();
    else refresh();
  });
  document.addEventListener('visibilitychange', () => (document.hidden || paused ? clearTimeout(timer) : refresh()));
  show();
  next();
}

if (document.getElementById('pulse')) follow(() => '/live?topics=health', {});

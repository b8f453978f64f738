// The metrics page: narrows the list down while one types, and draws the charts anew while their range goes on.
import { $, follow, pausing, renew } from './shell.js';

const find = $('find');
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

if ($('metric')?.dataset.live) {
  let timer = 0;
  const next = () => {
    clearTimeout(timer);
    const { live: address, seconds } = $('metric').dataset;
    if (address && !live.paused && !document.hidden) timer = setTimeout(refresh, Number(seconds) * 1000);
  };
  // Under the pointer nothing moves: the read-out would be of something else.
  const refresh = async () => {
    const { live: address } = $('metric').dataset;
    const now = await renew('metric', address, () => live.paused || document.querySelector('.chart-cursor, .chart-brush'));
    live.show(Boolean(now));
    next();
  };
  const live = pausing('the live charts', paused => {
    $('notice').textContent = paused ? 'The charts stand still.' : 'The charts go on.';
    if (paused) next();
    else refresh();
  });
  document.addEventListener('visibilitychange', () => (document.hidden || live.paused ? clearTimeout(timer) : refresh()));
  live.show();
  next();
}

if ($('pulse')) follow(() => 'topics=health');

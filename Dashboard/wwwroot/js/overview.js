// The overview: fetches its part of the page anew every few seconds and on each change of the stack, and changes what differs.
import { $, count, follow, pausing, renew } from './shell.js';

const isLive = !new URLSearchParams(location.search).has('from');
let busy = false;

const refresh = async () => {
  if (busy || live.paused || !isLive) return;
  busy = true;
  if (await renew('overview', `/fragments/overview${location.search}`, () => live.paused)) count();
  busy = false;
};

const live = pausing('the live figures', paused => {
  $('notice').textContent = paused ? 'The figures stand still.' : 'The figures are live again.';
  refresh();
});
if (isLive) live.show();
follow(() => 'topics=health,tick', {
  health: refresh,
  tick: refresh,
  state: connected => { if (isLive) live.show(connected); },
});

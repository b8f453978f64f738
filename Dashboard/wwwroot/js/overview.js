// The overview: fetches its part of the page anew every few seconds and on each change of the stack, and changes what differs.
import { count, follow } from './shell.js';
import { morph } from './morph.js';

const button = document.getElementById('pause');
const isLive = !new URLSearchParams(location.search).has('from');
let [paused, connected, busy] = [false, true, false];

const show = () => {
  button.hidden = !isLive;
  button.dataset.state = paused ? 'paused' : connected ? 'live' : 'lost';
  button.setAttribute('aria-pressed', String(paused));
  button.setAttribute('aria-label', paused ? 'Resume the live figures' : 'Pause the live figures');
  button.title = paused ? 'Resume (p)' : 'Pause (p)';
  button.querySelector('span').textContent = paused ? 'Paused' : connected ? 'Live' : 'Lost';
};

const refresh = async () => {
  if (busy || paused || !isLive) return;
  busy = true;
  try {
    const answer = await fetch(`/fragments/overview${location.search}`, { cache: 'no-store' });
    if (answer.ok && !paused) {
      morph(document.getElementById('overview'), new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('overview'));
      count();
    }
  } catch {
    // The stream notices as well, and says so.
  } finally {
    busy = false;
  }
};

button.addEventListener('click', () => {
  paused = !paused;
  document.getElementById('notice').textContent = paused ? 'The figures stand still.' : 'The figures are live again.';
  show();
  refresh();
});

show();
follow(() => '/live?topics=health,tick', {
  health: refresh,
  tick: refresh,
  state: now => {
    connected = now;
    show();
  },
});

// The resources page: on each change of the stack it fetches the table anew and changes what differs.
import { count, follow } from './shell.js';
import { morph } from './morph.js';

const notice = document.getElementById('notice');
let busy = false;
let again = false;
let wasStale = document.getElementById('resources').dataset.stale === 'true';

const refresh = async () => {
  if (busy) {
    again = true;
    return;
  }

  busy = true;
  try {
    const answer = await fetch('/fragments/resources', { cache: 'no-store' });
    if (answer.ok) {
      const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('resources');
      morph(document.getElementById('resources'), fresh);
      count();
      const stale = fresh.dataset.stale === 'true';
      if (stale !== wasStale) notice.textContent = stale ? 'The connection to the AppHost is lost.' : 'Connected to the AppHost again.';
      wasStale = stale;
    }
  } catch {
    // The stream notices as well, and says so.
  } finally {
    busy = false;
    if (again) {
      again = false;
      refresh();
    }
  }
};

let seen = new Date();
follow(() => '/live?topics=health', {
  health: () => {
    seen = new Date();
    refresh();
  },
  state: connected => {
    const view = document.getElementById('resources');
    if (connected) {
      refresh();
      return;
    }

    if (view.dataset.stale) return;
    view.dataset.stale = 'true';
    wasStale = true;
    for (const time of view.querySelectorAll('time[data-count]')) delete time.dataset.count;
    const banner = document.createElement('div');
    banner.className = 'banner';
    banner.dataset.tone = 'bad';
    banner.setAttribute('role', 'alert');
    const text = document.createElement('p');
    text.textContent = `The dashboard does not answer. Shown as of ${seen.toLocaleTimeString('en-GB')}; trying again.`;
    banner.append(text);
    view.prepend(banner);
  },
});

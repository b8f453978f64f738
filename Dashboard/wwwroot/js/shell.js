// On every page: the stream of live events, the top bar, counting times, theme and time zone; and what the scripts of several pages share.
import { morph } from './morph.js';

export const $ = id => document.getElementById(id);

/** The path the dashboard has behind a proxy, without a slash at its end: empty at the root of a host. */
export const root = new URL('..', import.meta.url).pathname.slice(0, -1);

/** Asks for what the server writes now at an address; null when it is not that (the login, an error). */
export const fresh = async address => {
  const answer = await fetch(address, { cache: 'no-store' });
  return answer.ok && !answer.redirected ? parse(answer) : null;
};
export const parse = async answer => new DOMParser().parseFromString(await answer.text(), 'text/html');

/** Changes an element of this page into what the server writes now, unless `keep` says that it must not move. */
export const renew = async (id, address, keep = () => false) => {
  try {
    const now = (await fresh(root + address))?.getElementById(id) ?? null;
    if (now && !keep()) morph($(id), now);
    return now;
  } catch {
    return null; // the stream notices as well, and says so
  }
};

/** True for a click that opens a link here, not in another tab or window. */
export const isPlain = event => !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;

/** The button that makes `what` stand still; `turned` is told when it was pressed. */
export const pausing = (what, turned) => {
  const state = { paused: false, connected: true };
  state.show = (connected = state.connected) => {
    state.connected = connected;
    const button = $('pause');
    if (!button) return;
    const { paused } = state;
    button.hidden = false;
    button.dataset.state = paused ? 'paused' : connected ? 'live' : 'lost';
    button.ariaPressed = String(paused);
    const action = paused ? 'Resume' : 'Pause';
    button.ariaLabel = `${action} ${what}`;
    button.title = `${action} (p)`;
    button.querySelector('span').textContent = paused ? 'Paused' : connected ? 'Live' : 'Lost';
  };
  state.turn = () => {
    state.paused = !state.paused;
    state.show();
    turned(state.paused);
  };
  document.addEventListener('click', event => { if (event.target.closest('#pause')) state.turn(); });
  return state;
};

const cookie = (name, value) => {
  document.cookie = `${name}=${encodeURIComponent(value)}; path=${root || '/'}; samesite=lax; max-age=${value ? 31536000 : 0}`;
};

// The server writes times in this zone from the next page on; a page that was made before is made again, once.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && !document.cookie.includes(`stack-tz=${encodeURIComponent(zone)}`)) {
  cookie('stack-tz', zone);
  if (zone !== 'UTC' && document.querySelector('time') && document.cookie.includes('stack-tz=')) location.reload();
}

const nextTheme = { auto: 'light', light: 'dark', dark: 'auto' };
document.querySelector('[data-theme-form]')?.addEventListener('submit', event => {
  event.preventDefault();
  const button = event.submitter;
  const chosen = button.value;
  cookie('stack-theme', chosen === 'auto' ? '' : chosen);
  if (chosen === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
  button.value = nextTheme[chosen];
  button.title = `Theme: ${chosen === 'auto' ? 'as the system' : chosen}`;
  button.ariaLabel = `${button.title}. Change`;
});

/** Writes a span of time as the server does (Format.Span). */
const span = ms => {
  const s = Math.max(0, Math.floor(ms / 1000));
  const two = n => String(n).padStart(2, '0');
  if (s < 60) return `${s}s`;
  if (s < 3600) return `${Math.floor(s / 60)}m ${two(s % 60)}s`;
  if (s < 86400) return `${Math.floor(s / 3600)}h ${two(Math.floor(s / 60) % 60)}m`;
  return `${Math.floor(s / 86400)}d ${two(Math.floor(s / 3600) % 24)}h`;
};

/** Lets each <time data-count> go on: since a moment, or until one. */
export const count = () => {
  for (const time of document.querySelectorAll('time[data-count]')) {
    const distance = Date.now() - Date.parse(time.dateTime);
    const text = span(time.dataset.count === 'until' ? -distance : distance);
    if (time.textContent !== text) time.textContent = text;
  }
};
setInterval(() => { if (!document.hidden) count(); }, 1000);

// Keys as in Aspire's dashboard, and more. A list's rows have data-row; the first link or summary in a row opens it.
const pages = { o: '/', r: '/resources', c: '/consolelogs', s: '/structuredlogs', t: '/traces', m: '/metrics', S: '/settings' };
const isTyping = target => target.matches('input:not([type=checkbox]), select, textarea, [contenteditable]');
const walk = step => {
  const all = [...document.querySelectorAll('[data-row]')].filter(row => row.offsetParent);
  const present = all.findIndex(row => row.contains(document.activeElement));
  const next = all[present < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, present + step))];
  if (!next) return;
  (next.matches('a, summary, button') ? next : next.querySelector('a, summary, button'))?.focus();
  next.scrollIntoView({ block: 'nearest' });
};
const actions = {
  j: () => walk(1),
  k: () => walk(-1),
  '/': () => document.querySelector('input[type=search]')?.focus(),
  p: () => $('pause')?.click(),
  '?': () => $('keys')?.showModal(),
};
document.addEventListener('keydown', event => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyping(event.target)) return event.key === 'Escape' && event.target.blur();
  if (document.querySelector('dialog[open]')) return;
  const link = pages[event.key] && document.querySelector(`.bar a[href="${root}${pages[event.key]}"]`);
  if (link) location.assign(link.href);
  else if (actions[event.key]) {
    event.preventDefault();
    actions[event.key]();
  }
});

// A choice in a filter is taken at once; another range makes the old bounds and the place in the list void.
document.addEventListener('change', event => {
  const form = event.target.closest('form.tools');
  if (!form || !event.target.matches('[data-range], [data-submit]')) return;
  if (event.target.matches('[data-range]') && event.target.value) form.querySelectorAll('input[name=from], input[name=to]').forEach(field => field.remove());
  form.requestSubmit();
});

const showPulse = ({ tone, text, title, stale }) => {
  const pulse = $('pulse');
  if (!pulse) return;
  pulse.dataset.tone = tone;
  pulse.title = title;
  pulse.querySelector('span').textContent = text;
  document.body.classList.toggle('lost', stale);
};

/**
 * Opens the page's stream and keeps it open while the page can be seen. `query` is called for each attempt, so that it can go on from
 * the newest thing shown. `on` has a function per kind of event, and `state(connected)`.
 */
export const follow = (query, on = {}) => {
  let source = null;
  let retry = 500;
  let timer = 0;
  let silence = 0;
  let connected = false;

  const close = () => {
    clearTimeout(timer);
    clearTimeout(silence);
    source?.close();
    source = null;
    connected = false;
  };

  const lost = () => {
    close();
    on.state?.(false);
    showPulse({ tone: 'bad', text: 'dashboard lost', title: 'The dashboard does not answer. Trying again until it does.', stale: true });
    timer = setTimeout(again, retry);
    retry = Math.min(retry * 2, 5000);
  };

  // A stream that is refused says nothing of why: ask, and go to the login when the session is over.
  const again = async () => {
    try {
      const session = await fetch(`${root}/live/session`, { cache: 'no-store' });
      if (session.status === 401) return location.reload();
    } catch { /* not there yet */ }
    open();
  };

  // The server pings every 15 s; a connection that is only half dead does not say so.
  const heard = () => {
    clearTimeout(silence);
    silence = setTimeout(lost, 40000);
  };

  const open = () => {
    close();
    if (document.hidden) return;
    source = new EventSource(`${root}/live?${query()}`);
    heard();
    source.onerror = lost;
    const listen = (kind, action) => source.addEventListener(kind, event => {
      heard();
      action(JSON.parse(event.data), event.lastEventId);
    });
    listen('ping', () => {
      retry = 500;
      if (connected) return;
      connected = true;
      on.state?.(true);
    });
    listen('health', data => {
      showPulse(data);
      on.health?.(data);
    });
    for (const kind of ['logs', 'gap', 'lines', 'tick', 'traces']) if (on[kind]) listen(kind, on[kind]);
  };

  document.addEventListener('visibilitychange', () => (document.hidden ? close() : open()));
  addEventListener('pagehide', close);
  addEventListener('pageshow', event => { if (event.persisted) open(); });
  open();
  return { reopen: open };
};

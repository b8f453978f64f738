// Console output: follows the end until the reader scrolls up or pauses.
import { $, follow, pausing, renew } from './shell.js';

const MaxLines = 5000;

const box = $('console');
const list = $('lines');
const merged = box.dataset.merged === 'true';
let held = [];
let waitingReset = false;
let last = list.lastElementChild?.querySelector('.out-replica')?.textContent ?? null;
let place = box.dataset.place; // after the last line that is here, or held

const fill = line => {
  const row = document.importNode($('line').content.firstElementChild, true);
  if (merged) {
    const replica = row.querySelector('.out-replica');
    replica.textContent = line.replica;
    replica.dataset.hue = line.hue;
    if (line.replica === last) row.dataset.same = 'true';
    last = line.replica;
  }

  const time = row.querySelector('.out-time');
  time.textContent = line.time ?? '';
  if (line.isApproximate) time.title = 'Written at some time before this one: it was there already when it was read.';
  const text = row.querySelector('code');
  if (line.mark) {
    row.dataset.mark = 'true';
    text.textContent = line.mark;
  }

  for (const run of line.runs) {
    const part = document.createElement('span');
    if (run.classes) part.className = run.classes;
    part.textContent = run.text;
    text.append(part);
  }

  return row;
};

const atEnd = () => box.scrollHeight - box.scrollTop - box.clientHeight < 30;
const toEnd = () => { box.scrollTop = box.scrollHeight; };
let following = true;

const showPending = () => {
  const button = $('pending');
  button.hidden = following && !live.paused;
  button.textContent = held.length ? `${held.length} new ${held.length === 1 ? 'line' : 'lines'}` : 'To the end';
};

const append = () => {
  if (waitingReset) {
    list.replaceChildren();
    waitingReset = false;
    last = null;
  }

  const rows = document.createDocumentFragment();
  for (const line of held.splice(0)) rows.append(fill(line));
  list.append(rows);
  while (list.childElementCount > MaxLines) list.firstElementChild.remove();
  $('no-lines').hidden = list.childElementCount > 0;
  if (following) toEnd();
  showPending();
};

const live = pausing('following the output', paused => {
  if (!paused) append();
  showPending();
});
const name = encodeURIComponent(box.dataset.name);

let frame = 0;
const stream = follow(() => `topics=health,console&name=${name}&place=${encodeURIComponent(place)}&q=${encodeURIComponent($('search').value.trim())}`, {
  lines: ({ reset, lines }, id) => {
    place = id;
    if (reset) {
      held = [];
      waitingReset = true;
    }

    held.push(...lines);
    if (held.length > MaxLines) held.splice(0, held.length - MaxLines);
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => (live.paused ? showPending() : append()));
  },
  health: ({ stale }) => {
    if (stale && $('notice').hidden) $('notice').textContent = 'The connection to the AppHost is lost: what is written meanwhile appears here when it is back.';
    $('notice').hidden = !stale;
    live.show(!stale);
    renew('picker', `/fragments/picker?name=${name}`); // the dots of the replicas follow their states
  },
  state: live.show,
});

box.addEventListener('scroll', () => {
  following = atEnd();
  showPending();
}, { passive: true });
$('pending').addEventListener('click', () => {
  if (live.paused) live.turn();
  following = true;
  toEnd();
  showPending();
});

const option = (id, name, initial) => {
  const input = $(id);
  if (!input) return;
  $(`${id}-label`).hidden = false;
  let stored = null;
  try { stored = localStorage.getItem(name); } catch { /* not allowed: the option lasts for this page */ }
  input.checked = stored === null ? initial : stored === 'true';
  const apply = () => {
    box.classList.toggle(id, input.checked);
    if (following) toEnd();
  };
  input.addEventListener('change', () => {
    try { localStorage.setItem(name, String(input.checked)); } catch { /* see above */ }
    apply();
  });
  apply();
};
option('wrap', 'stack-console-wrap', true);
option('times', 'stack-console-times', true);

// The server filters; its first batch takes the place of what is there.
let typing = 0;
const search = () => {
  const address = new URL(location.href);
  const text = $('search').value.trim();
  if (text) address.searchParams.set('q', text);
  else address.searchParams.delete('q');
  history.replaceState(null, '', address);
  held = [];
  last = null;
  place = '';
  list.replaceChildren();
  $('no-lines').hidden = false;
  $('no-lines').textContent = text ? 'No line contains that; what comes and does appears here.' : 'Nothing written yet.';
  following = true;
  stream.reopen();
};
$('filter').addEventListener('submit', event => {
  event.preventDefault();
  clearTimeout(typing);
  search();
});
$('search').addEventListener('input', () => {
  clearTimeout(typing);
  typing = setTimeout(search, 300);
});
toEnd();

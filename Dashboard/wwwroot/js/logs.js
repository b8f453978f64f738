// Structured logs: new records appear at the top; the filter acts as it is typed.
import { follow } from './shell.js';

const MaxLines = 600; // rows on the page; older ones are behind "Older records"
const MaxHeld = 600;

const $ = id => document.getElementById(id);
const form = $('filter');
let paused = false;
let held = [];
let missed = 0;
let stream = null;

const fill = line => {
  const row = document.importNode($('line').content.firstElementChild, true);
  const part = name => row.querySelector(`.log-${name}`);
  row.dataset.level = line.level;
  row.dataset.id = line.id;
  const time = part('time');
  time.dateTime = line.iso;
  time.title = line.fullTime;
  time.textContent = line.time;
  part('level').textContent = line.levelText;
  part('replica').textContent = line.replica;
  part('replica').dataset.hue = line.hue;
  part('text').textContent = line.message;
  const list = row.querySelector('dl');
  for (const field of line.fields) {
    const pair = document.createElement('div');
    if (field.isAttribute) pair.dataset.attribute = 'true';
    const name = document.createElement('dt');
    name.textContent = field.name;
    const value = document.createElement('dd');
    value.textContent = field.value;
    pair.append(name, value);
    list.append(pair);
  }

  if (line.stackTrace) part('stack').textContent = line.stackTrace;
  else part('stack').remove();
  if (line.traceId) {
    const link = part('trace').querySelector('a');
    link.href = `/structuredlogs?traceId=${encodeURIComponent(line.traceId)}`;
    link.textContent = line.traceId;
    part('spans').href = `/traces/detail/${encodeURIComponent(line.traceId)}`;
  } else {
    part('trace').remove();
  }

  return row;
};

// What is being read must not move: further down the page, with a record open, or with text marked.
const reading = () => scrollY > 80 || $('lines').querySelector('details[open]') !== null || !(getSelection()?.isCollapsed ?? true);

const showPending = () => {
  const button = $('pending');
  const n = held.length + missed;
  button.hidden = n === 0;
  button.textContent = `${n} new ${n === 1 ? 'record' : 'records'}`;
};

const insert = () => {
  const lines = $('lines');
  const rows = document.createDocumentFragment();
  for (const line of held.splice(0).reverse()) rows.append(fill(line));
  missed = 0;
  lines.prepend(rows);
  let cut = null;
  while (lines.childElementCount > MaxLines) {
    cut = lines.lastElementChild;
    cut.remove();
  }

  $('no-lines').hidden = lines.childElementCount > 0;
  if (cut) showOlder(lines.lastElementChild.dataset.id);
  showPending();
};

// Rows that were taken off the end can be read on the page of older ones.
const showOlder = id => {
  let link = $('older');
  if (!link) {
    const line = document.createElement('p');
    line.className = 'older';
    link = document.createElement('a');
    link.id = 'older';
    link.className = 'button';
    link.textContent = 'Older records';
    line.append(link);
    $('logs').append(line);
  }

  const query = new URLSearchParams($('logs').dataset.query);
  query.set('before', id);
  link.href = `/structuredlogs?${query}`;
};

let frame = 0;
const arrive = ({ lines }) => {
  held.push(...lines);
  $('logs').dataset.newest = lines.at(-1).id;
  if (held.length > MaxHeld) missed += held.splice(0, held.length - MaxHeld).length;
  const total = Number($('total').textContent.replaceAll(',', '')) + lines.length;
  $('total').textContent = total.toLocaleString('en-US');
  $('total-word').textContent = total === 1 ? 'record' : 'records';
  cancelAnimationFrame(frame);
  frame = requestAnimationFrame(() => (paused || reading() ? showPending() : insert()));
};

const say = text => {
  $('notice').textContent = text;
  $('notice').hidden = !text;
};

const showState = (connected = true) => {
  const button = $('pause');
  if (!button) return;
  button.hidden = false;
  button.dataset.state = paused ? 'paused' : connected ? 'live' : 'lost';
  button.setAttribute('aria-pressed', String(paused));
  button.setAttribute('aria-label', paused ? 'Resume the live log' : 'Pause the live log');
  button.title = paused ? 'Resume (p)' : 'Pause (p)';
  button.querySelector('span').textContent = paused ? 'Paused' : connected ? 'Live' : 'Lost';
};

const togglePause = () => {
  paused = !paused;
  showState();
  if (!paused) insert();
};

const topUp = () => {
  scrollTo({ top: 0 });
  for (const open of $('lines').querySelectorAll('details[open]')) open.open = false;
  if (paused) togglePause();
  else insert();
};

const wire = () => {
  $('pause')?.addEventListener('click', togglePause);
  $('pending').addEventListener('click', topUp);
  showState();
};

const connect = () => {
  const live = () => $('logs').dataset.live === 'true';
  const address = () => {
    const query = new URLSearchParams($('logs').dataset.query);
    query.set('topics', live() ? 'health,logs' : 'health');
    query.set('after', $('logs').dataset.newest);
    return `/live?${query}`;
  };
  stream = follow(address, {
    logs: arrive,
    gap: ({ dropped }) => {
      // Too long away for the live stream to fill in: the store has it all.
      if (!dropped && !paused && !reading()) show(location.pathname + location.search);
      else say(dropped
        ? `${dropped} records came too fast to be shown here. They are stored: reload the page to see them.`
        : 'Some records are missing here. They are stored: reload the page to see them.');
    },
    state: connected => showState(connected),
  });
};

// Filtering without a new page: the focus stays in the search box.
let asked = 0;
const show = async address => {
  const turn = ++asked;
  let text;
  try {
    const answer = await fetch(address);
    if (!answer.ok || answer.redirected && new URL(answer.url).pathname === '/login') throw new Error();
    text = await answer.text();
  } catch {
    location.assign(address);
    return;
  }

  if (turn !== asked) return;
  const fresh = new DOMParser().parseFromString(text, 'text/html');
  held = [];
  missed = 0;
  say('');
  $('logs').replaceWith(document.importNode(fresh.getElementById('logs'), true));
  const chosen = form.querySelector('#replicas > summary');
  chosen.replaceWith(document.importNode(fresh.querySelector('#replicas > summary'), true));
  const clear = fresh.getElementById('clear');
  if (clear && !$('clear')) form.querySelector('.tools-end').before(document.importNode(clear, true));
  if (!clear) $('clear')?.remove();
  form.querySelector('.tools-end').replaceWith(document.importNode(fresh.querySelector('.tools-end'), true));
  history.replaceState(null, '', address);
  document.title = fresh.title;
  wire();
  stream.reopen();
};

const wanted = () => {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value) query.append(name, value);
  const text = query.toString();
  return text ? `/structuredlogs?${text}` : '/structuredlogs';
};

let typing = 0;
form.addEventListener('input', event => {
  clearTimeout(typing);
  typing = setTimeout(() => show(wanted()), event.target.matches('[type=checkbox], select') ? 0 : 300);
});
form.addEventListener('submit', event => {
  event.preventDefault();
  clearTimeout(typing);
  show(wanted());
});
document.addEventListener('click', event => {
  const menu = $('replicas');
  if (menu.open && !menu.contains(event.target)) menu.open = false;
});
document.addEventListener('keydown', event => {
  if (event.key === 'Escape' && $('replicas').open) {
    $('replicas').open = false;
    $('replicas').querySelector('summary').focus();
    return;
  }

  if (event.target.matches('input, select, textarea') || event.ctrlKey || event.metaKey || event.altKey) return;
  const lines = [...$('lines').children];
  const at = lines.indexOf(document.activeElement?.closest('.log'));
  switch (event.key) {
    case '/': $('search').focus(); break;
    case 'p': $('pause')?.click(); break;
    case 'j': lines[Math.min(at + 1, lines.length - 1)]?.querySelector('summary').focus(); break;
    case 'k': lines[Math.max(at - 1, 0)]?.querySelector('summary').focus(); break;
    default: return;
  }

  event.preventDefault();
});
// Back at the top with nothing open: what was held comes in by itself.
addEventListener('scroll', () => { if (held.length && !paused && !reading()) insert(); }, { passive: true });
document.addEventListener('toggle', () => { if (held.length && !paused && !reading()) insert(); }, true);

wire();
connect();

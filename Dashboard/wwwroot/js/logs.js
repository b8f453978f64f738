// Structured logs: new records appear at the top, a record opens beside the list, a long search goes on by itself, the filter acts as it is typed.
import { $, follow, fresh, isPlain, parse, pausing, renew, root } from './shell.js';

const MaxLines = 100; // rows on the page, as the server sends; older ones are behind "Older records"

const page = `${root}/structuredlogs`;
const form = $('filter');
let held = [];
let missed = 0;
let stream = null;

const query = () => new URLSearchParams($('logs').dataset.query);

const fill = line => {
  const row = document.importNode($('line').content.firstElementChild, true);
  const part = name => row.querySelector(`.log-${name}`);
  row.dataset.level = line.level;
  row.dataset.id = line.id;
  const time = part('time');
  time.dateTime = line.iso;
  time.title = line.fullTime;
  time.textContent = line.time;
  if (part('level')) part('level').textContent = line.levelText;
  if (part('replica')) {
    part('replica').textContent = line.replica;
    part('replica').dataset.hue = line.hue;
  }

  row.querySelectorAll('.log-cell').forEach((cell, i) => {
    cell.textContent = line.cells[i];
    cell.title = line.cells[i];
  });
  const address = query();
  address.set('record', line.id);
  part('text').href = `${page}?${address}`;
  part('text').textContent = line.message || '(empty)';
  return row;
};

// What is being read must not move: further down the page, or with text marked.
const reading = () => scrollY > 80 + ($('histogram')?.offsetHeight ?? 0) || !(getSelection()?.isCollapsed ?? true);

const showPending = () => {
  const button = $('pending');
  const n = held.length + missed;
  button.hidden = n === 0;
  button.textContent = `${n.toLocaleString('en-US')} new ${n === 1 ? 'record' : 'records'}`;
};

const insert = () => {
  const lines = $('lines');
  const rows = document.createDocumentFragment();
  for (const line of held.splice(0).reverse()) rows.append(fill(line));
  missed = 0;
  lines.prepend(rows);
  let cut = false;
  while (lines.childElementCount > MaxLines) {
    cut = true;
    lines.lastElementChild.remove();
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

  const address = query();
  address.set('before', id);
  link.href = `${page}?${address}`;
};

// However fast records come, the page is painted once a frame and never holds more of them than it can show.
let frame = 0;
const arrive = ({ lines }) => {
  held.push(...lines);
  $('logs').dataset.newest = lines.at(-1).id;
  if (held.length > MaxLines) missed += held.splice(0, held.length - MaxLines).length;
  count(lines.length);
  cancelAnimationFrame(frame);
  frame = requestAnimationFrame(() => (live.paused || reading() ? showPending() : insert()));
};

const count = more => {
  const text = $('total').textContent;
  const total = Number(text.replace(/[^0-9]/g, '')) + more;
  $('total').textContent = total.toLocaleString('en-US') + (text.endsWith('+') ? '+' : '');
  $('total-word').textContent = total === 1 ? 'record' : 'records';
};

const say = text => {
  $('notice').textContent = text;
  $('notice').hidden = !text;
};

const live = pausing('the live log', paused => { if (!paused) insert(); });

const topUp = () => {
  scrollTo({ top: 0 });
  if (live.paused) live.turn();
  else insert();
};

// One record beside the list; the address says which.
const mark = id => {
  for (const row of $('lines').querySelectorAll('[aria-current]')) row.removeAttribute('aria-current');
  if (id) $('lines').querySelector(`[data-id="${id}"]`)?.setAttribute('aria-current', 'true');
};

const setRecord = id => {
  const address = new URL(location.href);
  if (id) address.searchParams.set('record', id);
  else address.searchParams.delete('record');
  history.replaceState(null, '', address);
};

const openRecord = async id => {
  const address = new URLSearchParams(location.search);
  address.set('record', id);
  mark(id);
  const record = (await fresh(`${root}/fragments/record?${address}`).catch(() => null))?.getElementById('record');
  if (!record) return location.assign(`${page}?${address}`);
  $('record').replaceWith(document.importNode(record, true));
  setRecord(id);
  wireRecord();
  if (getComputedStyle($('record')).position !== 'sticky') $('record').scrollIntoView({ block: 'nearest' });
};

const closeRecord = () => {
  const id = $('record').dataset.id;
  $('record').hidden = true;
  $('record').replaceChildren();
  mark(null);
  setRecord(null);
  $('lines').querySelector(`[data-id="${id}"] a`)?.focus();
};

const wireRecord = () => {
  const json = $('record-json');
  if (!json || !navigator.clipboard) return;
  const copy = document.createElement('button');
  copy.type = 'button';
  copy.className = 'linklike';
  copy.id = 'record-copy';
  copy.textContent = 'Copy as JSON';
  copy.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(await (await fetch(json.href)).text());
      copy.textContent = 'Copied';
    } catch {
      copy.textContent = 'Not copied';
    }
  });
  json.after(copy);
};

// A search that takes long: each step shows what it found and says how far back it came.
let searching = null;
const searchOn = async () => {
  const turn = {};
  searching = turn;
  while (searching === turn && $('searching') && !$('searching').hidden && $('lines').childElementCount < MaxLines) {
    $('searching').querySelector('span').firstChild.textContent = 'Searching, back to ';
    $('further').hidden = true;
    $('cancel').hidden = false;
    const next = await fresh($('further').href).catch(() => null);
    if (!next) break;
    if (searching !== turn) return;
    for (const row of next.querySelectorAll('#lines > li')) $('lines').append(document.importNode(row, true));
    $('no-lines').hidden = $('lines').childElementCount > 0;
    const rows = $('lines').childElementCount;
    if (rows > Number($('total').textContent.replace(/[^0-9]/g, ''))) $('total').textContent = rows.toLocaleString('en-US') + '+';
    $('searching').replaceWith(document.importNode(next.getElementById('searching'), true));
    const older = next.getElementById('older');
    if (older) showOlder($('lines').lastElementChild.dataset.id);
    if ($('searching').hidden && !older) $('total').textContent = rows.toLocaleString('en-US');
  }

  stopSearch();
};

const stopSearch = () => {
  searching = null;
  if (!$('searching')) return;
  $('searching').querySelector('span').firstChild.textContent = 'Searched back to ';
  $('further').hidden = false;
  $('cancel').hidden = true;
};

const wire = () => {
  $('pending').addEventListener('click', topUp);
  live.show();
  wireRecord();
  if (!$('searching').hidden) searchOn();
};

const connect = () => {
  const address = () => {
    const wanted = query();
    wanted.set('topics', $('logs').dataset.live ? 'health,logs' : 'health');
    wanted.set('after', $('logs').dataset.newest);
    return wanted;
  };
  stream = follow(address, {
    logs: arrive,
    gap: ({ dropped }) => {
      // Too long away for the live stream to fill in: the store has it all.
      if (!dropped && !live.paused && !reading()) show(location.pathname + location.search);
      else {
        count(dropped ?? 0);
        say(dropped
          ? `${dropped.toLocaleString('en-US')} records came too fast to be shown here. They are stored: reload the page to see them.`
          : 'Some records are missing here. They are stored: reload the page to see them.');
      }
    },
    state: live.show,
  });
};

// The bars move on with the list.
setInterval(() => {
  if (document.hidden || live.paused || !$('logs').dataset.live || $('histogram').matches(':hover, :has(details[open])')) return;
  const present = $('logs').dataset.query;
  renew('histogram', `/fragments/histogram${present}`, () => present !== $('logs').dataset.query);
}, 10000);

// Filtering without a new page: the focus stays in the search box.
let asked = 0;
const show = async address => {
  const turn = ++asked;
  let next;
  let answer;
  try {
    answer = await fetch(address);
    if (!answer.ok || answer.redirected && new URL(answer.url).pathname === `${root}/login`) throw new Error();
    next = await parse(answer);
  } catch {
    location.assign(address);
    return;
  }

  if (turn !== asked) return;
  searching = null;
  held = [];
  missed = 0;
  say('');
  const take = (old, selector) => old?.replaceWith(document.importNode(next.querySelector(selector), true));
  take($('view'), '#view');
  take(form.querySelector('#replicas > summary'), '#replicas > summary');
  take($('range'), '#range');
  if (answer.redirected) {
    $('search').value = next.getElementById('search').value;
    for (const input of $('condition').querySelectorAll('input')) input.value = '';
    $('condition').open = false;
  }

  const problem = next.getElementById('problem');
  if (problem) $('search').setAttribute('aria-invalid', 'true');
  else $('search').removeAttribute('aria-invalid');
  const clear = next.getElementById('clear');
  if (clear && !$('clear')) form.querySelector('.tools-end').before(document.importNode(clear, true));
  if (!clear) $('clear')?.remove();
  take(form.querySelector('.tools-end'), '.tools-end');
  history.replaceState(null, '', answer.redirected ? answer.url : address);
  document.title = next.title;
  wire();
  stream.reopen();
};

const wanted = () => {
  const data = new URLSearchParams();
  const isCondition = Boolean($('condition').querySelector('[name=field]').value && $('condition').querySelector('[name=value]').value);
  for (const [name, value] of new FormData(form)) if (value && (isCondition || !['field', 'op', 'value'].includes(name))) data.append(name, value);
  const record = new URLSearchParams(location.search).get('record');
  if (record) data.set('record', record);
  const text = data.toString();
  return text ? `${page}?${text}` : page;
};

let typing = 0;
form.addEventListener('input', event => {
  if (event.target.closest('#condition') || event.target.matches('[data-range]')) return;
  clearTimeout(typing);
  typing = setTimeout(() => show(wanted()), event.target.matches('[type=checkbox], select') ? 0 : 300);
});
form.addEventListener('submit', event => {
  event.preventDefault();
  clearTimeout(typing);
  show(wanted());
});
document.addEventListener('click', event => {
  for (const menu of form.querySelectorAll('details.menu[open]')) if (!menu.contains(event.target)) menu.open = false;
  if (!isPlain(event)) return;
  if (event.target.closest('#cancel')) stopSearch();
  const close = event.target.closest('#record-close');
  if (close) {
    event.preventDefault();
    closeRecord();
    return;
  }

  const row = event.target.closest('#further') ? null : event.target.closest('#lines .log, .around li');
  if (event.target.closest('#further')) {
    event.preventDefault();
    searchOn();
  } else if (row && (getSelection()?.isCollapsed ?? true)) {
    event.preventDefault();
    openRecord(row.dataset.id ?? new URL(row.querySelector('a').href).searchParams.get('record'));
  }
});
document.addEventListener('keydown', event => {
  if (event.key !== 'Escape' || event.defaultPrevented || document.querySelector('dialog[open]')) return;
  const menu = form.querySelector('details.menu[open]');
  if (menu) {
    menu.open = false;
    menu.querySelector('summary').focus();
  } else if (!$('record').hidden && !event.target.matches('input, select, textarea')) closeRecord();
});
// Back at the top: what was held comes in by itself.
addEventListener('scroll', () => { if (held.length && !live.paused && !reading()) insert(); }, { passive: true });

wire();
connect();

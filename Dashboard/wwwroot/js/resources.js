// The resources page: on each change of the stack it fetches what it shows anew and changes what differs; commands are asked for in a dialog.
import { $, count, follow, fresh, isPlain, parse, renew, root } from './shell.js';

const ask = $('ask');
const view = () => $('resources');
let busy = false;
let again = false;
let wasStale = view().dataset.stale === 'true';

const refresh = async () => {
  if (busy) {
    again = true;
    return;
  }

  busy = true;
  const now = await renew('resources', `/fragments/resources${location.search}`);
  busy = false;
  if (now) {
    count();
    const stale = now.dataset.stale === 'true';
    if (stale !== wasStale) $('notice').textContent = stale ? 'The connection to the AppHost is lost.' : 'Connected to the AppHost again.';
    wasStale = stale;
  }

  if (again) {
    again = false;
    refresh();
  }
};

let seen = new Date();
follow(() => 'topics=health', {
  health: () => {
    seen = new Date();
    refresh();
  },
  state: connected => {
    if (connected) {
      refresh();
      return;
    }

    if (view().dataset.stale) return;
    view().dataset.stale = 'true';
    wasStale = true;
    for (const time of view().querySelectorAll('time[data-count]')) delete time.dataset.count;
    const banner = document.createElement('div');
    banner.className = 'banner';
    banner.dataset.tone = 'bad';
    banner.setAttribute('role', 'alert');
    const text = document.createElement('p');
    text.textContent = `The dashboard does not answer. Shown as of ${seen.toLocaleTimeString('en-GB')}; trying again.`;
    banner.append(text);
    view().prepend(banner);
  },
});

// Another selection, order or view of the same page needs no new page.
const show = async address => {
  history.pushState(null, '', address);
  await refresh();
  for (const tab of document.querySelectorAll('.tabs a')) {
    const url = new URL(tab.href);
    const place = new URLSearchParams(location.search);
    if (place.get('resource')) url.searchParams.set('resource', place.get('resource'));
    else url.searchParams.delete('resource');
    tab.href = url;
  }

  const form = document.querySelector('form.tools');
  form.querySelector('[name=resource]')?.remove();
};
addEventListener('popstate', refresh);

// The question is the server's own page; its form is shown here instead.
const open = async address => {
  const form = (await fresh(address))?.getElementById('confirm');
  if (!form) return location.assign(address);
  ask.replaceChildren(document.importNode(form, true));
  ask.showModal();
};

document.addEventListener('click', event => {
  const link = event.target.closest('a');
  if (!link || !isPlain(event)) return;
  if (link.matches('[data-command]')) {
    event.preventDefault();
    open(link.href);
  } else if (link.matches('[data-cancel]') && ask.open) {
    event.preventDefault();
    ask.close();
  } else if (link.closest('.stack-table, .graph, .details') && !link.target && new URL(link.href).pathname === `${root}/resources`) {
    event.preventDefault();
    show(link.href);
  }
});

ask.addEventListener('submit', async event => {
  const form = event.target;
  if (form.method === 'dialog') return;
  event.preventDefault();
  const button = form.querySelector('button');
  const say = text => {
    const problem = form.querySelector('[data-problem]');
    problem.textContent = text;
    problem.hidden = false;
  };
  button.disabled = true;
  try {
    const answer = await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
    if (answer.ok) {
      ask.close();
      refresh();
      return;
    }

    say((await parse(answer)).querySelector('main p')?.textContent ?? `The dashboard answered ${answer.status}.`);
  } catch {
    say('The dashboard does not answer.');
  }

  button.disabled = false;
});

document.addEventListener('keydown', event => {
  if (event.key === 'Escape' && !ask.open && !document.querySelector('dialog[open]') && !event.target.matches('input, select')) {
    const close = document.querySelector('[data-close]');
    if (close) show(close.href);
  }
});

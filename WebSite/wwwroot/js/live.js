// Shows times as the reader's clock does. On the newest page it puts new messages on top as they come, and follows what becomes of those that are there: by server-sent events, and
// where these do not get through by asking again and again. The page works without it; a reload shows the same.
const list = document.getElementById("messages");
const status = document.getElementById("live");
const { events, poll, me, edit } = list.dataset;
let cursor = Number(list.dataset.cursor);
let changed = Number(list.dataset.change);
let failures = 0;

localTimes(document);
if (status) listen();

function listen() {
  const source = new EventSource(`${events}?after=${cursor}&change=${changed}`);
  source.addEventListener("hello", ({ data }) => {
    failures = 0;
    say(`Live through ${data}`);
  });
  source.addEventListener("message", ({ data }) => show(JSON.parse(data)));
  source.addEventListener("change", ({ data, lastEventId }) => {
    change(JSON.parse(data));
    changed = Math.max(changed, Number(lastEventId.split(".")[1] ?? 0));
  });
  source.addEventListener("error", () => {
    say("Connecting again…");
    // The browser itself comes back to a stream that has ended, but not to one that was refused.
    if (source.readyState !== EventSource.CLOSED) return;
    failures++;
    setTimeout(failures < 3 ? listen : ask, 1000);
  });
}

async function ask() {
  try {
    const answer = await fetch(`${poll}?after=${cursor}&change=${changed}`, { cache: "no-store" });
    if (!answer.ok) throw new Error(answer.statusText);
    const batch = await answer.json();
    batch.messages.forEach(show);
    batch.changes?.forEach(change); // an older version has none
    cursor = Math.max(cursor, batch.cursor);
    changed = Math.max(changed, batch.change ?? 0);
    say("Live");
    setTimeout(ask, 0);
  } catch {
    say("Connecting again…");
    setTimeout(listen, 2000);
  }
}

function show({ id, author, text, postedAt, takenBy }) {
  if (id <= cursor || document.getElementById(`m${id}`)) return;
  cursor = id;
  const item = element("li", "", "new");
  const face = element("span", [...author][0].toUpperCase(), `face ${colour(author)}`);
  const said = element("div", "", "said");
  const by = element("p", "", "by");
  const time = document.createElement("time");
  item.id = `m${id}`;
  face.ariaHidden = "true";
  time.dateTime = postedAt;
  by.append(element("strong", author), " ", time, " ", element("span", `through ${takenBy}`, "through"));
  if (author === me) {
    const link = element("a", "Edit");
    link.href = edit.replace("/0/", `/${id}/`);
    by.append(" ", link);
  }
  said.append(by, element("p", text, "text"));
  item.append(face, said);
  list.prepend(item);
  localTimes(item);
  document.getElementById("empty")?.remove();
}

function colour(name) {
  let sum = 0;
  for (let i = 0; i < name.length; i++) sum += name.charCodeAt(i);
  return `face-${sum % 6}`;
}

// Without a text the message was deleted. It may come twice, and for a message that is not on this page.
function change({ id, text }) {
  const item = document.getElementById(`m${id}`);
  if (!item || text === null) {
    item?.remove();
    return;
  }
  const shown = item.querySelector(".text");
  if (shown.textContent === text) return;
  shown.textContent = text;
  if (!item.querySelector(".edited")) item.querySelector("time").after(" ", element("span", "edited", "edited"));
  item.classList.remove("new");
  requestAnimationFrame(() => item.classList.add("new"));
}

function localTimes(where) {
  for (const time of where.querySelectorAll("time")) {
    time.textContent = new Date(time.dateTime).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
  }
}

function element(name, text, kind) {
  const made = document.createElement(name);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

function say(text) {
  status.textContent = text;
  status.hidden = false;
}

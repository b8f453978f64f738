// Puts new messages on top as they come: by server-sent events, and where these do not get through by asking again and again.
// The page works without it; a reload shows the same.
const list = document.getElementById("messages");
const status = document.getElementById("live");
const { events, poll, me, edit } = list.dataset;
let cursor = Number(list.dataset.cursor);
let failures = 0;

localTimes(document);
listen();

function listen() {
  const source = new EventSource(`${events}?after=${cursor}`);
  source.addEventListener("hello", ({ data }) => {
    failures = 0;
    say(`Live through ${data}`);
  });
  source.addEventListener("message", ({ data }) => show(JSON.parse(data)));
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
    const answer = await fetch(`${poll}?after=${cursor}`, { cache: "no-store" });
    if (!answer.ok) throw new Error(answer.statusText);
    const batch = await answer.json();
    batch.messages.forEach(show);
    cursor = Math.max(cursor, batch.cursor);
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
  const item = document.createElement("li");
  const by = item.appendChild(document.createElement("p"));
  const time = document.createElement("time");
  item.id = `m${id}`;
  item.className = "new";
  by.className = "by";
  time.dateTime = postedAt;
  by.append(element("strong", author), " ", time, " ", element("span", `through ${takenBy}`, "through"));
  if (author === me) {
    const link = element("a", "Edit");
    link.href = edit.replace("/0/", `/${id}/`);
    by.append(" ", link);
  }
  item.append(element("p", text, "text"));
  list.prepend(item);
  localTimes(item);
  document.getElementById("empty")?.remove();
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

// Asks /whoami many times and shows how the answers spread over the replicas.
const rounds = 40;
const place = document.getElementById("replicas");
const table = document.createElement("table");
const rows = table.appendChild(document.createElement("tbody"));
const button = document.createElement("button");
const status = document.createElement("p");

table.className = "tally";
table.hidden = true;
status.className = "hint";
status.setAttribute("role", "status");
button.type = "button";
button.textContent = `Ask ${rounds} times`;
button.addEventListener("click", ask);
place.append(table, status, button);

async function ask() {
  button.disabled = true;
  status.textContent = "";
  const counts = new Map();
  let failures = 0;
  for (let round = 0; round < rounds; round++) {
    try {
      const answer = await fetch(place.dataset.address, { cache: "no-store" });
      if (!answer.ok) throw new Error(answer.statusText);
      const { replica } = await answer.json();
      counts.set(replica, (counts.get(replica) ?? 0) + 1);
    } catch {
      failures++;
    }
    show(counts);
  }
  const replicas = counts.size === 1 ? "1 replica" : `${counts.size} replicas`;
  status.textContent = `${rounds - failures} answers from ${replicas}` + (failures ? `, ${failures} failed.` : ".");
  button.textContent = "Ask again";
  button.disabled = false;
}

function show(counts) {
  const most = Math.max(...counts.values());
  rows.replaceChildren(...[...counts].sort(([a], [b]) => a.localeCompare(b)).map(([replica, count]) => {
    const row = document.createElement("tr");
    const name = document.createElement("th");
    const number = document.createElement("td");
    name.scope = "row";
    name.textContent = replica;
    name.classList.toggle("self", replica === place.dataset.self);
    number.textContent = count;
    row.append(name, bar(count / most), number);
    return row;
  }));
  table.hidden = counts.size === 0;
}

function bar(share) {
  const cell = document.createElement("td");
  const track = cell.appendChild(document.createElement("div"));
  const fill = track.appendChild(document.createElement("div"));
  track.className = "bar-track";
  fill.className = "bar-fill";
  fill.style.width = `${share * 100}%`;
  return cell;
}

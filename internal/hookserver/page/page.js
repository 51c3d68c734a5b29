"use strict";
// Shows what /events tells. Whatever comes from clients is set as text, never
// as markup.

const byID = (id) => document.getElementById(id);
const tables = ["connected", "publishing", "playing"];
const staleAfter = 13000; // ms; the server tells something at least every 5 s

let boot = "";     // of the server's run that is shown
let kept = 500;    // entries of the log
let heard = 0;     // when the last message came
let skew = 0;      // the server's clock less ours, ms
let paused = false;
let held = [];     // entries that came while paused, the oldest first
let renew = false; // held has everything there is
let wanted = "";   // what the filter asks for, in lower case

function element(tag, className, text) {
  const e = document.createElement(tag);
  if (className) e.className = className;
  if (text !== undefined) e.textContent = text;
  return e;
}

function line(...parts) {
  const e = element("div", "line");
  e.append(...parts.filter((p) => p));
  return e;
}

function where(x) {
  const path = x.stream === undefined ? x.app : `${x.app}/${x.stream}`;
  return x.vhost && x.vhost !== "__defaultVhost__" ? `${x.vhost}/${path}` : path;
}

function details(...parts) {
  return parts.filter(Boolean).join(" · ");
}

function client(x) {
  return details(x.id && `client ${x.id}`, x.ip && `from ${x.ip}`, x.page && `page ${x.page}`);
}

function lasted(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ${Math.floor(s / 60) % 60} min`;
  return `${Math.floor(s / 86400)} d ${Math.floor(s / 3600) % 24} h`;
}

function clock(ms) {
  const d = new Date(ms), two = (n) => String(n).padStart(2, "0");
  return `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
}

function showTable(name, t) {
  byID(`n-${name}`).textContent = t.total;
  const rows = t.rows.map((r) => {
    const since = element("span", "since", lasted(Date.now() + skew - r.since));
    since.dataset.since = r.since;
    const li = element("li");
    const stream = r.stream !== undefined;
    li.append(line(element("span", "what", stream ? where(r) : `client ${r.id}`), since),
      element("div", "line more", stream ? client(r) : details(r.app && `app ${where(r)}`, r.ip && `from ${r.ip}`, r.page && `page ${r.page}`)));
    return li;
  });
  if (rows.length === 0) rows.push(element("li", "empty", "nobody"));
  if (t.total > t.rows.length) rows.push(element("li", "more", `and ${t.total - t.rows.length} older ones`));
  if (t.forgotten > 0) rows.push(element("li", "more", `${t.forgotten} were forgotten for lack of room`));
  byID(name).replaceChildren(...rows);
}

function logItem(e) {
  const li = element("li", e.outcome);
  const time = element("time", "", clock(e.at));
  time.dateTime = new Date(e.at).toISOString();
  const verdict = e.outcome === "refused" || e.outcome === "rejected" ? `${e.outcome} ${e.code}` : e.outcome;
  const what = e.app === undefined && e.stream === undefined ? "" : where({ ...e, app: e.app || "" });
  li.append(line(time, element("span", "event", e.event), element("span", "tag", verdict), element("span", "what", what)));
  if (e.reason) li.append(element("div", "line reason", e.reason));
  const text = details(client(e), e.param && `param ${e.param}`, e.tcUrl && `tcUrl ${e.tcUrl}`,
    e.rule && e.rule !== e.reason && `rule ${e.rule}`, e.delay && `answer held ${e.delay}`);
  if (text) li.append(element("div", "line more", text));
  if (e.body) li.append(raw(e));
  filter(li);
  return li;
}

// raw shows the request's body, and the command that sends it again.
function raw(e) {
  const box = element("details"), copy = element("button", "", "Copy as curl"), curl = element("pre", "", curlOf(e));
  copy.type = "button";
  copy.addEventListener("click", () => copyText(copy, curl));
  box.append(element("summary", "", "Raw body"), element("pre", "", e.body), copy, curl);
  return box;
}

function quoted(text) { return `'${text.replaceAll("'", "'\\''")}'`; }

function curlOf(e) {
  return `curl -sS -i -H 'Content-Type: application/json' --data-binary ${quoted(e.body)} ${quoted(location.origin + e.path)}`;
}

// copyText copies, or where the browser does not allow it selects the text.
async function copyText(button, from) {
  try {
    await navigator.clipboard.writeText(from.textContent);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(from);
    button.textContent = "Selected: press Ctrl-C";
  }
  setTimeout(() => { button.textContent = "Copy as curl"; }, 2000);
}

// tellUnmatched says so where events are there, and none is shown.
function tellUnmatched() {
  const all = [...byID("log").children], none = all.length > 0 && all.every((li) => li.offsetParent === null);
  byID("unmatched").textContent = none ? "no event matches" : "";
}

function filter(li) { li.hidden = wanted !== "" && !li.textContent.toLowerCase().includes(wanted); }

function showLog(state) {
  const log = byID("log");
  if (state.fresh) {
    held = [];
    renew = true;
  }
  held.push(...state.log);
  if (held.length > kept) held = held.slice(-kept);
  byID("waiting").textContent = paused && held.length ? `${held.length} new, shown when you go on` : "";
  if (paused) return;
  if (renew) log.replaceChildren();
  renew = false;
  log.prepend(...held.map(logItem).reverse());
  held = [];
  while (log.childElementCount > kept) log.lastElementChild.remove();
  tellUnmatched();
  byID("log-note").textContent = log.childElementCount === 0 ? "no event yet"
    : state.counts.events > kept ? `The newest ${kept} of ${state.counts.events} events are kept.` : "";
}

let last = null; // the state that was told last

function show(state) {
  last = state;
  if (boot && boot !== state.boot && !paused) byID("log").replaceChildren();
  boot = state.boot;
  kept = state.kept;
  skew = state.now - Date.now();
  heard = Date.now();
  const guard = state.guarded.length ? `refuses by ${state.guarded.join(" and ")}` : "accepts everybody";
  byID("facts").textContent = `profile ${state.profile} · ${guard} · running since ${new Date(state.started).toLocaleString()}`;
  for (const name of ["events", "refused", "rejected"]) {
    const n = byID(`n-${name}`);
    n.textContent = state.counts[name];
    n.parentElement.classList.toggle("some", state.counts[name] > 0);
  }
  for (const name of tables) showTable(name, state[name]);
  showLog(state);
  tick();
}

function tick() {
  const live = byID("live"), stale = Date.now() - heard > staleAfter;
  document.body.classList.toggle("stale", stale);
  live.className = stale ? "live off" : "live on";
  const text = !stale ? "live" : heard === 0 ? "no answer from the server" : `no answer for ${lasted(Date.now() - heard)}; this is old`;
  if (live.textContent !== text) live.textContent = text;
  for (const e of document.querySelectorAll("[data-since]")) {
    e.textContent = lasted(Date.now() + skew - Number(e.dataset.since));
  }
}

function listen() {
  const source = new EventSource("events");
  source.onmessage = (message) => show(JSON.parse(message.data));
  // A stream that ends is the rule here, and the browser opens the next one by
  // itself. Only after an answer like 503 it gives up.
  source.onerror = () => {
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 5000);
  };
}

byID("pause").addEventListener("click", (e) => {
  paused = !paused;
  e.target.setAttribute("aria-pressed", paused);
  e.target.textContent = paused ? "Go on" : "Pause";
  if (!paused && last) showLog({ ...last, fresh: false, log: [] });
});
byID("filter").addEventListener("input", (e) => {
  wanted = e.target.value.trim().toLowerCase();
  for (const li of byID("log").children) filter(li);
  tellUnmatched();
});
byID("only").addEventListener("change", (e) => {
  byID("log").classList.toggle("only", e.target.checked);
  tellUnmatched();
});
setInterval(() => { if (heard) tick(); }, 1000);
setTimeout(() => { if (!heard) tick(); }, staleAfter);
listen();

// What an opened scenario shows: its Gherkin, the lanes of its clients and the
// sequence of what was seen.
const SIGN = { passed: "✓", failed: "✗", skipped: "–", undefined: "?" };

function gherkin(d) {
  const title = (word, text) => text && h("li", { class: "title" }, word + " ", h("b", {}, show(text)));
  return h("ol", { class: "gherkin" }, title("Feature:", d.feature), title("Rule:", d.rule), title("Scenario:", d.name),
    (d.steps || []).map((st) => h("li", { class: "step st-" + st.status },
      h("span", { class: "mark", title: st.status }, SIGN[st.status] || "?", h("span", { class: "hidden" }, st.status)),
      h("span", { class: "kw" }, show(st.keyword)), h("span", { class: "text", "data-kw": st.keyword }, show(st.text)),
      h("span", { class: "took" }, st.duration_ns ? span(st.duration_ns / 1e9) : ""),
      st.doc_string && h("pre", {}, show(st.doc_string)),
      st.table && h("table", {}, h("tbody", {}, st.table.map((row) => h("tr", {}, row.map((c) => h("td", {}, show(c))))))),
      st.error && h("pre", { class: "err" }, show(st.error)))),
    d.location && h("li", { class: "title" }, show(d.location)));
}

function raw(o) {
  const rows = [["number", "#" + o.n + (o.refs && o.refs.length ? ", of #" + o.refs.join(", #") : "")], ["time", o.t.toFixed(6) + " s"], ["kind", o.kind],
    ["client", [o.actor, o.client_id].filter(Boolean).join(", ")], ["event", o.event], ["URL", o.url], ["name", o.name], ["code", o.code], ["text", o.text]];
  const curl = (o.data || {}).repro;
  for (const [k, v] of Object.entries(o.data || {})) if (v !== curl) rows.push([k, typeof v === "string" ? v : JSON.stringify(v)]);
  return h("div", { class: "raw" }, (o.problems || []).map((p) => h("p", { class: "problem" }, show(p))),
    curl && (() => { const code = h("code", {}, show(curl)); return h("div", { class: "cmd" }, code, copyButton(code)); })(),
    h("dl", {}, rows.filter((r) => r[1]).map(([k, v]) => [h("dt", {}, show(k)), h("dd", {}, show(v))])),
    o.body && h("pre", { tabindex: "0" }, show(o.body)), o.cut && h("p", { class: "left" }, o.cut + " more bytes: see the evidence files"));
}

function sequence(obs, all, clues, roles, t0) {
  const states = new Map();
  const box = h("div", { class: all ? "seq all" : "seq" });
  const head = s("svg", { "aria-hidden": "true" });
  for (const [x, name] of [[CLIENT, "client"], [SERVER, "server"], [HOOKS, "hooks"]]) head.append(s("text", { x, y: 17, "text-anchor": "middle", class: "soft" }, name));
  box.append(h("div", { class: "lives" }, h("span", {}), all && h("span", {}), head));
  let last = null;
  for (const o of obs) {
    const who = all ? "" : o.actor || "";
    if (!states.has(who)) states.set(who, { pending: 0, off: false });
    const state = states.get(who);
    if (last !== null && o.t - last > .05)
      box.append(h("div", { class: "gap" }, h("span", {}), all && h("span", {}), s("svg", { "aria-hidden": "true" }, lifelines(state), s("text", { x: "2%", y: 14, class: "soft" }, "⋮ " + span(o.t - last)))));
    last = o.t;
    const row = h("details", { class: clues.has(o.n) ? "obs clue" : "obs", "data-n": o.n },
      h("summary", {},
        h("span", { class: "t" }, clues.has(o.n) && [h("span", { class: "flag", "aria-hidden": "true" }, "▶ "), h("span", { class: "hidden" }, "evidence ")], span(o.t - t0)),
        all && h("span", { class: "a", title: o.actor }, show(o.actor || "")), h("span", { class: "hidden" }, o.kind + " " + label(o)), sequenceRow(o, state, roles.get(o.actor))));
    row.addEventListener("toggle", () => { if (row.open && !$(".raw", row)) row.append(raw(o)); });
    box.append(row);
    if (all) state.off = false;
  }
  return box;
}

function timeline(d, box) {
  const obs = d.obs || [], clues = new Set(d.evidence || []);
  if (!obs.length) return;
  const names = [...new Set(obs.map((o) => o.actor || ""))];
  const order = [...names.filter((n) => obs.some((o) => (o.actor || "") === n && clues.has(o.n))), ...names];
  const clients = [...new Set(order)].filter(Boolean);
  const known = new Map((d.actors || []).map((a) => [a.name, a])), roles = new Map((d.actors || []).map((a) => [a.name, a.role]));
  const t0 = Math.min(...obs.map((o) => o.t)), t1 = Math.max(...obs.map((o) => o.t));
  box.append(h("h3", {}, "Timeline"));
  const lanes = h("div", { class: "lanes" }), narrow = box.clientWidth < 700, width = Math.max(200, box.clientWidth - (narrow ? 70 : 290));
  for (const name of clients) {
    const a = known.get(name) || {}, mine = obs.filter((o) => o.actor === name);
    lanes.append(h("div", { class: "row" }, h("div", { class: "who" }, h("b", {}, show(name)), h("small", {}, show([a.role, a.verdict].filter(Boolean).join(", "))), a.client_id && h("small", { class: "id" }, show(a.client_id))),
      h("div", { class: "legend", "aria-hidden": "true" }, LANES.map((l) => h("div", {}, l))), lanePicture(mine, t0, t1, clues, a.role, width)));
  }
  if (!narrow) lanes.append(h("span", {}));
  lanes.append(h("span", {}), axis(t0, t1, width));
  if (clients.length) box.append(lanes);

  const stage = h("div", {}), tabs = h("div", { class: "tabs", role: "group", "aria-label": "Whose messages" });
  const view = (name, button) => {
    const all = name === null;
    stage.replaceChildren(sequence(all ? obs : obs.filter((o) => (o.actor || "") === name), all && names.length > 1, clues, roles, t0));
    for (const b of $$("button", tabs)) b.setAttribute("aria-pressed", b === button);
  };
  const tab = (text, name) => { const b = h("button", { type: "button", "aria-pressed": "false", onclick: () => view(name, b) }, show(text)); tabs.append(b); return b; };
  const everyone = tab("everything in order", null);
  if (names.length > 1) for (const n of [...new Set(order)]) tab(n || "no client", n);
  const first = obs.length <= 80 || clients.length < 2 ? everyone : tabs.children[1];
  if (names.length > 1) box.append(tabs);
  box.append(stage);
  first.click();
  if (d.evidence && d.evidence.length) {
    const clue = (n) => { everyone.click(); const row = $(`.obs[data-n="${n}"]`, stage); if (row) { row.open = true; row.scrollIntoView({ block: "center" }); $("summary", row).focus({ preventScroll: true }); } };
    box.prepend(h("div", { class: "clues" }, "Evidence:", d.evidence.slice(0, 40).map((n) => (obs.some((o) => o.n === n) ? h("button", { type: "button", onclick: () => clue(n) }, "#" + n) : h("span", {}, "#" + n + " (in the evidence files)")))));
  }
}

function openScenario(scn) {
  for (const c of $$(":scope > .cmd, :scope > .why .cmd", scn)) if (!$("button", c)) c.append(copyButton($("code", c)));
  const box = $(":scope > .more", scn);
  if (box.firstChild) return;
  const d = readJSON("d-" + scn.dataset.key);
  const line = h("div", {}), steps = h("div", {}, h("h3", {}, "Scenario"), gherkin(d));
  box.append(steps, line);
  timeline(d, line);
  const clues = $(".clues", line);
  if (clues) box.prepend(clues);
  if (d.left) box.append(h("p", { class: "left" }, d.left + " more observations are in the evidence files."));
}

// Search, filters and keys.
const index = readJSON("index");
const reqs = $$(".req").map((el) => ({ el, text: el.dataset.text.toLowerCase(), scns: $$(".scn", el).map((e) => ({ el: e, key: +e.dataset.key })) }));
const q = $("#q"), profile = $("#profile"), chips = $$(".chip");

// Details are built when first opened. "toggle" does not bubble, hence capture.
document.addEventListener("toggle", (ev) => { if (ev.target.open && ev.target.classList.contains("scn")) openScenario(ev.target); }, true);

function apply() {
  const words = q.value.toLowerCase().split(/\s+/).filter(Boolean);
  const verdicts = new Set(chips.filter((c) => c.getAttribute("aria-pressed") === "true").map((c) => c.dataset.verdict));
  const only = profile ? profile.value : "";
  const active = words.length > 0 || verdicts.size > 0;
  const shown = new Set();
  let rows = 0;
  for (const r of reqs) {
    const inName = words.every((w) => r.text.includes(w));
    let hits = 0;
    for (const sc of r.scns) {
      const e = index[sc.key];
      const ok = (!verdicts.size || verdicts.has(e.v)) && (!only || e.p === only) && (inName || words.every((w) => e.t.includes(w) || r.text.includes(w)));
      sc.el.hidden = !ok;
      if (ok) { hits++; shown.add(sc.key); }
    }
    const visible = hits > 0 || (!verdicts.size && inName && (!only || !r.scns.length));
    r.el.hidden = !visible;
    if (visible) rows++;
    if (active && hits > 0 && hits <= 40 && shown.size <= 400) { if (!r.el.open) { r.el.open = true; r.el.dataset.auto = ""; } }
    else if ("auto" in r.el.dataset) { r.el.open = false; delete r.el.dataset.auto; }
  }
  for (const sec of $$(".sec")) sec.hidden = !$$(".req", sec).some((r) => !r.hidden);
  $("#nothing").hidden = rows > 0;
  $("#count").textContent = shown.size === index.length ? index.length + " scenarios" : shown.size + " of " + index.length + " scenarios";
}

let due = 0;
q.addEventListener("input", () => { cancelAnimationFrame(due); due = requestAnimationFrame(apply); });
if (profile) profile.addEventListener("change", apply);
for (const c of chips) c.addEventListener("click", () => { c.setAttribute("aria-pressed", c.getAttribute("aria-pressed") !== "true"); apply(); });
function reset() { q.value = ""; if (profile) profile.value = ""; for (const c of chips) c.setAttribute("aria-pressed", "false"); apply(); }
$("#reset").addEventListener("click", reset);

// step goes to the next or previous scenario that did not pass.
function step(by) {
  const bad = reqs.flatMap((r) => (r.el.hidden ? [] : r.scns.filter((sc) => !sc.el.hidden && !["pass", "not run", "not applicable"].includes(index[sc.key].v)).map((sc) => ({ ...sc, req: r.el }))));
  if (!bad.length) return;
  const here = document.activeElement.closest(".scn");
  const at = bad.findIndex((b) => b.el === here);
  const next = bad[at < 0 ? (by > 0 ? 0 : bad.length - 1) : (at + by + bad.length) % bad.length];
  next.req.open = true;
  next.el.open = true;
  next.el.scrollIntoView({ block: "start" });
  $("summary", next.el).focus({ preventScroll: true });
}
document.addEventListener("keydown", (ev) => {
  if (ev.ctrlKey || ev.metaKey || ev.altKey) return;
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName);
  if (ev.key === "Escape") { reset(); document.activeElement.blur(); }
  else if (typing) return;
  else if (ev.key === "/") { ev.preventDefault(); q.focus(); q.select(); }
  else if (ev.key === "j") step(1);
  else if (ev.key === "k") step(-1);
});

// A link to #r-ID opens the requirement, #s-PROFILE/ID the scenario.
function follow() {
  const id = decodeURIComponent(location.hash.slice(1));
  const el = id && document.getElementById(id);
  if (!el) return;
  for (let e = el; e; e = e.parentElement) if (e.tagName === "DETAILS") e.open = true;
  el.scrollIntoView({ block: "start" });
}
addEventListener("hashchange", follow);
follow();

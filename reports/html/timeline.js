// What an observation is for the pictures: where it happens, which way it goes
// and whether it is good or bad news.
function direction(o, role) {
  switch (o.kind) {
    case "dial": case "sent": return "out";
    case "received": case "status": return "in";
    case "media": return role === "publisher" ? "out" : "in";
    case "hook": return "ask";
    case "answer": return "reply";
    case "handshake": return "both";
  }
  return "";
}
function tone(o) {
  if (o.problems && o.problems.length) return "bad";
  if (o.kind === "answer") return o.data && o.data.accept ? "good" : "bad";
  if (o.kind === "status" && /Failed|Rejected|Denied|BadName|NotFound|error/i.test(o.code || "")) return "bad";
  return "plain";
}
function label(o) {
  const join = (...p) => show(p.filter(Boolean).join(" ")), d = o.data || {};
  switch (o.kind) {
    case "dial": return join("TCP", o.text);
    case "handshake": return "handshake";
    case "status": return join(o.code || o.name, o.text && !o.code ? o.text : "");
    case "media": return join(o.name, d.publisher && "of " + d.publisher, d.frames && "(frame " + d.frames + ")", o.text);
    case "hook": return join(o.event || o.name || "request", d.url_no > 1 && "(URL " + d.url_no + ")", o.problems && o.problems.length ? "– " + o.problems[0] : "");
    case "answer": return join(o.code, (o.body || o.text || "").trim());
    case "disconnect": return join("off:", o.name || "", o.text);
    case "fence": return join("fence:", o.text || o.name);
    case "note": return join(o.text || o.name);
  }
  return join(o.name, o.code, o.text);
}

// lanePicture draws one client over real time: commands, hooks with the time
// they waited, answers, media, and the end of the connection.
const LANES = ["RTMP", "hooks", "answers", "media"], LANE = 17;
function lanePicture(obs, t0, t1, clues, role, width) {
  const at = (t) => (100 * (t - t0) / (t1 - t0 || 1) * .97 + 1).toFixed(2);
  const px = (t) => at(t) / 100 * width;
  const y = (lane) => 3 + lane * LANE + LANE / 2;
  const svg = s("svg", { role: "img", "aria-label": obs.map(label).join(", ") });
  LANES.forEach((_, i) => svg.append(s("line", { class: "lane", x1: "0", x2: "100%", y1: y(i), y2: y(i) })));
  const answered = new Map();
  for (const o of obs) if (o.kind === "answer") for (const r of o.refs || []) answered.set(r, o);
  const answerTo = (hook) => answered.get(hook.n) || obs.find((o) => o.kind === "answer" && o.t >= hook.t && !(o.refs || []).length && o.event === hook.event);
  // A label goes where no mark and no other label of its lane is.
  const taken = LANES.map(() => []), later = [];
  const take = (lane, from, to) => taken[lane].push([from, to]);
  const name = (o, lane, x) => later.push(() => {
    const text = clip(o.kind === "hook" ? show(o.event) || "request" : label(o), 24), need = text.length * 6.3 + 4;
    const fits = (from, to) => from >= -4 && to <= width + 8 && !taken[lane].some(([a, b]) => from < b && a < to);
    for (const [dx, anchor, from] of [[8, "start", px(o.t) + 7], [-8, "end", px(o.t) - 7 - need]]) {
      if (!fits(from, from + need)) continue;
      take(lane, from, from + need);
      svg.append(s("svg", { x: x + "%", y: y(lane), overflow: "visible" }, s("text", { x: dx, y: 4, "text-anchor": anchor, class: "tag" }, text)));
      return;
    }
  });
  const mark = (o, lane, ...shape) => {
    take(lane, px(o.t) - 6, px(o.t) + 6);
    const x = at(o.t), g = s("svg", { x: x + "%", y: y(lane), overflow: "visible" }, s("title", {}, span(o.t - t0) + "  " + label(o)), shape);
    if (clues.has(o.n)) g.append(s("circle", { class: "ring", r: 7.5 }));
    svg.append(g);
    return x;
  };
  for (const o of obs) {
    const dir = direction(o, role);
    if (o.kind === "media") mark(o, 3, s("rect", { class: "tick-media", x: -1, y: -5, width: 2.5, height: 10 }));
    else if (dir === "out" || dir === "in" || dir === "both")
      name(o, 0, mark(o, 0, dir === "in" ? s("path", { class: "tick-recv", d: "M-4-4L3 0L-4 4Z", transform: "rotate(180)" }) : s("path", { class: "tick-sent", d: "M-4-4.5L4 0L-4 4.5Z" })));
    else if (o.kind === "hook") {
      const a = answerTo(o), x = at(o.t), end = a ? at(a.t) : 99;
      svg.append(s("rect", { class: "tick-hook", x: x + "%", y: y(1) - 5, width: Math.max(.3, end - x) + "%", height: 10, rx: 2 }, s("title", {}, label(o) + (a ? ", answered after " + span(a.t - o.t) : ", not answered"))));
      mark(o, 1);
      // A long wait holds its own label; a short one keeps others away.
      const room = (end - x) / 100 * width, inside = room > 12 * 6.3 + 16;
      take(1, px(o.t) + (inside ? room - 4 : 0), px(o.t) + room + 4);
      name(o, 1, x);
    } else if (o.kind === "answer") name(o, 2, mark(o, 2, s("circle", { class: "tick-answer " + tone(o), r: 4 })));
    else if (o.kind === "disconnect") {
      const x = at(o.t);
      svg.append(s("line", { class: "tick-end", x1: x + "%", x2: x + "%", y1: 3, y2: 71, "stroke-dasharray": "3 2" }));
      mark(o, 0, s("path", { class: "tick-end", d: "M-4-4L4 4M-4 4L4-4" }));
    }
  }
  for (const place of later) place();
  return svg;
}

// axis labels the time of the lanes with round numbers.
function axis(t0, t1, width) {
  const all = t1 - t0 || 1e-3, n = Math.max(2, Math.floor(width / 110));
  let step = 10 ** Math.floor(Math.log10(all / n));
  for (const f of [1, 2, 5, 10]) if (all / (step * f) <= n) { step *= f; break; }
  const svg = s("svg", { class: "axis", "aria-hidden": "true" });
  for (let t = 0; t <= all * 1.0001; t += step)
    svg.append(s("text", { class: "soft", x: (100 * t / all * .97 + 1).toFixed(2) + "%", y: 11, "text-anchor": t ? "middle" : "start" }, t ? span(t).replace(/\.0+ /, " ") : "0"));
  return svg;
}

// The sequence: three lifelines, one row an observation.
const CLIENT = "12%", SERVER = "50%", HOOKS = "88%";
function lifelines(state) {
  const line = (x, over) => s("line", { class: over ? "life over" : "life", x1: x, x2: x, y1: 0, y2: "100%" });
  const out = [line(CLIENT, state.off), line(SERVER), line(HOOKS)];
  if (state.pending > 0) out.push(s("svg", { x: HOOKS, overflow: "visible" }, s("rect", { class: "hold", x: -4, y: -2, width: 8, height: 40 })));
  return out;
}
function arrow(from, to, cls) {
  const right = parseFloat(to) > parseFloat(from);
  return [s("line", { class: "arrow " + cls, x1: from, x2: to, y1: 20, y2: 20 }),
    s("svg", { x: to, y: 20, overflow: "visible" }, s("path", { class: "arrowhead " + cls, d: right ? "M0 0L-8-4V4Z" : "M0 0L8-4V4Z" }))];
}
function sequenceRow(o, state, role) {
  const dir = direction(o, role), t = tone(o), cls = o.kind === "media" ? "thick" : t === "plain" ? "" : t;
  const svg = s("svg", { "aria-hidden": "true" });
  if (o.kind === "hook") { svg.append(...lifelines(state)); state.pending++; }
  else if (o.kind === "answer") { svg.append(...lifelines(state)); state.pending = Math.max(0, state.pending - 1); }
  else svg.append(...lifelines(state));
  const text = (x, dx, anchor, extra = "") => svg.append(s("svg", { x, y: 14, overflow: "visible" }, s("text", { class: "tag " + (t === "plain" ? "" : t) + extra, x: dx, "text-anchor": anchor }, clip(label(o), 90))));
  // Long text about a hook runs to the left, where there is room.
  const ask = () => (label(o).length > 30 ? text(HOOKS, -11, "end") : text(SERVER, 9, "start"));
  switch (dir) {
    case "out": svg.append(...arrow(CLIENT, SERVER, cls)); text(CLIENT, 9, "start"); break;
    case "in": svg.append(...arrow(SERVER, CLIENT, cls)); text(CLIENT, 9, "start"); break;
    case "both": svg.append(...arrow(CLIENT, SERVER, cls), ...arrow(SERVER, CLIENT, cls)); text(CLIENT, 9, "start"); break;
    case "ask": svg.append(...arrow(SERVER, HOOKS, cls)); ask(); break;
    case "reply": svg.append(...arrow(HOOKS, SERVER, cls)); ask(); break;
    default:
      if (o.kind === "disconnect") {
        svg.append(s("svg", { x: CLIENT, y: 13, overflow: "visible" }, s("path", { class: "tick-end", d: "M-5-5L5 5M-5 5L5-5" })));
        state.off = true;
        text(CLIENT, 12, "start");
      } else {
        if (o.kind === "fence") svg.append(s("line", { class: "life over", x1: 0, x2: "100%", y1: 20, y2: 20 }));
        text("2%", 0, "start", " soft");
      }
  }
  return svg;
}

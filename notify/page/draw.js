// The picture: supervisors above, the primary in the middle, its replicas below. Boxes keep their identity from one drawing to the
// next, so that a failover is seen as a movement.

const SVG = "http://www.w3.org/2000/svg";
const GAP = 18;
const NAME_WIDTH = 9.1; // of a character of a name, in its widest font
const boxes = new Map();
let canvas, lines, labels, cards;

function make(name, attributes, parent) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (parent) parent.append(element);
  return element;
}

function cut(text, max) {
  return text.length > max ? text.slice(0, max - 9) + "…" + text.slice(-8) : text;
}

export function shortId(id) {
  return id.slice(0, 8);
}

export function span(ms) {
  if (ms === undefined) return "";
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60000) return `${(ms / 1000).toFixed(ms < 10000 ? 1 : 0)} s`;
  if (ms < 3600000) return `${Math.floor(ms / 60000)} min`;
  if (ms < 86400000) return `${Math.floor(ms / 3600000)} h`;
  return `${Math.floor(ms / 86400000)} d`;
}

const TONES = { ok: "ok", maintenance: "paused", unknown: "unknown", loading: "degraded", syncing: "degraded", astray: "degraded", unlinked: "degraded", down: "down" };

function nodeWords(node) {
  if (node.state === "maintenance") return `in maintenance, ${span(node.maintenance_for_ms)} left`;
  if (node.state === "down") return `silent for ${span(node.last_reply_ms)}`;
  if (node.role === "primary") return node.state === "ok" ? `offset ${(node.offset ?? 0).toLocaleString("en")}` : node.state;
  if (node.state === "astray") return node.follows ? `follows ${cut(node.follows, 18)}` : "says it is a primary";
  if (node.state !== "ok") return node.state === "unlinked" ? "no link to the primary" : node.state;
  const words = node.lag_ms === undefined ? "follows" : lagWords(node);
  return node.quarantined ? `in quarantine, ${words}` : words;
}

function lagWords(node) {
  if (node.lag_ms === 0 && node.lag_bytes === 0) return "up to date";
  return `${span(node.lag_ms)}, ${node.lag_bytes.toLocaleString("en")} bytes behind`;
}

function supervisorWords(one, narrow) {
  if (one.state === "down") return "out of reach";
  if (one.says_down) return narrow ? "says down" : "says: primary down";
  if (!one.voted_epoch) return "watching";
  return narrow ? `vote in ${one.voted_epoch}` : `voted ${shortId(one.voted_for)} in ${one.voted_epoch}`;
}

// Rows of equal boxes, centred.
function rows(items, width, w, h, top) {
  const fit = Math.max(1, Math.floor((width + GAP) / (w + GAP)));
  const each = Math.ceil(items.length / Math.ceil(items.length / fit));
  items.forEach((item, i) => {
    const row = Math.floor(i / each);
    const n = Math.min(each, items.length - row * each);
    item.w = w;
    item.h = h;
    item.x = (width - n * w - (n - 1) * GAP) / 2 + (i % each) * (w + GAP);
    item.y = top + row * (h + GAP);
  });
  return top + Math.ceil(items.length / each) * (h + GAP) - GAP;
}

function place(group, width) {
  const narrow = width < 560;
  const supervisors = group.supervisors.map((it) => ({ key: "s" + it.id, it, kind: "supervisor" }));
  const nodes = group.nodes.map((it) => ({ key: "n" + it.node, it, kind: "node" }));
  const primary = nodes.filter((n) => n.it.role === "primary");
  const replicas = nodes.filter((n) => n.it.role !== "primary");
  const voted = group.supervisors.some((s) => s.voted_epoch);
  let bottom = rows(supervisors, width, narrow ? Math.floor((width - 2 * GAP) / 3) : 186, 60, voted ? 46 : 4);
  bottom = rows(primary, width, Math.min(290, width), 92, bottom + (narrow ? 44 : 64));
  if (replicas.length) bottom = rows(replicas, width, narrow ? Math.min(width - 56, 250) : 236, 84, bottom + (narrow ? 30 : 78));
  const column = replicas.length > 1 && replicas.every((r) => r.x === replicas[0].x);
  if (column) for (const replica of replicas) replica.x = width - replica.w;
  return { supervisors, primary: primary[0], replicas, column, narrow, height: bottom + 6 };
}

function box(item) {
  let g = boxes.get(item.key);
  if (!g) {
    g = make("g", { class: "box" }, cards);
    make("rect", { class: "shape", rx: 13 }, g);
    make("circle", { class: "dot", r: 5 }, g);
    for (const name of ["tag", "name", "more"]) make("text", { class: name }, g);
    make("title", {}, g);
    boxes.set(item.key, g);
  }
  return g;
}

function fill(item, tone, tag, name, more, whole) {
  const g = box(item);
  const [rect, dot, tagText, nameText, moreText, title] = g.children;
  const tall = item.h > 70;
  g.style.transform = `translate(${item.x}px, ${item.y}px)`;
  g.dataset.state = tone;
  rect.setAttribute("width", item.w);
  rect.setAttribute("height", item.h);
  dot.setAttribute("cx", 19);
  dot.setAttribute("cy", tall ? 23 : 24);
  const put = (text, x, y, words) => { text.setAttribute("x", x); text.setAttribute("y", y); text.textContent = words; };
  put(tagText, 32, 27, tall ? tag : "");
  put(nameText, tall ? 14 : 32, tall ? 51 + (item.h - 84) / 2 : 28.5, name);
  put(moreText, 14, item.h - (tall ? 14 : 13), more);
  title.textContent = whole;
  return g;
}

function curve(a, b, bend) {
  const mid = (a.y + b.y) / 2;
  return bend ? `M${a.x},${a.y} C${a.x},${a.y - bend} ${b.x},${b.y - bend} ${b.x},${b.y}` : `M${a.x},${a.y} C${a.x},${mid} ${b.x},${mid} ${b.x},${b.y}`;
}

const under = (i) => ({ x: i.x + i.w / 2, y: i.y + i.h });
const over = (i) => ({ x: i.x + i.w / 2, y: i.y });

// Down the left side, where replicas stand one below the other.
function elbow(primary, replica) {
  const x = primary.x + 16, y = replica.y + replica.h / 2;
  return `M${x},${primary.y + primary.h} V${y - 14} Q${x},${y} ${x + 14},${y} H${replica.x}`;
}

function drawReplication(plan) {
  for (const replica of plan.replicas) {
    const { it } = replica;
    const good = it.state === "ok" || it.state === "syncing";
    const a = under(plan.primary), b = over(replica);
    if (it.state === "down" && !it.follows) continue;
    const edge = make("path", { d: plan.column ? elbow(plan.primary, replica) : curve(a, b), class: `edge ${good ? "flows" : "broken"}` }, lines);
    edge.dataset.state = TONES[it.state] ?? "unknown";
    if (it.lag_ms === undefined || plan.column || replica.y > plan.replicas[0].y) continue; // no room between rows
    const x = (a.x + b.x) / 2, y = (a.y + b.y) / 2;
    const words = it.lag_ms === 0 ? "0 ms" : span(it.lag_ms);
    const w = words.length * 7 + 18;
    make("rect", { class: "pill", x: x - w / 2, y: y - 11, width: w, height: 22, rx: 11 }, labels);
    make("text", { class: "pill-text", x, y: y + 4 }, labels).textContent = words;
  }
}

// Who voted for whom in the last election that anybody took part in. Nobody tells others of the vote for himself.
function drawVotes(plan) {
  const epoch = Math.max(0, ...plan.supervisors.map((s) => s.it.voted_epoch ?? 0));
  for (const one of epoch ? plan.supervisors : []) {
    const others = plan.supervisors.filter((s) => s !== one && s.it.voted_epoch === epoch && s.it.voted_for === one.it.id);
    const own = one.it.voted_epoch !== epoch || one.it.voted_for === one.it.id;
    if (others.length + own <= plan.supervisors.length / 2) continue;
    const b = over(one);
    make("circle", { class: "arrow", cx: b.x, cy: b.y - 9, r: 4 }, labels);
    make("text", { class: "pill-text", x: b.x, y: b.y - 20 }, labels).textContent = `elected in ${epoch}`;
  }
  for (const voter of plan.supervisors) {
    const chosen = plan.supervisors.find((s) => s.it.id === voter.it.voted_for);
    if (!epoch || voter.it.voted_epoch !== epoch || !chosen || chosen === voter) continue;
    const a = over(voter), b = over(chosen), side = Math.sign(a.x - b.x) * 26;
    make("path", { class: "vote", d: curve(a, { x: b.x + side, y: b.y }, 40 + Math.abs(a.y - b.y) / 3) }, lines);
    make("path", { class: "arrow", d: `M${b.x + side - 4},${b.y - 8} h8 l-4,7 z` }, labels);
  }
}

export function draw(group, holder) {
  if (!canvas) {
    canvas = make("svg", { "aria-hidden": "true" });
    [lines, cards, labels] = [0, 1, 2].map(() => make("g", {}, canvas));
    holder.append(canvas);
  }
  const width = Math.max(280, holder.clientWidth);
  const plan = place(group, width);
  canvas.setAttribute("viewBox", `0 0 ${width} ${plan.height}`);
  lines.replaceChildren();
  labels.replaceChildren();
  for (const s of plan.supervisors) {
    const name = s.it.self && !plan.narrow ? `${shortId(s.it.id)} (this)` : shortId(s.it.id).slice(0, plan.narrow ? 7 : 8);
    const g = fill(s, s.it.state === "down" ? "down" : "ok", "", name, supervisorWords(s.it, plan.narrow), `supervisor ${s.it.id} ${s.it.address ?? ""}`);
    g.classList.add("supervisor");
    g.classList.toggle("self", s.it.self);
    if (s.it.state !== "down")
      make("path", { d: curve(under(s), over(plan.primary)), class: s.it.says_down ? "watch says-down" : "watch" }, lines);
  }
  for (const n of [plan.primary, ...plan.replicas]) {
    const primary = n.it.role === "primary";
    const g = fill(n, TONES[n.it.state] ?? "unknown", primary ? "PRIMARY" : "REPLICA", cut(n.it.node, Math.floor((n.w - 28) / NAME_WIDTH)), cut(nodeWords(n.it), 34), n.it.node);
    g.classList.toggle("is-primary", primary);
  }
  drawReplication(plan);
  drawVotes(plan);
  const here = new Set([...plan.supervisors, plan.primary, ...plan.replicas].map((i) => i.key));
  for (const [key, g] of boxes) if (!here.has(key)) { g.remove(); boxes.delete(key); }
}

// The same in words, for those who hear the page.
export function drawWords(group, holder) {
  const rowsOf = (cells) => cells.map((row) => `<tr>${row.map(() => "<td></td>").join("")}</tr>`).join("");
  const nodes = group.nodes.map((n) => [n.node, n.role, n.state, nodeWords(n)]);
  const supervisors = group.supervisors.map((s) => [shortId(s.id), s.self ? "supervisor, this one" : "supervisor", s.state, supervisorWords(s)]);
  const cells = [...nodes, ...supervisors];
  holder.innerHTML = `<table><caption>Nodes and supervisors</caption><thead><tr><th>Name</th><th>Role</th><th>State</th><th>More</th></tr></thead><tbody>${rowsOf(cells)}</tbody></table>`;
  holder.querySelectorAll("tbody tr").forEach((tr, i) => [...tr.children].forEach((td, k) => { td.textContent = cells[i][k]; }));
}

// The page: asks for the groups, listens to events, and draws what it is told. Events only say that something has changed; what is
// shown always comes from one whole answer.

import { draw, drawWords, shortId, span } from "/draw.js";
import { element, list, tell } from "/story.js";

const REFRESH_MS = 2000;   // without events: lag and ages move on
const SOON_MS = 60;        // from an event to the question
const STALE_MS = 6000;     // without an answer: what is shown may be old
const RETRY_MS = 1500;
const GROUPS_SHOWN_MAX = 60;
const HEADLINES = { ok: "All is well", degraded: "Degraded", paused: "Paused", failover: "Failover", down: "Down", unknown: "Out of touch" };
const RANKS = ["down", "failover", "degraded", "unknown", "paused", "ok"];
const SIGNS = {
  ok: "M32 4a28 28 0 1 0 0 56 28 28 0 0 0 0-56zM28 46 15.500 33.500l5-5 7.500 7.500L44 20l5 5z",
  paused: "M32 4a28 28 0 1 0 0 56 28 28 0 0 0 0-56zM21 19h8v26h-8zM35 19h8v26h-8z",
  degraded: "M32 5 62 58H2zM29 24v17h6V24zM29 46v6h6v-6z",
  failover: "M32 6a26 26 0 0 1 24.500 17.300L63 21l-5 18-15-11 6.600-2.300A18.500 18.500 0 0 0 14 27.500l-7.500-2.600A26 26 0 0 1 32 6zM32 58A26 26 0 0 1 7.500 40.700L1 43l5-18 15 11-6.600 2.300A18.500 18.500 0 0 0 50 36.500l7.500 2.600A26 26 0 0 1 32 58z",
  down: "M20 4h24l16 16v24L44 60H20L4 44V20zM22 17l-5 5 10 10-10 10 5 5 10-10 10 10 5-5-10-10 10-10-5-5-10 10z",
  unknown: "M32 4a28 28 0 1 0 0 56 28 28 0 0 0 0-56zM28 44h8v8h-8zM22 25c0-7 4.500-11 10.500-11S43 18 43 23.500c0 7-7.500 8-7.500 16h-7c0-10 7.500-11 7.500-15.500 0-2-1.200-3.500-3.500-3.500S29 22 29 25z",
};

const $ = (id) => document.getElementById(id);
const state = { token: sessionStorage.getItem("token") ?? "", chosen: decodeURIComponent(location.hash.slice(1)), groups: [], group: null,
  heardAt: 0, lastEvent: "", attempt: 0, shown: "", asked: false, again: false, timer: 0 };

class NoToken extends Error {}

async function ask(path, options = {}) {
  const headers = { ...options.headers };
  if (state.token) headers.Authorization = `Bearer ${state.token}`;
  const answer = await fetch(path, { ...options, headers });
  if (answer.status === 401) throw new NoToken();
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer;
}

const json = async (path) => (await ask(path)).json();

// --- what is shown ---

function setText(id, text) {
  if ($(id).textContent !== text) $(id).textContent = text;
}

function showSign(tone) {
  if (document.body.dataset.state === tone && $("sign").hasAttribute("d")) return;
  document.body.dataset.state = tone;
  $("sign").setAttribute("d", SIGNS[tone]);
}

function showHero() {
  const { group } = state;
  const stale = Date.now() - state.heardAt > STALE_MS;
  const tone = !group || stale ? "unknown" : group.state;
  showSign(tone);
  setText("headline", HEADLINES[tone] ?? tone);
  document.title = `${HEADLINES[tone] ?? tone}${group ? " · " + group.name : ""} · Picket`;
  if (stale && state.heardAt) return setText("subline", "This supervisor does not answer; what stands below is old.");
  if (!group) return setText("subline", state.heardAt ? "This supervisor watches no group." : "asking the supervisor");
  const votes = `${group.supervisors_usable} of ${group.supervisors_voting} supervisors`;
  const left = group.paused_for_ms ? `, for another ${Math.ceil(group.paused_for_ms / 60000)} min` : "";
  const reason = group.waits_for ?? (tone === "ok" ? `${group.replicas} replica${group.replicas === 1 ? "" : "s"}, ${votes}` : group.reason);
  setText("subline", `${group.name}: ${reason}${left}. Primary ${group.primary}`);
}

function showGroups() {
  const many = state.groups.length > 1;
  $("groups").hidden = !many;
  if (!many) return;
  $("filter").hidden = state.groups.length <= 12;
  const wanted = $("filter").value.toLowerCase();
  const rank = (g) => RANKS.indexOf(g.state);
  const found = state.groups.filter((g) => g.name.toLowerCase().includes(wanted)).sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
  const key = JSON.stringify([found.slice(0, GROUPS_SHOWN_MAX).map((g) => [g.name, g.state]), state.group?.name]);
  if (state.shown === key) return;
  state.shown = key;
  $("group-list").replaceChildren(...found.slice(0, GROUPS_SHOWN_MAX).map((g) => {
    const button = element("button", { type: "button", "aria-current": String(g.name === state.group?.name), "data-state": g.state }, element("i", { "aria-hidden": "true" }), g.name);
    if (g.state !== "ok") button.append(element("small", {}, g.state));
    button.addEventListener("click", () => { location.hash = encodeURIComponent(g.name); });
    return element("li", {}, button);
  }));
}

function showLegend() {
  if ($("legend")) return;
  const sample = (name, words) => element("li", {}, Object.assign(element("span"), { innerHTML: `<svg viewBox="0 0 30 8" aria-hidden="true"><path class="${name}" d="M0 4h30"/></svg>` }), words);
  const legend = element("ul", { class: "legend", id: "legend" }, sample("edge", "replicates"), sample("says-down", "says that the primary is down"), sample("vote", "voted in the last election"));
  $("picture").after(legend);
}

function showGroup() {
  if (!state.group) return;
  draw(state.group, $("picture"));
  drawWords(state.group, $("picture-words"));
  showLegend();
}

async function showHistory() {
  const name = state.group?.name;
  if (!name) return;
  const { attempts } = await json(`/history?count=30&group=${encodeURIComponent(name)}`);
  if (name !== state.group.name) return;
  if (!attempts.length) {
    for (const id of ["last", "history"]) $(id).replaceChildren(element("p", { class: "quiet" }, "None that this supervisor remembers."));
    return;
  }
  list(attempts, $("history"), (id) => { state.attempt = id; showHistory(); $("last-title").scrollIntoView({ behavior: "smooth" }); });
  const chosen = attempts.find((a) => a.id === state.attempt) ?? attempts[0];
  setText("last-title", chosen === attempts[0] ? "The last failover" : `Failover #${chosen.id}`);
  tell(await json(`/history/${chosen.id}`), $("last"));
}

// --- asking ---

// The one that somebody chose; else the one that is worst off, and no other as long as none is worse.
function choose() {
  const rank = (g) => RANKS.indexOf(g.state);
  const chosen = state.groups.find((g) => g.name === state.chosen);
  if (chosen) return chosen;
  const worst = [...state.groups].sort((a, b) => rank(a) - rank(b))[0];
  const shown = state.groups.find((g) => g.name === state.group?.name);
  return shown && rank(shown) === rank(worst) ? shown : worst;
}

async function refresh() {
  if (state.asked) { state.again = true; return; }
  state.asked = true;
  clearTimeout(state.timer);
  try {
    const all = await json("/groups");
    state.groups = all.groups;
    const head = choose();
    state.group = head ? await json(`/groups/${encodeURIComponent(head.name)}`) : null;
    state.heardAt = Date.now();
    setText("seen-from", `as seen by ${shortId(all.supervisor.id)}, version ${all.supervisor.version}, up ${span(all.supervisor.uptime_ms)}`);
    $("token").hidden = true;
    showHero();
    showGroups();
    showGroup();
    await showHistory();
  } catch (error) {
    if (error instanceof NoToken) askToken();
    showHero();
  }
  state.asked = false;
  state.timer = setTimeout(refresh, state.again ? SOON_MS : REFRESH_MS);
  state.again = false;
}

function soon() {
  if (state.asked) state.again = true;
  else { clearTimeout(state.timer); state.timer = setTimeout(refresh, SOON_MS); }
}

function askToken() {
  const form = $("token");
  if (form.hidden) $("token-text").value = "";
  setText("token-wrong", state.token ? "That is not the token." : "");
  form.hidden = false;
}

$("token").addEventListener("submit", (event) => {
  event.preventDefault();
  state.token = $("token-text").value;
  sessionStorage.setItem("token", state.token);
  refresh();
});
$("filter").addEventListener("input", showGroups);
window.addEventListener("hashchange", () => { state.chosen = decodeURIComponent(location.hash.slice(1)); state.attempt = 0; refresh(); });
new ResizeObserver(showGroup).observe($("picture"));

// --- events: fetch instead of EventSource, which cannot show a token ---

function setWire(live, words) {
  $("wire").dataset.live = live;
  setText("wire-words", words);
}

// The lines of the answer, as they come.
async function* linesOf(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    yield* lines;
  }
}

async function listen() {
  for (;;) {
    try {
      const headers = state.lastEvent ? { "Last-Event-ID": state.lastEvent } : {};
      const answer = await ask("/events", { headers });
      setWire("yes", "live");
      soon();
      for await (const line of linesOf(answer.body)) {
        if (line.startsWith("id: ")) state.lastEvent = line.slice(4);
        if (line.startsWith("data: ")) soon();
      }
    } catch { /* told by the light */ }
    setWire("no", "no connection");
    await new Promise((done) => setTimeout(done, RETRY_MS));
  }
}

$("wire").lastElementChild.id = "wire-words";
showSign("unknown");
setInterval(showHero, 1000);
refresh();
listen();

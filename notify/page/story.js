// The last failover step by step, and those before it, in words.

import { shortId, span } from "/draw.js";

const PHRASES = {
  "+sdown": "does not answer",
  "-sdown": "answers again",
  "+odown": "enough supervisors agree that the primary is down",
  "-odown": "not enough supervisors say so any more",
  "held": "waiting",
  "+new-epoch": "new epoch",
  "+try-failover": "failover begins, the others are asked for their votes",
  "+vote-for-leader": "vote given",
  "+elected-leader": "elected by the majority",
  "+failover-state-select-slave": "choosing a replica",
  "-candidate-refused": "passed over",
  "+selected-slave": "chosen",
  "+switchover-paused": "writes paused",
  "+switchover-caught-up": "replica has everything",
  "+switchover-demoted": "old primary stepped down",
  "+switchover-unpaused": "writes go on",
  "+fence-armed": "order to step down left in the old primary's connections",
  "+fence-waits": "waiting until the old primary certainly refuses writes",
  "+fenced": "old primary is a replica",
  "+failover-state-send-slaveof-noone": "told to become primary",
  "+failover-state-wait-promotion": "waiting for its word",
  "+promoted-slave": "promoted",
  "+switch-master": "new primary announced to all clients",
  "+failover-state-reconf-slaves": "bringing the other replicas over",
  "+slave-reconf-sent": "told to follow",
  "+slave-reconf-inprog": "connecting to the new primary",
  "+slave-reconf-done": "follows the new primary",
  "+failover-end": "done",
  "+failover-end-for-timeout": "done, some replicas still to come",
  "+config-update-from": "heard of the switch from a peer",
  "+convert-to-slave": "former primary becomes a replica",
  "+config-reaffirmed": "the same primary, confirmed by a new election",
  "-config-update-refused": "a switch that a peer told of, and nobody vouched for",
  "+reboot": "was started again",
  "+amnesia": "came back with less than a replica has",
  "+loading-long": "loads its data for longer than a failover takes",
  "+write-fault": "takes no writes",
  "-write-fault": "takes writes again",
  "+divergent-tail": "has writes that its successor never got",
  "+salvaged": "those writes were fetched",
  "-salvage-failed": "those writes could not be fetched",
  "-order-failed": "refused an order",
  "-order-part-refused": "refused a part of an order",
  "-slave-reconf-sent-timeout": "does not follow yet, others go on",
  "+fix-slave-config": "told to follow the right primary",
  "+role-change": "has another role",
  "-role-change": "has a role that it should not have",
  "+access-denied": "refuses our login",
  "-access-denied": "lets us in again",
  "+paused": "paused by an operator",
  "-paused": "no longer paused",
  "+maintenance": "in maintenance",
  "-maintenance": "no longer in maintenance",
  "-failover-abort-paused": "given up: an operator paused the group",
  "+fight": "is changed back again and again by somebody else",
  "-fight": "is left in peace",
  "+write-probe-denied": "does not let us probe writes",
  "-epoch-refused": "an epoch too far ahead was refused",
  "-limit-reached": "a table is full",
  "-script-error": "a hook failed",
  "-script-timeout": "a hook took too long",
  "+flapping": "failovers in short succession, the next one waits",
  "-flapping": "the next failover does not wait any more",
  "+quarantine": "failed as a primary again and again, now chosen last",
  "-quarantine": "is a candidate like the others again",
  "+tilt": "this supervisor stood still",
  "-tilt": "this supervisor trusts its clock again",
  "+disk-stalled": "the disk of state_dir stands still",
  "-disk-stalled": "the disk of state_dir works again",
  "+writes-taken": "writes taken from a primary, for lack of a majority",
  "-writes-taken": "writes given back",
  "-failover-abort-not-elected": "given up: not elected",
  "-failover-abort-no-good-slave": "given up: no replica fit",
  "-failover-abort-slave-timeout": "given up: promotion took too long",
  "-failover-abort-primary-back": "given up: the primary is back",
  "-failover-abort-superseded": "given up: somebody else was faster",
  "-failover-abort-replicas-unread": "given up: too few replicas could be read to be sure of all writes",
  "-failover-abort-vetoed": "given up: a hook said no",
  "+question-asked": "hooks asked",
  "-question-unanswered": "no answer of a hook, it goes on",
  "-failover-abort-switchover": "switchover given up, nothing has changed",
  "-failover-abort-not-fenced": "given up: the old primary could not be fenced",
};
const KEY = new Set(["+sdown", "+odown", "+elected-leader", "+selected-slave", "+promoted-slave", "+switch-master", "+failover-end", "-sdown"]);
const PHASES = { agreement: "agreeing", election: "electing", selection: "choosing", promotion: "promoting", repointing: "repointing" };
const OUTCOMES = { open: "under way", switched: "switched", recovered: "came back by itself", failed: "failed", forgotten: "forgotten", interrupted: "interrupted" };
const TONES = { open: "failover", switched: "ok", recovered: "ok", failed: "down" };

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export function outcome(attempt) {
  return { words: OUTCOMES[attempt.outcome] ?? attempt.outcome, tone: TONES[attempt.outcome] ?? "unknown" };
}

function verdict(attempt) {
  const what = attempt.kind === "switchover" ? "Switchover" : attempt.kind === "elsewhere" ? "Switch led elsewhere" : "Failover";
  const line = element("p", { class: "verdict" });
  const took = attempt.took_ms === undefined ? "" : ` in ${span(attempt.took_ms)}`;
  if (attempt.outcome === "switched")
    line.append(`${what} from `, element("code", {}, attempt.from ?? "?"), " to ", element("b", {}, element("code", {}, attempt.to ?? "?")), took);
  else
    line.append(`${what} of `, element("code", {}, attempt.from ?? "?"), ": ", element("b", {}, outcome(attempt).words), took);
  if (attempt.reason) line.append(` (${attempt.reason})`);
  line.append(". Begun ", element("time", { datetime: attempt.begun }, new Date(attempt.begun).toLocaleString()));
  if (attempt.asked_by) line.append(`, asked for by ${attempt.asked_by}`);
  if (attempt.leader) line.append(`, led by ${shortId(attempt.leader)}`);
  line.append(".");
  return line;
}

// How long its parts took, drawn to scale.
function bar(attempt) {
  const known = Object.keys(PHASES).filter((name) => attempt.phases_ms[name] !== undefined);
  if (known.length < 2) return "";
  const strip = element("div", { class: "phases", "aria-hidden": "true" });
  const names = element("ul", { class: "phase-names" });
  known.forEach((name) => {
    const ms = attempt.phases_ms[name], tone = "c" + Object.keys(PHASES).indexOf(name);
    const part = element("i", { class: tone, title: `${PHASES[name]}: ${span(ms)}` });
    part.style.flexGrow = String(Math.max(ms, 0.5));
    strip.append(part);
    names.append(element("li", {}, element("i", { class: tone, "aria-hidden": "true" }), PHASES[name] + " ", element("b", {}, span(ms))));
  });
  const both = document.createDocumentFragment();
  both.append(strip, names);
  return both;
}

function step(one) {
  const phrase = PHRASES[one.event] ?? one.event;
  const at = one.at_ms < 10000 ? `${one.at_ms} ms` : span(one.at_ms);
  const text = element("span", {}, phrase);
  if (one.text) text.append(element("small", {}, " " + one.text.replace(/\b[0-9a-f]{40}\b/g, shortId)));
  return element("li", KEY.has(one.event) ? { class: "key" } : {}, element("time", {}, at), element("i", { "aria-hidden": "true" }), text);
}

export function tell(attempt, holder) {
  const steps = element("ol", { class: "steps" }, ...attempt.steps.map(step));
  holder.dataset.state = outcome(attempt).tone;
  holder.replaceChildren(verdict(attempt), bar(attempt), steps);
}

function line(attempt, choose) {
  const { words, tone } = outcome(attempt);
  const id = element("button", { type: "button" }, `#${attempt.id}`);
  id.addEventListener("click", () => choose(attempt.id));
  const cells = [
    element("td", {}, id),
    element("td", { class: "when" }, element("time", { datetime: attempt.begun }, new Date(attempt.begun).toLocaleString())),
    element("td", {}, attempt.kind),
    element("td", { class: "mono" }, attempt.from ?? "", attempt.to && attempt.to !== attempt.from ? ` → ${attempt.to}` : ""),
    element("td", {}, attempt.took_ms === undefined ? "" : span(attempt.took_ms)),
    element("td", { class: "how" }, words),
  ];
  cells[5].dataset.state = tone;
  return element("tr", {}, ...cells);
}

export function list(attempts, holder, choose) {
  const head = ["No.", "Begun", "What", "Primary", "Took", "Outcome"].map((name) => element("th", { scope: "col" }, name));
  const table = element("table", {}, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...attempts.map((one) => line(one, choose))));
  holder.replaceChildren(element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "History, to be scrolled" }, table));
}

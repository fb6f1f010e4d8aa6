// The review screen: shows one pair at a time from a queue that is always some pairs ahead (queue.mjs), takes decisions by
// keyboard and keeps them until the server has them.
import { make, speak, text } from "./elements.mjs";
import { candidates, table } from "./pair.mjs";
import { Queue } from "./queue.mjs";
import { saidTable } from "./said.mjs";
import { smallMap } from "./small-map.mjs";

const KEYS = { a: "same", r: "different", n: "new", s: "skip" };

let root = null;
let lang = "vi";
let mode = "described";
let wards = [];
let queues = {};

const at = () => queues[mode];
const part = (name) => root.querySelector(`[data-part="${name}"]`);

function queueOf(which, options) {
  const tell = {
    say,
    come(wasEmpty) {
      if (which === mode && wasEmpty) show();
      progress();
      if (part("sent").classList.contains("wrong") && queues[which].hasAllSent) say("");
    },
    unreachable() {
      say(text("review.unreachable"), true);
      if (which === mode && !queues[which].loaded) fail();
    },
  };
  return new Queue({ lang, tell, ...options });
}

// -- deciding -------------------------------------------------------------------------------------------------------

function decide(verdict) {
  const queue = at();
  const pair = queue.current;
  if (!pair) return;
  const candidate = pair.candidates[queue.chosen];
  if (verdict === "skip") {
    queue.history.push({ pair, verdict, chosen: queue.chosen });
    queue.pairs.push(queue.pairs.shift());
  } else if (mode === "twins") {
    if (verdict === "new") return;
    const said = verdict === "same" ? "merged" : "different";
    settle(queue, pair, said, { keep: candidate.venue, duplicate: pair.id }, []);
  } else {
    if (verdict !== "new" && !candidate) return;
    const words = { mention: pair.id, candidate_venue: verdict === "new" ? null : candidate.venue };
    settle(queue, pair, verdict, words, verdict === "different" ? pair.candidates.filter((other) => other !== candidate) : []);
  }
  queue.chosen = 0;
  show();
  progress();
  if (queue.isRunningLow) queue.fetch();
}

/** Send a decision about `pair`; while candidates are `left` it is asked about again with those. */
function settle(queue, pair, verdict, words, left) {
  const finished = left.length === 0;
  queue.decide({ ...words, verdict });
  queue.history.push({ pair, verdict, words, finished, chosen: queue.chosen });
  queue.pairs.shift();
  if (finished) {
    queue.mark(queue.keyOf(pair), true);
    queue.done += 1;
  } else queue.pairs.unshift({ ...pair, candidates: left });
}

function takeBack() {
  const queue = at();
  const last = queue.history.pop();
  if (!last) return;
  const key = queue.keyOf(last.pair);
  if (last.verdict !== "skip") {
    queue.decide({ ...last.words, verdict: "undo" });
    queue.mark(key, false);
    if (last.finished) queue.done -= 1;
  }
  if (!last.finished) queue.pairs = queue.pairs.filter((pair) => queue.keyOf(pair) !== key);
  queue.pairs.unshift(last.pair);
  queue.chosen = last.chosen;
  show();
  progress();
}

function takeBackSaid(one) {
  const queue = one.kind === "link" ? queues.described : queues.twins;
  queue.reopen();
  for (const key of [String(one.first), `${one.first}-${one.second}`, `${one.second}-${one.first}`]) queue.mark(key, false);
  if (one.kind === "link") queue.decide({ mention: one.first, candidate_venue: one.verdict === "different" ? one.second : null, verdict: "undo" });
  else queue.decide({ keep: one.first, duplicate: one.second, verdict: "undo" });
  queue.send();
}

function choose(number) {
  const pair = at().current;
  if (!pair || mode === "twins" || pair.candidates.length === 0) return;
  at().chosen = (number + pair.candidates.length) % pair.candidates.length;
  show();
}

// -- drawing --------------------------------------------------------------------------------------------------------

function show() {
  const queue = at();
  const pair = queue.current;
  const stage = part("stage");
  for (const button of root.querySelectorAll("[data-verdict]")) {
    const needs = button.dataset.verdict;
    const possible = pair && (needs === "skip" || (needs === "new" ? mode === "described" : pair.candidates.length > 0));
    button.disabled = needs === "undo" ? queue.history.length === 0 : !possible;
    button.hidden = needs === "new" && mode === "twins";
  }
  if (!pair) {
    stage.replaceChildren(make("p", { class: "review-empty" }, text(queue.loaded ? `review.empty.${mode}` : "review.loading")));
    return;
  }
  const twins = mode === "twins";
  const beside = [candidates(pair, queue.chosen, twins, choose), smallMap(pair, queue.chosen, wards)].filter(Boolean);
  const compared = table(pair, pair.candidates[queue.chosen], twins);
  stage.replaceChildren(make("div", { class: "review-pair", "data-pair": queue.keyOf(pair) }, compared, make("div", {}, ...beside)));
}

function fail() {
  part("stage").replaceChildren(make("p", { class: "review-empty", role: "alert" }, text("review.unreachable")));
}

function progress() {
  if (mode === "said") return;
  const { done, total } = at();
  part("progress").value = done;
  part("progress").max = Math.max(total, 1);
  part("count").textContent = `${done}/${total}`;
}

function say(sentence, wrong = false) {
  const line = part("sent");
  line.textContent = sentence;
  line.classList.toggle("wrong", wrong);
}

async function showSaid() {
  const stage = part("stage");
  stage.replaceChildren(make("p", { class: "review-empty" }, text("review.loading")));
  try {
    await Promise.all(Object.values(queues).map((queue) => queue.send()));
    const answer = await fetch(`/review/said?lang=${lang}`);
    if (!answer.ok) throw new Error(String(answer.status));
    const { said } = await answer.json();
    if (mode !== "said") return;
    stage.replaceChildren(said.length ? saidTable(said, takeBackSaid) : make("p", { class: "review-empty" }, text("review.empty.said")));
  } catch {
    if (mode === "said") fail();
  }
}

// -- start ----------------------------------------------------------------------------------------------------------

function open(which) {
  mode = which;
  for (const tab of root.querySelectorAll("[data-mode]")) tab.setAttribute("aria-selected", String(tab.dataset.mode === which));
  part("keys").hidden = which === "said";
  part("figures").hidden = which === "said";
  for (const label of root.querySelectorAll("[data-verdict] [data-label]"))
    label.textContent = text(`review.${which === "twins" ? "twins." : ""}${label.dataset.label}`);
  if (which === "said") return void showSaid();
  at().reopen();
  show();
  progress();
  at().fetch();
}

function onKey(event) {
  if (!root.isConnected || mode === "said" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest && event.target.closest("input, select, textarea")) return;
  const key = event.key.toLowerCase();
  const pair = at().current;
  if (key in KEYS) decide(KEYS[key]);
  else if (key === "z") takeBack();
  else if (key === "arrowdown" || key === "arrowright") choose(at().chosen + 1);
  else if (key === "arrowup" || key === "arrowleft") choose(at().chosen - 1);
  else if (/^[1-9]$/.test(key) && pair && Number(key) <= pair.candidates.length) choose(Number(key) - 1);
  else return;
  event.preventDefault();
}

async function start(element) {
  root = element;
  speak(JSON.parse(root.dataset.texts));
  lang = root.dataset.lang;
  queues = {
    described: queueOf("described", {
      address: "/review/queue", sendTo: "/review/decide", keptAs: "qr-review-decide", keyOf: (pair) => String(pair.id),
    }),
    twins: queueOf("twins", {
      address: "/review/twins", sendTo: "/review/merge", keptAs: "qr-review-merge",
      keyOf: (pair) => `${pair.id}-${pair.candidates[0].venue}`,
    }),
  };
  for (const tab of root.querySelectorAll("[data-mode]")) tab.addEventListener("click", () => open(tab.dataset.mode));
  for (const button of root.querySelectorAll("[data-verdict]"))
    button.addEventListener("click", () => (button.dataset.verdict === "undo" ? takeBack() : decide(button.dataset.verdict)));
  document.addEventListener("keydown", onKey);
  window.addEventListener("pagehide", () => Object.values(queues).forEach((queue) => queue.sendLast()));
  open("described");
  queues.twins.send();
  try {
    wards = (await (await fetch("/review/wards")).json()).wards;
    if (mode !== "said") show();
  } catch {
    wards = []; // the pairs can be decided without the small map
  }
}

const find = () => document.querySelector("[data-review]");
const watcher = new MutationObserver(() => {
  if (find()) {
    watcher.disconnect();
    start(find());
  }
});
if (find()) start(find());
else watcher.observe(document.documentElement, { childList: true, subtree: true });

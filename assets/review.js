// The review screen: shows one pair at a time from a queue that is always some pairs ahead, takes decisions by keyboard,
// and sends them in small batches. What has not been answered lies in localStorage and is sent again, after a lost
// connection or after the page was closed: the server does a decision twice as it does it once.
(() => {
  "use strict";
  const BATCH = 10;
  const SEND_AFTER_MS = 800;
  const RETRY_MS = 3000;
  const AHEAD = 8; // pairs left at which more are fetched
  const NAMED = 150; // of the newest decisions, named to the server: it may not have heard of them yet
  const SIDE = 100; // of the small map's drawing, before its aspect
  const MODES = {
    described: { queue: "/review/queue", send: "/review/decide", unsent: "qr-review-decide" },
    twins: { queue: "/review/twins", send: "/review/merge", unsent: "qr-review-merge" },
  };

  let root = null;
  let texts = {};
  let lang = "vi";
  let mode = "described";
  let wards = [];
  const states = { described: fresh(), twins: fresh() };

  function fresh() {
    return { pairs: [], decided: new Set(), chosen: 0, done: 0, total: 0, history: [], unsent: [], sending: false, ended: false, loaded: false, timer: 0 };
  }

  const state = () => states[mode];
  const current = () => state().pairs[0];
  const part = (name) => root.querySelector(`[data-part="${name}"]`);
  const text = (key, values = {}) =>
    Object.entries(values).reduce((sentence, [name, value]) => sentence.replace(`{${name}}`, value), texts[key] || key);

  function make(tag, properties = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
      if (name === "class") element.className = value;
      else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value);
    }
    element.append(...children.filter((child) => child !== null));
    return element;
  }

  // -- fetching and sending -----------------------------------------------------------------------------------------

  const keyOf = (pair, which = mode) => (which === "twins" ? `${pair.id}-${pair.candidates[0].venue}` : String(pair.id));
  const known = (which) =>
    [...states[which].pairs.map((pair) => keyOf(pair, which)), ...[...states[which].decided].slice(-NAMED)].join(",");

  async function fetchPairs(which) {
    const at = states[which];
    if (at.fetching || at.ended) return;
    at.fetching = true;
    try {
      await send(which);
      const asked = at.decided.size;
      const answer = await fetch(`${MODES[which].queue}?lang=${lang}&without=${known(which)}`);
      if (!answer.ok) throw new Error(String(answer.status));
      const body = await answer.json();
      // What was decided while the answer was on its way is in it, too, and must not be asked again.
      const there = new Set([...at.pairs.map((pair) => keyOf(pair, which)), ...at.decided]);
      const come = body.pairs.filter((pair) => !there.has(keyOf(pair, which)));
      const wasEmpty = at.pairs.length === 0;
      at.pairs.push(...come);
      at.ended = come.length === 0 && at.decided.size === asked;
      if (come.length === 0 && !at.ended) setTimeout(() => fetchPairs(which));
      if (!at.loaded) {
        // later answers lag behind what has been decided here meanwhile
        at.done = body.done;
        at.total = body.done + body.open;
      }
      at.loaded = true;
      if (which === mode && wasEmpty) show();
      progress();
      if (part("sent").classList.contains("wrong") && at.unsent.length === 0) say("");
    } catch {
      say(text("review.unreachable"), true);
      if (which === mode && !at.loaded) fail();
      setTimeout(() => fetchPairs(which), RETRY_MS);
    } finally {
      at.fetching = false;
    }
  }

  function keep(which) {
    try {
      localStorage.setItem(MODES[which].unsent, JSON.stringify(states[which].unsent));
    } catch {
      // without storage the decisions still go out, only closing the page within a second loses them
    }
  }

  function decided(which, decision) {
    const at = states[which];
    at.unsent.push(decision);
    keep(which);
    clearTimeout(at.timer);
    if (at.unsent.length >= BATCH) send(which);
    else at.timer = setTimeout(() => send(which), SEND_AFTER_MS);
  }

  async function send(which) {
    const at = states[which];
    if (at.sending || at.unsent.length === 0) return;
    at.sending = true;
    const batch = at.unsent.slice(0, 100);
    try {
      const answer = await fetch(MODES[which].send, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ decisions: batch }),
      });
      if (!answer.ok && answer.status !== 400) throw new Error(String(answer.status));
      at.unsent.splice(0, batch.length);
      keep(which);
      say(answer.ok ? text("review.sent") : text("review.not_taken"), !answer.ok);
    } catch {
      say(text("review.unsent", { count: at.unsent.length }), true);
      clearTimeout(at.timer);
      at.timer = setTimeout(() => send(which), RETRY_MS);
    } finally {
      at.sending = false;
    }
    if (at.unsent.length >= BATCH) await send(which);
  }

  function sendLast() {
    for (const which of Object.keys(MODES)) {
      const { unsent } = states[which];
      if (unsent.length === 0) continue;
      const body = new Blob([JSON.stringify({ decisions: unsent.slice(0, 100) })], { type: "application/json" });
      navigator.sendBeacon(MODES[which].send, body);
    }
  }

  // -- deciding -----------------------------------------------------------------------------------------------------

  function decide(verdict) {
    const at = state();
    const pair = current();
    if (!pair) return;
    const candidate = pair.candidates[at.chosen];
    if (verdict === "skip") {
      at.history.push({ pair, verdict, chosen: at.chosen });
      at.pairs.push(at.pairs.shift());
    } else if (mode === "twins") {
      if (verdict === "new") return;
      const said = verdict === "same" ? "merged" : "different";
      const words = { keep: candidate.venue, duplicate: pair.id };
      decided(mode, { ...words, verdict: said });
      at.history.push({ pair, verdict: said, words, finished: true });
      at.decided.add(keyOf(pair));
      at.pairs.shift();
      at.done += 1;
    } else {
      if (verdict !== "new" && !candidate) return;
      const words = { mention: pair.id, candidate_venue: verdict === "new" ? null : candidate.venue };
      decided(mode, { ...words, verdict });
      const others = pair.candidates.filter((other) => other !== candidate);
      const finished = verdict !== "different" || others.length === 0;
      at.history.push({ pair, verdict, words, finished, chosen: at.chosen });
      at.pairs.shift();
      if (finished) {
        at.decided.add(keyOf(pair));
        at.done += 1;
      } else at.pairs.unshift({ ...pair, candidates: others });
    }
    at.chosen = 0;
    show();
    progress();
    if (at.pairs.length <= AHEAD) fetchPairs(mode);
  }

  function takeBack() {
    const at = state();
    const last = at.history.pop();
    if (!last) return;
    if (last.verdict === "skip") {
      at.pairs = at.pairs.filter((pair) => keyOf(pair) !== keyOf(last.pair));
    } else {
      decided(mode, { ...last.words, verdict: "undo" });
      if (!last.finished) at.pairs = at.pairs.filter((pair) => keyOf(pair) !== keyOf(last.pair));
      else at.done -= 1;
      at.decided.delete(keyOf(last.pair));
    }
    at.pairs.unshift(last.pair);
    at.chosen = last.chosen || 0;
    show();
    progress();
  }

  function choose(number) {
    const pair = current();
    if (!pair || mode === "twins" || pair.candidates.length === 0) return;
    state().chosen = (number + pair.candidates.length) % pair.candidates.length;
    show();
  }

  // -- drawing ------------------------------------------------------------------------------------------------------

  function words(list) {
    return list.flatMap(([word, differs]) => [differs ? make("mark", {}, word) : word, " "]);
  }

  function row(field, theirs, ours) {
    const css = field === "name" ? " name" : "";
    return [
      make("div", { class: "label" }, text(`review.field.${field}`)),
      make("div", { class: `theirs${css}` }, ...(theirs.length ? words(theirs) : [text("review.nothing_given")])),
      make("div", { class: `ours${css}` }, ...(ours.length ? words(ours) : [text("review.nothing_given")])),
    ];
  }

  function table(pair, candidate) {
    const twins = mode === "twins";
    const grid = make(
      "div",
      { class: "review-table" },
      make("div", { class: "label head" }),
      make("div", { class: "theirs head" }, text(twins ? "review.first" : "review.mention")),
      make("div", { class: "ours head" }, text(twins ? "review.second" : "review.venue")),
    );
    for (const field of ["name", "address", "ward", "category"])
      grid.append(...row(field, candidate ? candidate.theirs[field] : pair.plain[field], candidate ? candidate.ours[field] : []));
    grid.append(...row("code", pair.account_code ? [[pair.account_code, false]] : [], candidate ? [[candidate.code, false]] : []));
    const told = candidate ? candidate.reasons.filter((reason) => texts[`review.part.${reason.part}`] && reason.verdict !== "missing") : [];
    const said = told.map((reason) => `${text(`review.part.${reason.part}`)} ${text(`review.verdict.${reason.verdict}`)}`);
    if (said.length) grid.append(make("div", { class: "review-note" }, `${text("review.why")} ${said.join(" · ")}`));
    if (pair.rows) grid.append(make("div", { class: "review-note" }, `${pair.rows} · ${pair.files}`));
    return grid;
  }

  function candidates(pair) {
    if (mode === "twins") return make("p", { class: "review-note" }, text("review.share", { share: pair.candidates[0].probability }));
    if (pair.candidates.length === 0) return make("p", { class: "review-note" }, text("review.no_candidate"));
    const list = make("ul", { class: "review-candidates", role: "radiogroup", "aria-label": text("review.candidates") });
    pair.candidates.forEach((candidate, number) => {
      const button = make(
        "button",
        { type: "button", role: "radio", "aria-checked": String(number === state().chosen), onclick: () => choose(number) },
        make("span", { class: "number" }, String(number + 1)),
        make(
          "span",
          {},
          candidate.ours.name.map(([word]) => word).join(" "),
          make("small", {}, candidate.ours.address.map(([word]) => word).join(" ") || candidate.code),
          candidate.forbidden ? make("small", { class: "forbidden" }, text("review.forbidden")) : null,
        ),
        make("span", { class: "share" }, candidate.probability),
      );
      list.append(make("li", {}, button));
    });
    return list;
  }

  const svg = (tag, properties, ...children) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(properties)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };

  const rings = (geometry) => (geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates).flat();

  /** The part of the world shown: the wards concerned and every point, with a margin, no smaller than about 1 km. */
  function extent(named, points) {
    const corners = [...points, ...named.flatMap((ward) => rings(ward.geometry).flat())];
    const all = corners.length ? corners : wards.flatMap((ward) => rings(ward.geometry).flat());
    const lons = all.map(([lon]) => lon);
    const lats = all.map(([, lat]) => lat);
    const middle = [(Math.min(...lons) + Math.max(...lons)) / 2, (Math.min(...lats) + Math.max(...lats)) / 2];
    const reach = Math.max(0.005, ((Math.max(...lons) - Math.min(...lons)) / 2) * 1.15, ((Math.max(...lats) - Math.min(...lats)) / 2) * 1.5);
    return { middle, reach };
  }

  function map(pair) {
    const chosen = pair.candidates[state().chosen];
    const bears = (ward, key) => key && (key === ward.key || key.endsWith(` ${ward.key}`) || key.endsWith(`.${ward.key}`));
    const named = wards.filter((ward) => bears(ward, pair.ward_key) || bears(ward, chosen && chosen.ward_key));
    const places = pair.candidates.map((candidate, number) => ({ ...candidate, number })).filter((c) => c.lon !== null);
    const own = pair.lon !== null && pair.lon !== undefined ? [[pair.lon, pair.lat]] : [];
    const { middle, reach } = extent(named, [...own, ...places.map((p) => [p.lon, p.lat])]);
    const x = (lon) => SIDE * (0.5 + (lon - middle[0]) / (2 * reach));
    const y = (lat) => SIDE * 0.75 * (0.5 - (lat - middle[1]) / (1.5 * reach));
    const path = (ward) =>
      rings(ward.geometry).map((ring) => `M${ring.map(([lon, lat]) => `${x(lon).toFixed(1)},${y(lat).toFixed(1)}`).join("L")}Z`).join("");
    const drawing = svg("svg", { class: "review-map", viewBox: `0 0 ${SIDE} ${SIDE * 0.75}`, role: "img", "aria-label": text("review.map") });
    const ordered = [...wards.filter((ward) => !named.includes(ward)), ...named];
    for (const ward of ordered) drawing.append(svg("path", { d: path(ward), class: bears(ward, pair.ward_key) ? "named" : "" }));
    for (const [lon, lat] of own) drawing.append(svg("circle", { cx: x(lon), cy: y(lat), r: 2.2, class: "mention" }));
    for (const place of places) {
      const is = place.number === state().chosen;
      drawing.append(svg("circle", { cx: x(place.lon), cy: y(place.lat), r: is ? 2.6 : 1.8, class: is ? "chosen" : "" }));
      drawing.append(svg("text", { x: x(place.lon), y: y(place.lat) - 4, style: "font-size:5px;stroke-width:1px" }, String(place.number + 1)));
    }
    return make("figure", { style: "margin:0" }, drawing, make("figcaption", { class: "review-legend" }, text(chosen && chosen.lon === null ? "review.map.no_point" : "review.map.legend")));
  }

  function show() {
    const pair = current();
    const stage = part("stage");
    for (const button of root.querySelectorAll("[data-verdict]")) {
      const needs = button.dataset.verdict;
      const possible = pair && (needs === "skip" || (needs === "new" ? mode === "described" : pair.candidates.length > 0));
      button.disabled = needs === "undo" ? state().history.length === 0 : !possible;
    }
    if (!pair) {
      stage.replaceChildren(make("p", { class: "review-empty" }, text(state().loaded ? `review.empty.${mode}` : "review.loading")));
      return;
    }
    const candidate = pair.candidates[state().chosen];
    stage.replaceChildren(
      make("div", { class: "review-pair", "data-pair": keyOf(pair) }, table(pair, candidate), make("div", {}, candidates(pair), map(pair))),
    );
  }

  function fail() {
    part("stage").replaceChildren(make("p", { class: "review-empty", role: "alert" }, text("review.unreachable")));
  }

  function progress() {
    const at = state();
    part("progress").value = at.done;
    part("progress").max = Math.max(at.total, 1);
    part("count").textContent = `${at.done}/${at.total}`;
  }

  function say(sentence, wrong = false) {
    const line = part("sent");
    line.textContent = sentence;
    line.classList.toggle("wrong", wrong);
  }

  // -- decisions made -----------------------------------------------------------------------------------------------

  async function showSaid() {
    const stage = part("stage");
    stage.replaceChildren(make("p", { class: "review-empty" }, text("review.loading")));
    try {
      await Promise.all(Object.keys(MODES).map(send));
      const answer = await fetch(`/review/said?lang=${lang}`);
      if (!answer.ok) throw new Error(String(answer.status));
      const { said } = await answer.json();
      if (mode !== "said") return;
      stage.replaceChildren(said.length ? saidTable(said) : make("p", { class: "review-empty" }, text("review.empty.said")));
    } catch {
      fail();
    }
  }

  function saidTable(said) {
    const body = make("tbody");
    for (const one of said) {
      const back = make("button", { type: "button", onclick: () => takeBackSaid(one, back) }, text("review.undo"));
      back.disabled = one.kind === "link" ? one.first === null : one.first === null || one.second === null;
      body.append(
        make(
          "tr",
          {},
          make("td", {}, make("strong", {}, one.name), make("br"), one.address),
          make("td", {}, one.sentence),
          make("td", {}, one.other),
          make("td", {}, one.when),
          make("td", {}, back),
        ),
      );
    }
    const heads = ["name", "verdict", "other", "when", "back"].map((key) => make("th", { scope: "col" }, text(`review.said.${key}`)));
    return make("table", { class: "review-said" }, make("thead", {}, make("tr", {}, ...heads)), body);
  }

  function takeBackSaid(one, button) {
    button.disabled = true;
    button.textContent = text("review.taken_back");
    const which = one.kind === "link" ? "described" : "twins";
    states[which].ended = false;
    for (const key of [String(one.first), `${one.first}-${one.second}`, `${one.second}-${one.first}`]) states[which].decided.delete(key);
    if (which === "twins") decided(which, { keep: one.first, duplicate: one.second, verdict: "undo" });
    else decided(which, { mention: one.first, candidate_venue: one.verdict === "different" ? one.second : null, verdict: "undo" });
    send(which);
  }

  // -- start --------------------------------------------------------------------------------------------------------

  function open(which) {
    mode = which;
    for (const tab of root.querySelectorAll("[data-mode]")) tab.setAttribute("aria-selected", String(tab.dataset.mode === which));
    part("keys").hidden = which === "said";
    part("figures").hidden = which === "said";
    for (const label of root.querySelectorAll("[data-verdict] [data-label]"))
      label.textContent = text(`review.${which === "twins" ? "twins." : ""}${label.dataset.label}`);
    if (which === "said") return void showSaid();
    state().ended = false;
    show();
    progress();
    fetchPairs(which);
  }

  const KEYS = { a: "same", r: "different", n: "new", s: "skip" };

  function onKey(event) {
    if (!root.isConnected || mode === "said" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest && event.target.closest("input, select, textarea")) return;
    const key = event.key.toLowerCase();
    if (key in KEYS) decide(KEYS[key]);
    else if (key === "z") takeBack();
    else if (key === "arrowdown" || key === "arrowright") choose(state().chosen + 1);
    else if (key === "arrowup" || key === "arrowleft") choose(state().chosen - 1);
    else if (/^[1-9]$/.test(key) && current() && Number(key) <= current().candidates.length) choose(Number(key) - 1);
    else return;
    event.preventDefault();
  }

  async function start(element) {
    root = element;
    texts = JSON.parse(root.dataset.texts);
    lang = root.dataset.lang;
    for (const which of Object.keys(MODES)) {
      try {
        states[which].unsent = JSON.parse(localStorage.getItem(MODES[which].unsent) || "[]");
      } catch {
        states[which].unsent = [];
      }
    }
    for (const tab of root.querySelectorAll("[data-mode]")) tab.addEventListener("click", () => open(tab.dataset.mode));
    for (const button of root.querySelectorAll("[data-verdict]"))
      button.addEventListener("click", () => (button.dataset.verdict === "undo" ? takeBack() : decide(button.dataset.verdict)));
    document.addEventListener("keydown", onKey);
    window.addEventListener("pagehide", sendLast);
    open("described");
    send("twins");
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
})();

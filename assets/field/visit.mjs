/* The outcome of a visit: one touch for what was found, then what belongs to it (photograph, words, signature), and the
   reason where nobody could go. */

import { once, sheet } from "./dialog.mjs";
import { begun, el, has, t } from "./dom.mjs";
import { shrunk } from "./photo.mjs";
import { signaturePad } from "./signature.mjs";

const OUTCOMES = ["compliant", "made_on_spot", "partly", "not_compliant", "closed", "refused", "not_found"];
const NOBODY_MET = ["closed", "not_found"];
const WAYS_TO_SIGN = ["drawn", "paper", "refused"];
const WHY_MISSED = ["time", "rain", "called_away", "cannot_reach"];

/** Record a visit of `venue` ({code, name, address, …}, as planned with `case` and `kind`; of a place that the register lacks
    the number of its `proposal`); `before`: a record to put right. */
export function openVisit(screen, venue, before = null) {
  const { taken } = screen.route;
  const key = `${venue.case || venue.proposal || ""} ${venue.code}`;
  const draft = before ? null : screen.drafts.get(key);
  const old = before?.payload || draft?.payload || {};
  const signature = before?.signatureSha;
  const said = {
    kind: venue.case ? venue.kind : old.kind || "guidance", outcome: old.outcome || null, photo: draft?.photo || null, photoSha: before?.photoSha || null,
    way: signature ? "kept" : old.signed === "refused" ? "refused" : old.signed ? "paper" : null, second: old.second || "",
  };
  let isKept = false;
  const done = el("button.primary", { "data-action": "record" }, t("field.visit.done"));
  const look = () => {
    const asksPhoto = said.outcome === "not_compliant" && !said.photo && !said.photoSha && !parts.without.checked;
    const asksSecond = said.kind === "inspection" && taken?.two_person && !said.second;
    const asksStrokes = said.way === "drawn" && parts.pad.isEmpty;
    const isPolices = said.kind === "inspection" && !taken?.may_inspect;
    done.disabled = !said.outcome || asksPhoto || asksSecond || asksStrokes || isPolices;
    parts.photo.classList.toggle("asked", asksPhoto);
    parts.withoutPhoto.hidden = said.outcome !== "not_compliant" || Boolean(said.photo || said.photoSha);
    parts.second.hidden = said.kind !== "inspection" || !taken?.two_person;
    parts.signing.hidden = NOBODY_MET.includes(said.outcome);
    const opens = parts.strokes.hidden && said.way === "drawn";
    parts.strokes.hidden = said.way !== "drawn";
    if (opens) parts.signing.scrollIntoView({ block: "start" });
    parts.sign.hidden = said.kind !== "inspection" || Boolean(venue.case);
    const missing = isPolices ? "case.refused.not_police" : asksPhoto ? "field.visit.asks_photo" : asksSecond ? "field.visit.asks_second" : "field.visit.asks_strokes";
    parts.told.textContent = done.disabled && (said.outcome || isPolices) ? t(missing) : "";
  };
  const parts = partsOf(said, old, taken, look);
  const kinds = !venue.case && taken?.may_inspect && choices(t("field.visit.which"), ["guidance", "inspection"], (value) => t(`field.visit.kind.${value}`), said, "kind", look);
  const dialog = sheet({
    title: venue.name,
    name: "visit-sheet",
    // closed by mistake, nothing but the strokes has to be said again
    left: () => isKept || before || screen.drafts.set(key, { photo: said.photo, payload: payload(said, parts, null) }),
    body: [
      el("p.address", {}, [venue.address, venue.code].filter(Boolean).join(" · ")),
      venue.case && planned(venue),
      kinds ? labelled("field.visit.which", kinds) : el("p", {}, el("b", {}, t(`field.visit.kind.${said.kind}`))),
      choices(t("field.outcome"), OUTCOMES, (value) => begun(t(`case.outcome.${value}`)), said, "outcome", look, "outcomes"),
      parts.photo, parts.withoutPhoto, parts.second, parts.words, parts.signing, parts.sign, parts.note,
    ],
    actions: [parts.told, done, venue.case && !before && el("button", { onclick: () => openMissed(screen, venue), "data-action": "missed" }, t("field.missed.open"))].filter(Boolean),
  });
  look();
  once(done, async () => {
    const drawn = said.way === "drawn" ? await parts.pad.blob() : null;
    await screen.record({
      kind: "visit", venue: venue.code, about: venue.proposal, venueName: venue.name, photo: said.photo, photoSha: said.photoSha, signature: drawn,
      ...(said.way === "kept" && { signatureSha: signature }),
      ...(before && { happenedAt: before.happenedAt, statedDay: before.statedDay }),
      payload: { ...(venue.case && { case: venue.case }), ...payload(said, parts, screen.venues.position) },
    });
    isKept = true;
    screen.drafts.delete(key);
    if (before) await screen.drop(before, t("field.visit.replaced"));
    dialog.close();
  });
}

function payload(said, parts, place) {
  const text = (name) => parts[name].querySelector("textarea, input").value.trim();
  const isMet = !NOBODY_MET.includes(said.outcome);
  return {
    kind: said.kind,
    outcome: said.outcome,
    ...(text("words") && { words: text("words") }),
    ...(text("note") && { note: text("note") }),
    ...(!parts.sign.hidden && text("sign") && { sign: text("sign") }),
    ...(!parts.second.hidden && { second: said.second }),
    ...(isMet && said.way && { signed: said.way === "refused" ? "refused" : "signed" }),
    ...(place && { lon: place.lon, lat: place.lat }),
  };
}

/** What can be said of a visit besides its outcome. */
function partsOf(said, old, taken, look) {
  const writing = (key, most, value) => labelled(key, el("textarea", { rows: 2, maxLength: most, value: value || "", "aria-label": t(key) }));
  const without = el("input", { type: "checkbox", onchange: () => look() });
  const pad = signaturePad(() => look());
  const strokes = el("div", {}, pad.element);
  const second = el(
    "select",
    { "aria-label": t("field.visit.second"), onchange: () => { said.second = second.value; look(); } },
    el("option", { value: "" }, t("field.visit.second.choose")),
    (taken?.officers || []).map(({ login, name }) => el("option", { value: login, selected: login === said.second }, name || login)),
  );
  const ways = said.way === "kept" ? ["kept", ...WAYS_TO_SIGN] : WAYS_TO_SIGN;
  return {
    pad, without, strokes,
    told: el("p.quiet", { role: "status" }),
    photo: camera(said, look),
    withoutPhoto: el("label.check", {}, without, t("field.visit.no_photo")),
    second: labelled("field.visit.second", second),
    words: writing("field.visit.words", 500, old.words),
    note: writing("field.note", 500, old.note),
    sign: writing("field.visit.sign", 200, old.sign),
    signing: labelled("field.sign", choices(t("field.sign"), ways, (value) => t(`field.sign.${value}`), said, "way", look), strokes),
  };
}

const labelled = (key, ...controls) => el("div.labelled", {}, el("h3", {}, t(key)), controls);

/** Buttons of which one is pressed: `said[name]`. */
function choices(label, values, word, said, name, look, shape = "choices") {
  const buttons = values.map((value) => {
    const choose = () => {
      said[name] = value;
      for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset[name] === value));
      look();
    };
    return el("button", { onclick: choose, "aria-pressed": String(said[name] === value), [`data-${name}`]: value }, word(value));
  });
  return el(`div.${shape}`, { role: "group", "aria-label": label }, buttons);
}

function camera(said, look) {
  const told = el("p.quiet", { role: "status" }, said.photoSha ? t("field.visit.photo_kept") : "");
  const word = el("span", {}, t(said.photoSha ? "field.photo.again" : "field.photo.take"));
  const input = el("input", { type: "file", accept: "image/*", className: "for-screen-readers" });
  input.setAttribute("capture", "environment");
  input.addEventListener("change", async () => {
    if (!input.files.length) return;
    try {
      said.photo = await shrunk(input.files[0]);
      said.photoSha = null;
      told.textContent = t("field.photo.taken", { kilobytes: Math.round(said.photo.size / 1024) });
      word.textContent = t("field.photo.again");
    } catch {
      told.textContent = t("field.photo.unusable");
    }
    look();
  });
  return el("div.photo-part", {}, el("label.button.camera", {}, input, word), told);
}

/** Nobody went, or nobody could: why. */
export function openMissed(screen, venue) {
  const why = el("textarea", { rows: 2, maxLength: 300, "aria-label": t("field.missed.why"), placeholder: t("field.missed.why") });
  const done = el("button.primary", { disabled: true, "data-action": "missed-done" }, t("field.missed.done"));
  const look = () => (done.disabled = !why.value.trim());
  why.addEventListener("input", look);
  const usual = WHY_MISSED.map((name) => {
    const choose = () => {
      why.value = t(`field.missed.${name}`);
      look();
    };
    return el("button", { onclick: choose, "data-why": name }, t(`field.missed.${name}`));
  });
  const dialog = sheet({ title: `${t("field.missed.open")}: ${venue.name}`, body: [el("p", {}, t("field.missed.about")), el("div.choices", {}, usual), why], actions: [done] });
  once(done, async () => {
    await screen.record({ kind: "visit_missed", venue: venue.code, venueName: venue.name, payload: { case: venue.case, why: why.value.trim() } });
    dialog.close();
  });
}

/** What to look at in a venue, by what is known of it. */
function toCheck(venue) {
  const named = venue.has_qr ? (venue.status === "scanning" ? "complies" : "not_scanning") : "no_qr";
  const keys = [named, venue.status === "suspended" && "suspended", venue.kind === "inspection" && "inspection"];
  return keys.filter(Boolean).map((name) => t(`field.check.${name}`));
}

/** Why a planned visit is made, and what to look at. */
export function planned(venue) {
  const reasons = reasonsOf(venue);
  return el("div.planned", {}, reasons.length > 0 && el("p", {}, el("b", {}, `${t("field.route.why")}: `), reasons.join("; ")), el("ul.check-list", {}, toCheck(venue).map((words) => el("li", {}, words))));
}

const MOST_REASONS = 4;
const NO_REASON = ["sure", "rest"]; // parts of the number that send nobody anywhere

/** Why a visit was planned, in words: the parts of its priority that weigh most, and what is known of each. */
function reasonsOf(venue) {
  const parts = (venue.reasons || []).filter(({ part, points }) => points > 0 && !NO_REASON.includes(part) && has(`priority.part.${part}`));
  const said = parts.slice(0, MOST_REASONS).map(({ part, known }) => {
    if (part === "status" && has(`status.${known}`)) return t(`status.${known}`);
    const key = typeof known === "number" ? `priority.known.${part}` : `priority.known.${part}.${known}`;
    const value = known !== null && has(key) ? `: ${t(key, { count: known, risk: known })}` : "";
    return `${t(`priority.part.${part}`)}${value}`;
  });
  return [...said, venue.drawn && t("field.route.drawn"), !said.length && venue.sign && (has(`field.sign_of.${venue.sign}`) ? t(`field.sign_of.${venue.sign}`) : venue.sign)].filter(Boolean);
}

/* One venue: why it needs a visit, and the reminder: reason, done. The rest is there for who wants it. */

import { once, sheet } from "./dialog.mjs";
import { day, el, fill, t } from "./dom.mjs";
import { needed } from "./list.mjs";
import { shrunk } from "./photo.mjs";
import { asked, SignIn } from "./queue.mjs";

const REASONS = ["no_qr", "not_scanning"];

export function openSheet(screen, venue) {
  const said = { reason: null, photo: null };
  const done = el("button.primary", { disabled: true, "data-action": "done" }, t("field.done"));
  const need = screen.venues.need(venue);
  const reasons = REASONS.map((reason) => {
    const choose = () => {
      said.reason = reason;
      for (const button of reasons) button.setAttribute("aria-pressed", String(button.dataset.reason === reason));
      // the phone knows better, and asks while its officer stands at the door
      const isOdd = reason === "no_qr" && venue.has_qr;
      doubt.hidden = !isOdd;
      done.disabled = isOdd;
    };
    const name = reason === need.reason ? "button.reason.suggested" : "button.reason";
    return el(name, { onclick: choose, "aria-pressed": "false", "data-reason": reason }, t(`field.reason.${reason}`));
  });
  const doubt = doubtful(() => reasons[REASONS.indexOf("not_scanning")].click(), () => {
    doubt.hidden = true;
    done.disabled = false;
  });
  const extra = extras(said);
  const last = venue.last ? t("field.last", { day: day(venue.last) }) : t("field.never");
  const dialog = sheet({
    title: venue.name,
    name: "venue-sheet",
    body: [
      el("p.address", {}, `${venue.address || ""} · ${venue.code}`),
      el("p", {}, el(`span.swatch.${venue.status}`), ` ${t(`status.${venue.status}`)} · ${last}`),
      needed(screen.venues, venue, screen.recorded),
      el("button.wide", { onclick: () => screen.visit(venue), "data-action": "visit" }, t("field.visit.open")),
      extra.element,
      history(screen, venue),
      wrong(screen, venue),
    ],
    actions: [doubt, el("div.reasons", { role: "group", "aria-label": t("field.reason") }, reasons), done],
  });
  once(done, async () => {
    await screen.record({
      kind: "reminder",
      venue: venue.code,
      venueName: venue.name,
      reason: said.reason,
      photo: said.photo,
      payload: extra.payload(screen.venues.position),
    });
    dialog.close();
  });
}

/** "No QR" of a venue that has one: the other reason, or so it is all the same. */
function doubtful(change, keep) {
  return el(
    "div.doubt",
    { role: "alert", hidden: true },
    el("p", {}, t("field.doubt.has_qr")),
    el("button", { onclick: change, "data-action": "other-reason" }, t("field.reason.not_scanning")),
    el("button", { onclick: keep, "data-action": "same-reason" }, t("field.doubt.keep")),
  );
}

/** Note, photograph, signature: each optional. */
function extras(said) {
  const note = el("textarea", { rows: 2, maxLength: 500, "aria-label": t("field.note"), placeholder: t("field.note") });
  const refused = el("input", { type: "checkbox" });
  const told = el("p.quiet", { role: "status" });
  const word = el("span", {}, t("field.photo.take"));
  const camera = el("input", { type: "file", accept: "image/*", className: "for-screen-readers" });
  camera.setAttribute("capture", "environment");
  camera.addEventListener("change", async () => {
    if (!camera.files.length) return;
    try {
      said.photo = await shrunk(camera.files[0]);
      told.textContent = t("field.photo.taken", { kilobytes: Math.round(said.photo.size / 1024) });
      word.textContent = t("field.photo.again");
    } catch {
      told.textContent = t("field.photo.unusable");
    }
  });
  const element = el(
    "details.extras",
    {},
    el("summary", {}, t("field.more_options")),
    note,
    el("label.button.camera", {}, camera, word),
    told,
    el("label.check", {}, refused, t("field.refused_to_sign")),
  );
  const payload = (place) => ({
    ...(note.value.trim() && { note: note.value.trim() }),
    ...(refused.checked && { refused_to_sign: true }),
    ...(place && { lon: place.lon, lat: place.lat }),
  });
  return { element, payload };
}

/** What anybody has recorded here, asked for when it is opened. */
function history(screen, venue) {
  const rows = el("ul.history");
  const element = el("details", {}, el("summary", {}, t("field.history")), rows);
  element.addEventListener("toggle", async () => {
    if (!element.open) return;
    try {
      const response = await asked(`/field/recorded.json?venue=${encodeURIComponent(venue.code)}`);
      const { recorded } = await response.json();
      fill(rows, recorded.length ? recorded.map((row) => line(screen, venue, row)) : el("li", {}, t("field.history.none")));
    } catch (error) {
      if (error instanceof SignIn) screen.lock(error);
      fill(rows, el("li", {}, t("field.history.offline")));
    }
  });
  return element;
}

function line(screen, venue, row) {
  const gone = row.withdrawn_on && t("field.history.withdrawn", { day: day(row.withdrawn_on), by: row.withdrawn_by, why: row.withdrawn_why });
  const mayWithdraw = !row.withdrawn_on && screen.venues.taken.account.may_confirm;
  return el(
    "li",
    {},
    el("strong", {}, `${day(row.day)} · ${t(`field.reason.${row.reason}`)}`),
    el("span", {}, [row.recorded_by, row.note].filter(Boolean).join(" · ")),
    gone && el("span.gone", {}, gone),
    mayWithdraw && el("button", { onclick: () => withdraw(screen, { id: row.id, venue: venue.code, venueName: venue.name }) }, t("field.withdraw")),
  );
}

/** Ask for the reason and record the withdrawal of `record` ({id, venue, venueName}). */
export function withdraw(screen, record) {
  const why = el("textarea", { rows: 2, maxLength: 300, "aria-label": t("field.withdraw.why"), placeholder: t("field.withdraw.why") });
  const done = el("button.primary", { disabled: true, "data-action": "withdraw" }, t("field.withdraw"));
  why.addEventListener("input", () => (done.disabled = !why.value.trim()));
  const dialog = sheet({ title: `${t("field.withdraw")}: ${record.venueName || ""}`, body: [why], actions: [done] });
  once(done, async () => {
    await screen.record({
      kind: "withdrawal",
      about: record.id,
      aboutVenue: record.venue,
      venueName: record.venueName,
      payload: { why: why.value.trim() },
    });
    dialog.close();
  });
}

function wrong(screen, venue) {
  return el(
    "details",
    {},
    el("summary", {}, t("field.wrong")),
    el(
      "div.choices",
      {},
      el("button", { onclick: () => screen.propose("proposal_move", venue) }, t("field.propose.move")),
      el("button", { onclick: () => screen.propose("proposal_closure", venue) }, t("field.propose.closure")),
      el("button", { onclick: () => screen.scan(venue) }, t("field.scan.here")),
    ),
  );
}

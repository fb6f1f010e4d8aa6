/* What was found on the way today, on this phone: places that the register lacks, and visits that nobody had planned. It is
   in the lists at once, with or without a network, long before the office has decided. */

import { begun, el, fold, t } from "./dom.mjs";
import { isTakenBack } from "./queue.mjs";
import { openVisit } from "./visit.mjs";

function ofToday(screen, isFound) {
  const today = new Date().toDateString();
  return screen.queue.mine.filter((record) => isFound(record) && !record.withdrawn && !isTakenBack(screen.queue, record) && new Date(record.happenedAt).toDateString() === today);
}

const isNew = (record) => record.kind === "proposal_new" && record.state !== "refused";

/** Places proposed today that `words` name, as rows of the list. */
export function proposed(screen, words) {
  const parts = fold(words).split(" ").filter(Boolean);
  const fits = (record) => parts.every((part) => fold(`${record.venueName} ${record.payload.address || ""}`).includes(part));
  return ofToday(screen, (record) => isNew(record) && fits(record) && !screen.venues.byCode.has(record.answer?.made)).map((record) => line(screen, record));
}

/** All of it, with a heading; null where there is nothing. */
export function found(screen) {
  const records = ofToday(screen, (record) => isNew(record) || (record.kind === "visit" && !record.payload.case));
  if (!records.length) return null;
  return [el("h3", {}, t("field.found.title", { count: records.length })), el("ul.stops", {}, records.map((record) => line(screen, record)))];
}

function line(screen, record) {
  const known = screen.venues.byCode.get(record.answer?.made || record.venue);
  const place = record.payload.lat ? `${record.payload.lat},${record.payload.lon}` : null;
  const what = record.kind === "visit" ? begun(t(`case.outcome.${record.payload.outcome}`)) : t(known ? "field.found.in_register" : "field.found.proposed");
  const isVisitable = isNew(record) && !known && !screen.queue.mine.some((other) => other.kind === "visit" && other.about === record.id && !other.withdrawn);
  const visit = () => openVisit(screen, { name: record.venueName, address: record.payload.address, proposal: record.id });
  return el(
    "li.found",
    { "data-found": record.id },
    el("p", {}, el("b", {}, record.venueName)),
    el("p.address", {}, [record.payload.address, what].filter(Boolean).join(" · ")),
    el("div.choices", {}, place && el("a.button", { href: `geo:${place}?q=${place}` }, t("field.route.go")), known && el("button", { onclick: () => screen.open(known) }, t("field.found.open")), isVisitable && el("button", { onclick: visit, "data-action": "visit" }, t("field.visit.open"))),
  );
}

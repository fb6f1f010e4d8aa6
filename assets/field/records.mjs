/* What was recorded on this phone: each record with how far it has come, and what its author can still do with it. */

import { once, sheet } from "./dialog.mjs";
import { day, el, fill, has, moment, t } from "./dom.mjs";
import { isOffices, isProposal, isTakenBack } from "./queue.mjs";
import { withdraw } from "./sheet.mjs";
import { openVisit } from "./visit.mjs";

export class RecordsView {
  constructor(screen) {
    this.screen = screen;
    this.rows = el("ul.records");
    this.send = el("button.primary.wide", { onclick: () => screen.queue.send() }, t("field.records.send"));
    this.element = el("section", {}, el("h2", {}, t("field.records.title")), this.send, this.rows);
  }

  draw() {
    const { queue } = this.screen;
    const mine = [...queue.mine].reverse();
    this.send.hidden = !queue.unsent.length;
    fill(this.rows, mine.length ? mine.map((record) => this.line(record)) : el("li.empty", {}, t("field.records.none")));
  }

  line(record) {
    const { state, words } = told(record);
    const what = [t(`field.kind.${record.kind}`), record.reason && t(`field.reason.${record.reason}`), record.payload.outcome && t(`case.outcome.${record.payload.outcome}`)].filter(Boolean).join(" · ");
    return el(
      `li.record.${state}`,
      { "data-state": state, "data-record": record.id },
      el("strong", {}, record.venueName || record.payload.name || record.venue || ""),
      el("span", {}, `${what} · ${record.statedDay ? day(record.statedDay) : moment(record.happenedAt)}`),
      el("span.said", {}, words),
      record.photoLost && el("span.said", {}, t("field.photo.lost")),
      record.signatureLost && el("span.said", {}, t("field.sign.lost")),
      this.actions(record, state),
    );
  }

  actions(record, state) {
    if (record.asksDay) return el("div.choices", {}, el("button", { onclick: () => askDay(this.screen, record), "data-action": "day" }, t("field.clock.ask")));
    if (isVisit(record)) return this.visitActions(record, state);
    if (record.kind !== "reminder") return null;
    const { screen } = this;
    const open = screen.queue.mine.some((other) => other.about === record.id && other.state !== "refused");
    if (open || !record.sent || !["applied", "duplicate", "conflict"].includes(state)) return null;
    const mayWithdraw = state === "conflict" || isToday(record) || screen.venues.taken?.account.may_confirm;
    const canConfirm = state === "conflict" && record.answer.why !== "gone";
    const confirm = () => screen.record({ kind: "confirmation", about: record.id, venueName: record.venueName });
    return el(
      "div.choices",
      {},
      canConfirm && el("button", { onclick: confirm, "data-action": "confirm" }, t("field.confirm")),
      mayWithdraw && el("button", { onclick: () => withdraw(screen, record), "data-action": "withdraw" }, t("field.withdraw")),
    );
  }

  /** A visit that was not taken is kept until its author has put it right or dropped it; one that was, or waits to be sent,
      can be withdrawn on its day, and be recorded again. */
  visitActions(record, state) {
    const { screen } = this;
    if (isTakenBack(screen.queue, record)) return null;
    if (mayTakeBack(record, state)) {
      if (record.payload.signed === "signed") return el("span.quiet", {}, t("case.refused.withdraw.signed"));
      return el("div.choices", {}, el("button", { onclick: () => withdraw(screen, record), "data-action": "withdraw" }, t("field.withdraw")));
    }
    if (state !== "conflict") return null;
    const known = screen.venues.byCode.get(record.venue) || { code: record.venue, name: record.venueName };
    const planned = record.payload.case && !OVER.includes(record.answer?.why) && { case: record.payload.case, kind: record.payload.kind };
    const again = () => openVisit(screen, { ...known, case: null, ...planned }, record);
    const drop = () => confirm(t("field.clock.drop_sure")) && screen.drop(record, t("field.visit.dropped"));
    return el(
      "div.choices",
      {},
      record.kind === "visit" && !record.about && el("button", { onclick: again, "data-action": "again" }, t("field.visit.again")),
      el("button", { onclick: drop, "data-action": "drop-visit" }, t("field.clock.drop")),
    );
  }
}

const isToday = (record) => new Date(record.statedDay ?? record.happenedAt).toDateString() === new Date().toDateString();
const mayTakeBack = (record, state) => record.kind === "visit" && isToday(record) && (record.sent ? state === "applied" : !record.about);
const isVisit = (record) => ["visit", "visit_missed"].includes(record.kind);
const OVER = ["state", "gone"]; // its case is over, or not this venue's any more: what was found is a visit of its own

const DAYS_TAKEN = 60;

/** Ask on which day a record was made whose time the phone's clock does not tell; `record.asksDay` is the server's today. */
function askDay(screen, record) {
  const first = new Date(Date.parse(record.asksDay) - DAYS_TAKEN * 86400e3).toISOString().slice(0, 10);
  const chosen = el("input", { type: "date", min: first, max: record.asksDay, "aria-label": t("field.clock.day") });
  const send = el("button.primary", { disabled: true, "data-action": "state-day" }, t("field.clock.send"));
  const drop = el("button", { "data-action": "drop" }, t("field.clock.drop"));
  chosen.addEventListener("input", () => (send.disabled = !chosen.value || !chosen.validity.valid));
  const dialog = sheet({
    title: `${t("field.clock.ask")} ${record.venueName || ""}`,
    body: [el("p", {}, t("field.clock.said", { moment: moment(record.happenedAt) })), chosen],
    actions: [send, drop],
  });
  once(send, async () => {
    await screen.queue.stateDay(record.seq, chosen.value);
    dialog.close();
  });
  drop.addEventListener("click", async () => {
    if (!confirm(t("field.clock.drop_sure"))) return;
    await screen.queue.undo(record.seq);
    dialog.close();
  });
}

/** The state of a record and the sentence for it. */
function told(record) {
  if (record.withdrawn) return { state: "withdrawn", words: t("field.state.withdrawn") };
  if (record.asksDay) return { state: "conflict", words: t("field.why.clock") };
  if (!record.sent) return { state: "waiting", words: t("field.state.waiting") };
  if (record.state === "waiting") return { state: "received", words: t(isOffices(record) ? "field.state.proposed" : "field.state.received") };
  if (isProposal(record) && record.state === "applied") return { state: "applied", words: t("field.state.accepted") };
  const { why, by, registered_on: registered, last_scan: scanned } = record.answer || {};
  const refused = OVER.includes(why) ? "field.why.over" : `case.refused.${why}`;
  const reason = (isVisit(record) || why?.startsWith("withdraw.") || why === "not_police") && has(refused) ? t(refused, valuesOf(record.answer)) : has(`field.why.${why}`) && t(`field.why.${why}`, { day: day(registered || scanned) });
  const state = record.kind === "visit_missed" && record.state === "duplicate" ? "field.state.missed_before" : `field.state.${record.state}`;
  const taken = record.kind === "stop_claim" && record.state === "applied" && by && t("field.route.taken_from", { name: by });
  const next = record.answer?.next && t("field.visit.next", { day: day(record.answer.next) });
  const words = [t(state, { by: by || "" }), record.state !== "duplicate" && reason, taken, next];
  return { state: record.state, words: words.filter(Boolean).join(". ") };
}

/** Values of a refusal's sentence, as a reader writes them. */
function valuesOf({ values = {} }) {
  const isDay = (value) => /^\d{4}-\d\d-\d\d$/.test(value);
  const said = (name, value) => (name === "state" ? t(`case.state.${value || "new"}`) : isDay(value) ? day(value) : value);
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, said(name, value)]));
}

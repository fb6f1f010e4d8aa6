/* What was recorded on this phone: each record with how far it has come, and what its author can still do with it. */

import { day, el, fill, has, moment, t } from "./dom.mjs";
import { withdraw } from "./sheet.mjs";

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
    const what = [t(`field.kind.${record.kind}`), record.reason && t(`field.reason.${record.reason}`)].filter(Boolean).join(" · ");
    return el(
      `li.record.${state}`,
      { "data-state": state, "data-record": record.id },
      el("strong", {}, record.venueName || record.payload.name || record.venue || ""),
      el("span", {}, `${what} · ${moment(record.happenedAt)}`),
      el("span.said", {}, words),
      record.photoLost && el("span.said", {}, t("field.photo.lost")),
      this.actions(record, state),
    );
  }

  actions(record, state) {
    if (record.kind !== "reminder") return null;
    const { screen } = this;
    const open = screen.queue.mine.some((other) => other.about === record.id && other.state !== "refused");
    if (open || !record.sent || !["applied", "duplicate", "conflict"].includes(state)) return null;
    const isToday = new Date(record.happenedAt).toDateString() === new Date().toDateString();
    const mayWithdraw = state === "conflict" || isToday || screen.venues.taken?.account.may_confirm;
    const canConfirm = state === "conflict" && record.answer.why !== "gone";
    const confirm = () => screen.record({ kind: "confirmation", about: record.id, venueName: record.venueName });
    return el(
      "div.choices",
      {},
      canConfirm && el("button", { onclick: confirm, "data-action": "confirm" }, t("field.confirm")),
      mayWithdraw && el("button", { onclick: () => withdraw(screen, record), "data-action": "withdraw" }, t("field.withdraw")),
    );
  }
}

/** The state of a record and the sentence for it. */
function told(record) {
  if (record.withdrawn) return { state: "withdrawn", words: t("field.state.withdrawn") };
  if (!record.sent) return { state: "waiting", words: t("field.state.waiting") };
  if (record.state === "waiting") {
    const isProposal = record.kind.startsWith("proposal");
    return { state: "received", words: t(isProposal ? "field.state.proposed" : "field.state.received") };
  }
  const { why, by, registered_on: registered, last_scan: scanned } = record.answer || {};
  const reason = has(`field.why.${why}`) && t(`field.why.${why}`, { day: day(registered || scanned) });
  const words = [t(`field.state.${record.state}`, { by: by || "" }), record.state !== "duplicate" && reason];
  return { state: record.state, words: words.filter(Boolean).join(". ") };
}

/* The dialog of an action: the form, what will happen at each venue, doing it piece by piece, and what became of it. */

import { el, fill, said } from "./elements.mjs";
import { formOf } from "./form.mjs";
import { listOf } from "./lists.mjs";
import { ask, inPieces } from "./sending.mjs";

const PAUSE_MS = 350;
/** Open the dialog of the action for `venues` (codes), or for all that the filters of an address let through.
    Resolves when it closes: whether anything was done; null: the server did not answer, and there is no dialog. */
export async function openDialog(key, { venues, filters }) {
  const told = await ask("/actions/").catch(() => null);
  const action = told?.actions.find((each) => each.key === key);
  if (!action) return null;
  return new Promise((resolve) => new Dialog(action, told, resolve).open(venues, filters));
}

class Dialog {
  constructor(action, told, closed) {
    this.action = action;
    this.told = told;
    this.closed = closed;
    this.client = number();
    this.isDone = false;
    this.turn = 0;
    this.form = formOf(action, told.day, () => this.changed());
    this.what = el("div", { className: "action-what", role: "status" });
    this.bar = el("progress", { hidden: true });
    this.confirm = el("input", { type: "checkbox", onchange: () => this.offer() });
    this.sure = el("label", { className: "action-sure", hidden: true }, this.confirm, el("span"));
    this.go = el("button", { type: "button", className: "action-go", disabled: true, onclick: () => this.doIt() }, action.go);
    this.away = el("button", { type: "button", onclick: () => this.element.close() }, this.t("cancel"));
    this.title = el("h2", { id: "action-title", tabIndex: -1 }, action.title);
    this.element = el(
      "dialog",
      { className: "action-dialog", onclose: () => this.leave() },
      this.title,
      el("div", { className: "action-body" }, this.form.element, el("h3", {}, this.t("first")), this.bar, this.what, this.sure),
      el("div", { className: "action-buttons" }, this.away, this.go),
    );
    this.element.setAttribute("aria-labelledby", "action-title");
    this.element.setAttribute("role", "dialog");
    this.element.dataset.action = action.key;
  }

  t(key, values) {
    return said(this.told.texts[key], values);
  }

  async open(venues, filters) {
    document.body.append(this.element);
    this.element.showModal();
    this.title.focus();
    try {
      this.venues = venues || (await ask(`/actions/venues${filters}`)).venues;
    } catch {
      return this.say(this.t("failed"));
    }
    if (!this.venues.length) return this.say(this.t("none"));
    if (this.venues.length > this.told.most) return this.say(this.t("too_many", { most: this.told.most }));
    return this.look();
  }

  say(text) {
    fill(this.what, el("p", {}, text));
  }

  changed() {
    this.forget();
    this.go.disabled = true;
    this.pause = setTimeout(() => this.venues && this.look(), PAUSE_MS);
  }

  /** Whatever is being asked about is of a form that holds no more. */
  forget() {
    clearTimeout(this.pause);
    this.turn += 1;
  }

  sent(path, confirmed) {
    return { path: `/actions/${this.action.key}${path}`, body: { form: this.form.values(), client: this.client, confirmed } };
  }

  /** What would happen, asked of the server; a form that has changed meanwhile asks again. */
  async look() {
    const turn = ++this.turn;
    this.lines = null;
    this.sure.hidden = true;
    if (!this.form.isComplete()) return this.say(this.t("missing"));
    const progress = (done, total) => {
      if (turn !== this.turn) return false;
      this.moved(done, total);
      this.say(this.t("looking", { done, total }));
      return true;
    };
    const answer = await inPieces(this.sent("/preview", false), this.venues, this.told.piece, progress);
    if (turn !== this.turn) return undefined;
    this.bar.hidden = true;
    if (answer.sentence) return this.say(answer.sentence);
    if (answer.failed) return this.say(this.t("failed"));
    this.lines = answer.lines;
    return this.tellPreview();
  }

  tellPreview() {
    const of = (state) => this.lines.filter((line) => line.state === state);
    const asks = of("asks").length;
    if (this.lines.length === 1) fill(this.what, el("p", { className: `action-line ${this.lines[0].state}` }, `${this.lines[0].name}: ${this.lines[0].text}`));
    else {
      fill(
        this.what,
        listOf(this.t("will", { count: of("done").length }), of("done"), "done", this.told.texts),
        listOf(this.t("will_ask", { count: asks }), of("asks"), "asks", this.told.texts),
        listOf(this.t("will_not", { count: of("refused").length }), of("refused"), "refused", this.told.texts),
      );
    }
    this.confirm.checked = false;
    this.sure.hidden = !asks;
    this.sure.lastChild.textContent = this.t("confirm", { count: asks });
    this.offer();
  }

  wanted() {
    const does = (line) => line.state === "done" || (line.state === "asks" && this.confirm.checked);
    return (this.lines || []).filter(does).map((line) => line.venue);
  }

  offer() {
    const count = this.wanted().length;
    this.go.disabled = !count;
    this.go.textContent = this.lines?.length > 1 ? `${this.action.go} (${count})` : this.action.go;
  }

  async doIt() {
    const venues = this.wanted();
    this.forget();
    this.setBusy(true);
    const answer = await inPieces(this.sent("", this.confirm.checked), venues, this.told.piece, (done, total) => {
      this.moved(done, total);
      this.say(this.t("progress", { done, total }));
      return true;
    });
    this.setBusy(false);
    const done = answer.lines.filter((line) => line.state === "done");
    this.isDone ||= done.length > 0;
    if (answer.failed || answer.sentence) return this.say(answer.sentence || this.t("failed")); // the same press again goes on
    const rest = [...answer.lines, ...this.lines.filter((line) => !venues.includes(line.venue))];
    return this.tellDone("done", done, rest.filter((line) => line.state !== "done"), this.action.undo && done.length > 0);
  }

  /** What became of it, and the way back where there is one. */
  tellDone(key, done, rest, mayUndo) {
    this.lines = null;
    fill(
      this.what,
      listOf(this.t(key, { count: done.length }), done, "done", this.told.texts),
      rest.length && listOf(this.t("not_done", { count: rest.length }), rest, "refused", this.told.texts),
    );
    this.element.classList.add("told");
    this.sure.hidden = true;
    this.away.textContent = this.t("close");
    this.go.textContent = this.t("undo");
    this.go.hidden = !mayUndo;
    this.go.disabled = false;
    this.go.onclick = () => this.undo(done.map((line) => line.venue));
    this.away.focus();
  }

  async undo(venues) {
    this.setBusy(true);
    const answer = await inPieces(this.sent("/undo", false), venues, this.told.piece, (done, total) => {
      this.moved(done, total);
      return true;
    });
    this.setBusy(false);
    if (answer.failed || answer.sentence) return this.say(answer.sentence || this.t("failed"));
    const undone = answer.lines.filter((line) => line.state === "done");
    return this.tellDone("undone", undone, answer.lines.filter((line) => line.state !== "done"), false);
  }

  setBusy(isBusy) {
    this.go.disabled = isBusy;
    this.sure.hidden = true;
    this.form.element.inert = isBusy;
    if (!isBusy) this.bar.hidden = true;
  }

  moved(done, total) {
    this.bar.hidden = total <= this.told.piece;
    this.bar.max = total;
    this.bar.value = done;
  }

  leave() {
    this.forget();
    this.element.remove();
    this.closed(this.isDone);
  }
}

/** A number for one act; made of random bytes, since an address without https knows no randomUUID. */
function number() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/* What was recorded, and its way to the server: in order, until the server has answered for each. Sending something twice
   records it once (the server knows the record's number), so that whatever has no answer is simply sent again.

   The queue belongs to a login: what one officer recorded is never sent under another's name.

   The server puts a wrong clock right by what it says as it sends. Where the clock has been set since a record was made
   (it is seen going back, here or by the server), the record waits (`asksDay`) until its author has said the day. */

import { addRecord, changeRecord, forgetRecord, keepMeta, meta, records } from "./store.mjs";

const BATCH = 20;
const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 5 * 60 * 1000;
const ASK_AGAIN_MS = 5000;
const ASK_OFFICE_MS = 10 * 60 * 1000; // a proposal may wait for days
const KEPT_DAYS = 30;
const CLOCK_TOLERATED_MS = 2 * 60 * 1000;
const PAGE = crypto.randomUUID(); // performance.now() counts from when this page was opened
const UNDO_MS = 6000;
const DONE = ["applied", "duplicate", "conflict", "refused"];

export class Queue extends EventTarget {
  constructor() {
    super();
    this.login = null;
    this.all = [];
    this.pause = FIRST_PAUSE_MS;
    this.timer = null;
    this.trying = new Set();
    this.heard = 0;
    addEventListener("online", () => this.soon(0));
    addEventListener("pageshow", () => this.soon(0));
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.soon(0));
  }

  /** Take up what the phone has kept, as `login`. */
  async open(login) {
    this.login = login;
    await this.reread();
    for (const record of this.all.filter(isDropped)) await changeRecord(record.seq, { sent: false, settled: false, asksDay: record.answer.today });
    await this.reread();
    const old = Date.now() - KEPT_DAYS * 86400e3;
    for (const record of this.all) {
      const at = record.sentAt ?? Date.parse(record.happenedAt);
      if ((record.settled || (record.sent && isOffices(record))) && at < old) await forgetRecord(record.seq);
    }
    await this.reread();
    this.soon(0);
  }

  /** Remember what the clock said as the server answered: no later record can be of before. */
  async hear() {
    this.heard = Date.now();
    await keepMeta("heard", this.heard);
  }

  async reread() {
    this.all = await records();
    this.heard = this.heard || (await meta("heard")) || 0;
    this.dispatchEvent(new Event("change"));
  }

  get mine() {
    return this.all.filter((record) => record.login === this.login);
  }

  get unsent() {
    return this.mine.filter((record) => !record.sent);
  }

  /** Records whose day their author must say before they can be sent. */
  get asking() {
    return this.unsent.filter((record) => record.asksDay);
  }

  /** How many unsent records other accounts have on this phone, by login. */
  get others() {
    const counts = new Map();
    for (const record of this.all) {
      if (record.login !== this.login && !record.sent) counts.set(record.login, (counts.get(record.login) || 0) + 1);
    }
    return counts;
  }

  /** Keep a record; it is sent once `UNDO_MS` have passed. Resolves when it is on the disk, with its place. */
  async add(record) {
    const whole = {
      id: crypto.randomUUID(),
      login: this.login,
      happenedAt: new Date().toISOString(),
      holdUntil: Date.now() + UNDO_MS,
      sent: false,
      settled: false,
      state: "waiting",
      answer: null,
      payload: {},
      page: PAGE,
      ticks: performance.now(),
      heardBefore: Date.now() < this.heard - CLOCK_TOLERATED_MS ? this.heard : null,
      ...record,
    };
    const seq = await addRecord(whole);
    await this.reread();
    this.soon(UNDO_MS + 100);
    return { ...whole, seq };
  }

  /** Take a record away that has not been sent; false where it has. */
  async undo(seq) {
    const known = this.all.find((record) => record.seq === seq);
    if (!known || known.sent || this.trying.has(seq)) return false;
    await forgetRecord(seq);
    await this.reread();
    return true;
  }

  /** Let a record go with the day that its author says. */
  async stateDay(seq, day) {
    await changeRecord(seq, { asksDay: null, statedDay: day, state: "waiting" });
    await this.reread();
    this.soon(0);
  }

  soon(milliseconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), milliseconds);
  }

  /** Send what can be sent. One tab at a time; what another tab sends is found in the store. */
  async send() {
    if (!this.login) return;
    const work = async (lock) => {
      if (!lock) return this.soon(ASK_AGAIN_MS);
      try {
        await this.reread();
        while (await this.sendSome());
        this.pause = FIRST_PAUSE_MS;
      } catch (error) {
        if (error instanceof SignIn) return this.signInNeeded(error);
        if (error instanceof OtherAccount) return this.dispatchEvent(new Event("other"));
        this.soon(this.pause);
        this.pause = Math.min(this.pause * 2, LONGEST_PAUSE_MS);
      }
    };
    if (navigator.locks) await navigator.locks.request("field-send", { ifAvailable: true }, work);
    else await work(true);
    this.dispatchEvent(new Event("change"));
  }

  async sendSome() {
    const due = [];
    const now = Date.now();
    for (const record of this.mine.filter((known) => isDue(known, now))) {
      if (heldFor(record, now)) {
        this.soon(heldFor(record, now) + 100); // those after it wait as well: order is kept
        break;
      }
      due.push(record);
      if (due.length === BATCH) break;
    }
    const unsent = due.filter((record) => !record.sent);
    if (!due.length) return false;
    if (!navigator.onLine) return false;
    for (const record of unsent) this.trying.add(record.seq);
    let answers;
    try {
      for (const record of unsent) await this.sendPictures(record);
      answers = await this.post(due);
      for (const [index, record] of due.entries()) await this.settle(record, answers[index]);
    } finally {
      for (const record of unsent) this.trying.delete(record.seq);
      await this.reread();
    }
    this.dispatchEvent(new CustomEvent("answered", { detail: answers }));
    const open = this.mine.filter((record) => record.sent && !record.settled && !isOffices(record));
    if (open.length) this.soon(ASK_AGAIN_MS);
    return this.unsent.some((record) => !record.asksDay && !heldFor(record, Date.now()));
  }

  async sendPictures(record) {
    for (const name of ["photo", "signature"]) if (record[name] && !record[`${name}Sha`]) await this.sendPicture(record, name);
  }

  async sendPicture(record, name) {
    const response = await asked(`/field/photos?login=${encodeURIComponent(this.login)}`, {
      method: "POST",
      headers: { "Content-Type": name === "photo" ? "image/jpeg" : "image/png" },
      body: record[name],
    });
    if (response.ok) {
      const { sha256 } = await response.json();
      record[`${name}Sha`] = sha256;
      await changeRecord(record.seq, { [`${name}Sha`]: sha256 });
    } else if ([413, 415, 422].includes(response.status)) {
      // Never to be taken: the record itself must not wait for it.
      record[name] = null;
      await changeRecord(record.seq, { [name]: null, [`${name}Lost`]: true });
    } else throw new Error(`${name}: ${response.status}`);
  }

  async post(due) {
    const response = await asked("/field/events", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ login: this.login, sent_at: new Date().toISOString(), events: due.map(asSent) }),
    });
    if (!response.ok) throw new Error(`events: ${response.status}`);
    const { answers } = await response.json();
    await this.hear();
    if (answers.length !== due.length) throw new Error("an answer is missing");
    return answers;
  }

  async settle(record, answer) {
    if (answer.why === "clock") return changeRecord(record.seq, { state: "conflict", answer, asksDay: answer.today, statedDay: null });
    await changeRecord(record.seq, {
      sent: true,
      settled: DONE.includes(answer.state),
      sentAt: record.sentAt ?? Date.now(),
      askedAt: Date.now(),
      state: answer.state,
      answer,
      photo: null, // the server has them now
      signature: null,
    });
    if (record.about && record.kind !== "visit" && answer.state === "applied") await this.settleAbout(record, answer);
  }

  /** What a confirmation or a withdrawal does to the record that it is about. */
  async settleAbout(record, answer) {
    const about = this.all.find((known) => known.id === record.about);
    if (!about) return;
    const changes = record.kind === "withdrawal" ? { withdrawn: true } : { state: answer.about || "applied" };
    await changeRecord(about.seq, { ...changes, answer: { ...about.answer, ...answer, why: about.answer?.why } });
  }

  signInNeeded(error) {
    this.dispatchEvent(new CustomEvent("ended", { detail: error }));
    this.soon(LONGEST_PAUSE_MS); // somebody may have signed in in another window
  }
}

/** Whether somebody has asked to take `record` back, and it has not been refused. */
export const isTakenBack = (queue, record) => queue.mine.some((other) => other.kind === "withdrawal" && other.about === record.id && other.state !== "refused");

export const isProposal = (record) => record.kind.startsWith("proposal");

/** Whether the office decides on what becomes of `record`: a proposal, or a visit of a place that is proposed. */
export const isOffices = (record) => isProposal(record) || (record.kind === "visit" && Boolean(record.about));

/** Whether the server is to be told of `record`, or asked what has become of it. */
function isDue(record, now) {
  if (record.settled || record.asksDay) return false;
  return !record.sent || !isOffices(record) || now - (record.askedAt ?? 0) > ASK_OFFICE_MS;
}

/** Whether a screen of before, which could not ask for the day, took for the last word that a record was not kept. */
const isDropped = (record) => record.sent && record.state === "conflict" && record.answer?.why === "clock";

/** For how long a record is still held back to be undone; a clock that was ahead must not hold it for days. */
function heldFor(record, now) {
  const left = record.holdUntil - now;
  return left > 0 && left <= UNDO_MS ? left : 0;
}

function asSent(record) {
  const { id, kind, happenedAt, venue, reason, about, photoSha, signatureSha, statedDay } = record;
  const payload = signatureSha ? { ...record.payload, signature: signatureSha } : record.payload;
  const said = { id, kind, happened_at: happenedAt, venue, reason, about, payload, photo: photoSha };
  return { ...said, stated_day: statedDay, clock_is_doubtful: clockWasSet(record) };
}

/** Whether the clock has been set since `record` was made: it was behind what it had said before, and is not now; or it
   has gone less far than the time that this page has been open. */
function clockWasSet(record) {
  if (record.heardBefore && Date.now() >= record.heardBefore - CLOCK_TOLERATED_MS) return true;
  const gone = Date.now() - Date.parse(record.happenedAt);
  return record.page === PAGE && gone < performance.now() - record.ticks - CLOCK_TOLERATED_MS;
}

/** The server has said that the session is over, or `isBegun` and still lacks something; `address`: where to go for it. */
export class SignIn extends Error {
  constructor({ error, address }) {
    super(error);
    this.isBegun = error !== "sign_in";
    this.address = address;
  }
}

/** The session is another account's. */
class OtherAccount extends Error {}

/** A request to our own server; 409: what is sent is another account's. Only its own word for an ended session is a
    SignIn: a network that wants its users to sign in with it (a hotel's, say) redirects or answers in its own way, and has
    said nothing about ours. */
export async function asked(address, options = {}) {
  const response = await fetch(address, { credentials: "same-origin", cache: "no-store", redirect: "manual", ...options });
  if (response.type === "opaqueredirect") throw new Error(`${address}: redirected`);
  if (response.status === 401) {
    const told = await response.json();
    if (told.error) throw new SignIn(told);
  }
  if (response.status === 409) throw new OtherAccount();
  return response;
}

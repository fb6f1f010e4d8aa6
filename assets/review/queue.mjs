// Pairs to decide about, always some ahead, and decisions on their way to the server. What has not been answered lies in
// localStorage and is sent again, after a lost connection or after the page was closed: the server does a decision twice
// as it does it once.
import { text } from "./elements.mjs";

const BATCH = 10;
const MOST_AT_ONCE = 100;
const SEND_AFTER_MS = 800;
const RETRY_MS = 3000;
const AHEAD = 8; // pairs left at which more are fetched
const NAMED = 150; // of the newest decisions, named to the server: it may not have heard of them yet

export class Queue {
  pairs = [];
  chosen = 0;
  done = 0;
  total = 0;
  history = [];
  loaded = false;
  #decided = new Set();
  #unsent = [];
  #onTheWay = 0;
  #fetching = false;
  #ended = false;
  #timer = 0;

  /** `tell`: `come(wasEmpty)` when pairs were fetched, `unreachable()`, `say(sentence, wrong)`. */
  constructor({ address, sendTo, keptAs, keyOf, lang, tell }) {
    this.address = address;
    this.sendTo = sendTo;
    this.keptAs = keptAs;
    this.keyOf = keyOf;
    this.lang = lang;
    this.tell = tell;
    try {
      this.#unsent = JSON.parse(localStorage.getItem(keptAs) || "[]");
    } catch {
      this.#unsent = [];
    }
  }

  get current() { return this.pairs[0]; }

  get isRunningLow() { return this.pairs.length <= AHEAD; }

  get hasAllSent() { return this.#unsent.length === 0; }

  /** Look again, though nothing more had come. */
  reopen() { this.#ended = false; }

  #known() {
    return [...this.pairs.map((pair) => this.keyOf(pair)), ...[...this.#decided].slice(-NAMED)].join(",");
  }

  async fetch() {
    if (this.#fetching || this.#ended) return;
    this.#fetching = true;
    try {
      await this.send();
      const asked = this.#decided.size;
      const answer = await fetch(`${this.address}?lang=${this.lang}&without=${this.#known()}`);
      if (!answer.ok) throw new Error(String(answer.status));
      const body = await answer.json();
      // What was decided while the answer was on its way is in it, too, and must not be asked again.
      const there = new Set([...this.pairs.map((pair) => this.keyOf(pair)), ...this.#decided]);
      const come = body.pairs.filter((pair) => !there.has(this.keyOf(pair)));
      const wasEmpty = this.pairs.length === 0;
      this.pairs.push(...come);
      this.#ended = come.length === 0 && this.#decided.size === asked;
      if (come.length === 0 && !this.#ended) setTimeout(() => this.fetch());
      if (!this.loaded) {
        // later answers lag behind what has been decided here meanwhile
        this.done = body.done;
        this.total = body.done + body.open;
      }
      this.loaded = true;
      this.tell.come(wasEmpty);
    } catch {
      this.tell.unreachable();
      setTimeout(() => this.fetch(), RETRY_MS);
    } finally {
      this.#fetching = false;
    }
  }

  /** The pair with `key` is decided, or asked about again. */
  mark(key, isDecided) {
    if (isDecided) this.#decided.add(key);
    else this.#decided.delete(key);
  }

  decide(decision) {
    this.#unsent.push(decision);
    this.#keep();
    clearTimeout(this.#timer);
    if (this.#unsent.length >= BATCH) this.send();
    else this.#timer = setTimeout(() => this.send(), SEND_AFTER_MS);
  }

  async send() {
    if (this.#onTheWay || this.#unsent.length === 0) return;
    const batch = this.#unsent.slice(0, MOST_AT_ONCE);
    this.#onTheWay = batch.length;
    try {
      const answer = await fetch(this.sendTo, {
        method: "POST",
        keepalive: true, // arrives though the page is closed meanwhile
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ decisions: batch }),
      });
      if (!answer.ok && answer.status !== 400) throw new Error(String(answer.status));
      this.#unsent.splice(0, batch.length);
      this.#keep();
      this.tell.say(answer.ok ? text("review.sent") : text("review.not_taken"), !answer.ok);
    } catch {
      this.tell.say(text("review.unsent", { count: this.#unsent.length }), true);
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.send(), RETRY_MS);
    } finally {
      this.#onTheWay = 0;
    }
    if (this.#unsent.length >= BATCH) await this.send();
  }

  /** Before the page goes away; no answer is waited for. */
  sendLast() {
    const decisions = this.#unsent.slice(this.#onTheWay, this.#onTheWay + MOST_AT_ONCE);
    if (decisions.length === 0) return;
    navigator.sendBeacon(this.sendTo, new Blob([JSON.stringify({ decisions })], { type: "application/json" }));
  }

  #keep() {
    try {
      localStorage.setItem(this.keptAs, JSON.stringify(this.#unsent));
    } catch {
      // without storage the decisions still go out, only closing the page within a second loses them
    }
  }
}

/* The venues that the phone has taken along: asked for when there is a network, kept for when there is none. */

import { fold, QUERY } from "./dom.mjs";
import { asked } from "./queue.mjs";
import { forgetMeta, keepMeta, meta } from "./store.mjs";

const HASH_LETTERS = 16;
const METRES_A_DEGREE = 111195;

export class Venues extends EventTarget {
  constructor() {
    super();
    this.taken = null;
    this.list = [];
    this.byCode = new Map();
    this.position = null;
  }

  /** What the phone has of before; null where there is nothing. */
  async open() {
    this.read(await meta("taken"));
    return this.taken;
  }

  /** Ask the server for the list of now; true where it answered. Throws SignIn where the session has ended. */
  async refresh() {
    const headers = this.taken?.etag && this.taken.query === QUERY ? { "If-None-Match": this.taken.etag } : {};
    const response = await asked(`/field/venues.json${QUERY}`, { headers });
    if (response.status === 403) throw new NotAllowed();
    if (response.status === 304) {
      this.taken.at = Date.now();
    } else if (response.ok) {
      this.read({ ...(await response.json()), etag: response.headers.get("ETag"), at: Date.now(), query: QUERY });
    } else return false;
    await this.keep();
    this.dispatchEvent(new Event("change"));
    return true;
  }

  /** Leave nothing of the list, here and in the phone's store. */
  async forget() {
    Object.assign(this, { taken: null, list: [], byCode: new Map() });
    await forgetMeta("taken");
    this.dispatchEvent(new Event("change"));
  }

  keep() {
    return this.taken && keepMeta("taken", { ...this.taken, venues: this.list.map((venue) => this.taken.columns.map((name) => venue[name])) });
  }

  read(taken) {
    if (!taken) return;
    this.taken = taken;
    this.list = taken.venues.map((values) => Object.fromEntries(taken.columns.map((name, index) => [name, values[index]])));
    for (const venue of this.list) {
      venue.folded = fold(`${venue.code} ${venue.name} ${venue.address}`);
      venue.door = doorOf(venue);
    }
    this.byCode = new Map(this.list.map((venue) => [venue.code, venue]));
    taken.venues = null; // the list is what is kept
  }

  /** What the server said of a venue as it answered a record. */
  learn(answer) {
    const venue = answer && this.byCode.get(answer.venue);
    if (!venue) return;
    if (answer.status === null) {
      this.list = this.list.filter((known) => known !== venue); // closed: it is in no list
      this.byCode.delete(venue.code);
    } else Object.assign(venue, { status: answer.status, counted: answer.counted, last: answer.last });
  }

  /** What a venue needs: no_qr, not_scanning, police, suspended or nothing; `done`: was there today. */
  need(venue) {
    const done = venue.last === this.taken.day;
    if (venue.status === "suspended") return { kind: "suspended", reason: null, isDue: false, done };
    if (venue.status === "scanning") return { kind: "nothing", reason: null, isDue: false, done };
    const reason = venue.has_qr ? "not_scanning" : "no_qr";
    const kind = venue.status === "violating" ? "police" : reason;
    return { kind, reason, isDue: !done, done };
  }

  /** Metres from here; null where either place is not known. */
  distance(venue) {
    if (!this.position || venue.lat === null) return null;
    const north = (venue.lat - this.position.lat) * METRES_A_DEGREE;
    const east = (venue.lon - this.position.lon) * METRES_A_DEGREE * Math.cos((this.position.lat * Math.PI) / 180);
    return Math.hypot(north, east);
  }

  /** Venues that `words` name, nearest first, or by street and address where the position is not known. */
  found(words, isWanted, byStreet) {
    const parts = fold(words).split(" ").filter(Boolean);
    const rows = this.list.filter((venue) => isWanted(venue) && parts.every((part) => venue.folded.includes(part)));
    if (this.position && !byStreet) {
      const far = new Map(rows.map((venue) => [venue, this.distance(venue) ?? Infinity]));
      return rows.sort((a, b) => far.get(a) - far.get(b));
    }
    const compare = new Intl.Collator("vi", { numeric: true }).compare;
    return rows.sort((a, b) => compare(a.street || "\uffff", b.street || "\uffff") || compare(a.address, b.address));
  }

  /** The venue whose printed code holds `content`. */
  async ofCode(content) {
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(content));
    const hex = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return this.list.find((venue) => venue.qr === hex.slice(0, HASH_LETTERS)) || null;
  }
}

/** The door of an address: "Số 46 ngõ 87, phố Lê Lợi" gives "46 ngõ 87"; without a street, the number it begins with. */
function doorOf({ address, street }) {
  const said = (address || "").replace(/^số\s+/i, "");
  const end = street ? said.lastIndexOf(street) : -1;
  if (end < 0) return said.match(/^\S*\d[^\s,]*/)?.[0] || "";
  return said.slice(0, end).replace(/[\s,]*(phố|đường)?[\s,]*$/i, "");
}

export class NotAllowed extends Error {}

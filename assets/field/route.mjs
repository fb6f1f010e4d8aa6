/* The stops of the officer's teams, taken along: asked for when there is a network, kept for when there is none, with
   what was recorded on this phone since laid over it. */

import { asked, isTakenBack } from "./queue.mjs";
import { forgetMeta, keepMeta, meta } from "./store.mjs";

const VISITS = ["visit", "visit_missed"];

export class Route extends EventTarget {
  constructor() {
    super();
    this.taken = null;
  }

  /** What the phone has of before, if it is `login`'s. */
  async open(login) {
    const kept = await meta("route");
    this.taken = kept?.login === login ? kept : null;
  }

  /** Ask for the route of now; a server that has none to give leaves what is there. */
  async refresh() {
    const headers = this.taken?.etag ? { "If-None-Match": this.taken.etag } : {};
    const response = await asked("/field/route.json", { headers });
    if (response.ok) {
      const told = await response.json();
      const known = this.taken?.login === told.login ? this.taken : { routes: [] };
      const before = known.routes.filter(({ day }) => day >= told.day); // of a day that is over nothing is new
      const news = { ...(known.day === told.day && known.news), ...changes(before, told.routes) };
      this.taken = { ...told, news, etag: response.headers.get("ETag"), at: Date.now() };
    } else if (response.status !== 304) return;
    else this.taken.at = Date.now();
    await keepMeta("route", this.taken);
    this.dispatchEvent(new Event("change"));
  }

  /** The officer has seen what was changed. */
  async seen() {
    this.taken.news = {};
    await keepMeta("route", this.taken);
    this.dispatchEvent(new Event("change"));
  }

  async forget() {
    this.taken = null;
    await forgetMeta("route");
  }

  /** Whether there is something to look at: a route, or that one is not the officer's any more. */
  get isThere() {
    return this.routes.length > 0 || Object.keys(this.taken?.news || {}).length > 0;
  }

  get routes() {
    return this.taken?.routes || [];
  }

  /** The stop and venue of the route where the venue of `code` is still to be visited; null: nowhere. */
  planned(code, queue) {
    const stops = this.routes.flatMap((route) => route.stops.map((stop) => laidOver(stop, queue, this.taken)));
    for (const stop of stops) {
      const venue = stop.venues.find((known) => known.code === code && isOpen(known));
      if (venue) return { stop, venue };
    }
    return null;
  }

  /** Stops of `route` by what is to be done with them: `next` (in order, the first is the next one), `left` of a shift that
      is over, `theirs` (a team mate has it), `missed`, `done`. */
  sorted(route, queue, now) {
    const groups = { next: [], left: [], theirs: [], missed: [], done: [] };
    const shift = route.day > this.taken.day ? 0 : shiftOf(route, now); // of a day to come no shift is over
    for (const told of route.stops) {
      const stop = laidOver(told, queue, this.taken);
      const open = stop.venues.filter(isOpen);
      if (!open.length) groups.done.push(stop);
      // whoever could not go has it no more: it is for the next shift, or for a team mate who comes by
      else if (open.every((venue) => venue.state === "due" && venue.why)) groups.missed.push({ ...stop, holder: null });
      else if (stop.holder && stop.holder !== this.taken.login) groups.theirs.push(stop);
      else if (stop.shift !== null && stop.shift < shift) groups.left.push(stop);
      else groups.next.push(stop);
    }
    return groups;
  }
}

/** Whether somebody is still to go there; a visit that the database refused has no case. */
export const isOpen = (venue) => Boolean(venue.case) && !["recorded", "waived", "set_aside"].includes(venue.state) && !venue.flags.includes("closed");

/** Index of the shift that is on at `now` ("HH:MM"), or comes next; past the last one that is the last. */
function shiftOf(route, now) {
  const index = route.shifts.findIndex((shift) => now <= shift.to);
  return index < 0 ? Math.max(route.shifts.length - 1, 0) : index;
}

/** `stop` with what this phone has recorded since the route was told. */
function laidOver(stop, queue, taken) {
  const later = (record) => !record.withdrawn && (!record.sent || record.sentAt > taken.at) && record.state !== "refused";
  const claim = queue.mine.filter((record) => record.kind === "stop_claim" && record.payload.stop === stop.id && later(record)).pop();
  const holder = claim ? { holder: claim.payload.mine ? claim.login : null, holder_name: null } : {};
  return { ...stop, ...holder, venues: stop.venues.map((venue) => recordedHere(withoutTakenBack(venue, queue, later), queue)) };
}

/** `venue` as it is once its outcome is taken back, where this phone has asked for that since the route was told. */
function withoutTakenBack(venue, queue, later) {
  const isBack = (record) => record.kind === "withdrawal" && later(record) && queue.mine.some((known) => known.id === record.about && known.kind === "visit" && known.state === "applied" && known.payload.case === venue.case);
  return venue.state === "recorded" && queue.mine.some(isBack) ? { ...venue, state: "due", outcome: null, why: null } : venue;
}

function recordedHere(venue, queue) {
  const isOf = (known) => VISITS.includes(known.kind) && known.payload.case === venue.case && !known.withdrawn && !isTakenBack(queue, known);
  const record = venue.case && queue.mine.filter(isOf).pop();
  if (!record || record.state === "refused" || !isOpen(venue)) return venue;
  if (record.state === "conflict") return { ...venue, toLookAt: true };
  if (record.kind === "visit") return { ...venue, state: "recorded", outcome: record.payload.outcome, unsent: !record.sent };
  return { ...venue, state: "due", why: record.payload.why, unsent: !record.sent };
}

/** What a later telling has changed of plans that were known before, by plan: how many stops came and went. */
function changes(before, after) {
  const news = {};
  for (const route of after) {
    const known = before.find((old) => old.team === route.team);
    if (!known) continue;
    const [was, is] = [known, route].map((one) => one.stops.map((stop) => stop.id));
    if (was.join() === is.join()) continue;
    const added = is.filter((id) => !was.includes(id)).length;
    const gone = was.filter((id) => !is.includes(id)).length;
    news[route.team] = { added, gone, by: route.changed_by, at: route.changed_at };
  }
  for (const known of before) {
    if (!after.some((route) => route.team === known.team)) news[known.team] = { added: 0, gone: known.stops.length, by: "", at: null, title: known.title };
  }
  return news;
}

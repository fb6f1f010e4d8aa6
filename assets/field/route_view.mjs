/* The route as a list: the next stop first and open, then the others in their order; what team mates have, what nobody
   could reach, what is done, and what was found on the way. */

import { begun, day, el, fill, moment, t } from "./dom.mjs";
import { found } from "./found.mjs";
import { metres } from "./list.mjs";
import { isOpen } from "./route.mjs";
import { openVisit, planned } from "./visit.mjs";

const CLOCK = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Ho_Chi_Minh", hourCycle: "h23", hour: "2-digit", minute: "2-digit" });
const MOST_TOLD = 3; // of a market with more stalls, each tells why once it is opened
const MAPS = "https://www.google.com/maps/dir/?api=1&destination="; // a plain link: asked for by whoever touches it

export class RouteView {
  constructor(screen) {
    this.screen = screen;
    this.opened = new Map(); // stops that the officer has unfolded or folded
    this.element = el("section.route", { "aria-label": t("field.tab.route") });
  }

  draw() {
    const { route } = this.screen;
    if (!route.taken) return fill(this.element);
    const now = CLOCK.format(new Date());
    const about = el("p.quiet", {}, `${t("field.day", { day: day(route.taken.day) })} · ${t("field.route.as_of", { moment: moment(route.taken.at) })}`);
    fill(this.element, about, this.news(), route.routes.flatMap((one) => this.of(one, now)), found(this.screen));
  }

  /** What has been changed in the office since the phone last had the route. */
  news() {
    const { route } = this.screen;
    const told = Object.values(route.taken.news || {});
    if (!told.length) return null;
    const words = told.map(({ added, gone, by, at, title }) => el("p", {}, title ? t("field.route.cancelled", { title }) : t("field.route.changed", { by, moment: at ? moment(at) : "", added, gone })));
    return el("div.notice.news", { role: "status" }, words, el("button", { onclick: () => route.seen() }, t("field.route.seen")));
  }

  of(route, now) {
    const groups = this.screen.route.sorted(route, this.screen.queue, now);
    const open = groups.next.length + groups.left.length + groups.missed.length + groups.theirs.length;
    const next = groups.next[0] || groups.left[0] || groups.missed[0];
    const part = (name, stops) => stops.length > 0 && [el("h3", {}, t(`field.route.${name}`, { count: stops.length })), el("ol.stops", {}, stops.map((stop) => this.stop(route, stop, stop === next)))];
    return [
      el("h2", {}, [route.team_name, route.title, route.day !== this.screen.route.taken.day && !route.title.includes(day(route.day)) && day(route.day)].filter(Boolean).join(" · ")),
      el("p.quiet", {}, [t(`field.route.${route.travel}`), route.members.join(", "), t("field.route.left_of", { left: open, all: route.stops.length })].join(" · ")),
      !open && el("p.empty", {}, t("field.route.all_done")),
      groups.next.length > 0 && el("ol.stops", {}, groups.next.map((stop) => this.stop(route, stop, stop === next))),
      part("left", groups.left),
      part("missed", groups.missed),
      part("theirs", groups.theirs),
      groups.done.length > 0 && el("details.done", {}, el("summary", {}, t("field.route.done", { count: groups.done.length })), el("ol.stops", {}, groups.done.map((stop) => this.stop(route, stop, false)))),
    ].flat();
  }

  stop(route, stop, isNext) {
    const far = this.screen.venues.distance(stop);
    const details = el(
      `details.stop${isNext ? ".next" : ""}`,
      { open: this.opened.get(stop.id) ?? isNext, "data-stop": stop.id },
      el(
        "summary",
        {},
        el("span.number", {}, stop.position ?? "•"),
        el(
          "span.what",
          {},
          el("strong", {}, stop.title),
          el("span", {}, [stop.arrives && t("field.route.arrives", { time: stop.arrives }), t("field.route.minutes", { count: stop.minutes }), stop.closes && t("field.route.closes", { time: stop.closes })].filter(Boolean).join(" · ")),
          stateOf(stop),
        ),
        far !== null && el("span.far", {}, metres(far)),
      ),
      stop.venues.map((venue) => (stop.venues.length > MOST_TOLD ? this.stall(venue) : this.venue(venue, stop.venues.length > 1))),
      this.ways(stop, route.members.length > 1),
    );
    details.querySelector("summary").addEventListener("click", () => this.opened.set(stop.id, !details.open));
    return el("li", {}, details);
  }

  venue(venue, isNamed) {
    const about = [isNamed && el("b", {}, `${venue.name} · `), t(`field.visit.kind.${venue.kind}`), venue.status && ` · ${t(`status.${venue.status}`)}`].filter(Boolean);
    return el(
      "div.visited",
      { "data-venue": venue.code },
      el("p", {}, venue.status && el(`span.swatch.${venue.status}`), " ", about),
      el("p.address", {}, [venue.address, venue.ward].filter(Boolean).join(" · ")),
      became(venue),
      isOpen(venue) && planned(venue),
      isOpen(venue) && el("button.primary.wide", { onclick: () => openVisit(this.screen, venue), "data-action": "visit" }, t("field.visit.open")),
    );
  }

  /** One venue of many at a stop, in a line. */
  stall(venue) {
    const open = () => openVisit(this.screen, venue);
    return el(
      "button.stall",
      { onclick: open, disabled: !isOpen(venue), "data-venue": venue.code, "data-action": "visit" },
      el("span", {}, venue.status && el(`span.swatch.${venue.status}`), " ", el("b", {}, venue.name), ` · ${t(`field.visit.kind.${venue.kind}`)}`),
      el("span.address", {}, venue.address || venue.code),
      became(venue),
    );
  }

  /** How to get there, and whose stop it is. */
  ways(stop, isShared) {
    const place = stop.lat !== null && `${stop.lat},${stop.lon}`;
    const isMine = stop.holder === this.screen.route.taken.login;
    const isWanted = stop.venues.some(isOpen);
    const claim = (mine) => this.screen.record({ kind: "stop_claim", venueName: stop.title, payload: { stop: stop.id, ...(mine && { mine }) } });
    return el(
      "div.choices",
      {},
      place && el("a.button", { href: `geo:${place}?q=${place}(${encodeURIComponent(stop.title)})` }, t("field.route.go")),
      place && el("a.button", { href: `${MAPS}${place}`, target: "_blank", rel: "noopener noreferrer" }, t("field.route.go_online")),
      isShared && isWanted && el("button", { onclick: () => claim(!isMine), "data-action": isMine ? "give-back" : "claim" }, t(isMine ? "field.route.give_back" : "field.route.claim")),
    );
  }
}

/** What has changed about a venue since the plan was made, and what came of its visit. */
function became(venue) {
  return [
    venue.flags.map((flag) => el("span.flag", {}, t(`field.route.flag.${flag}`))),
    venue.toLookAt && el("span.flag", {}, t("field.route.look")),
    !isOpen(venue) && venue.outcome && el("span.outcome", {}, [begun(t(`case.outcome.${venue.outcome}`)), venue.unsent ? t("field.state.waiting") : venue.by].filter(Boolean).join(" · ")),
    venue.state === "due" && venue.why && el("span.flag", {}, t("field.route.missed_by", { by: venue.by || t("field.route.me"), why: venue.why })),
  ].flat();
}

/** Who has a stop, and how many of its venues are done. */
function stateOf(stop) {
  const done = stop.venues.filter((venue) => !isOpen(venue)).length;
  const words = [
    stop.venues.length > 1 && t("field.route.venues", { done, all: stop.venues.length }),
    stop.holder && (stop.holder_name ? t("field.route.has", { name: stop.holder_name }) : t("field.route.mine")),
    stop.venues.some((venue) => venue.flags.length || venue.toLookAt) && t("field.route.look_at"),
  ].filter(Boolean);
  return words.length > 0 && el("span.state", {}, words.join(" · "));
}

/* The phone screen of officers: list, map, what was recorded; it starts from the phone's own store and needs no network.
   See callbacks/field/. */

import "./language.mjs";
import { closeSheet, isSheetOpen } from "./dialog.mjs";
import { el, fill, LANG, moment, QUERY, t } from "./dom.mjs";
import { ListView } from "./list.mjs";
import { follow } from "./place.mjs";
import { Queue, SignIn } from "./queue.mjs";
import { RecordsView } from "./records.mjs";
import { Route } from "./route.mjs";
import { RouteView } from "./route_view.mjs";
import { persist } from "./store.mjs";
import { NotAllowed, Venues } from "./venues.mjs";

const REFRESH_MS = 10 * 60 * 1000;
const ASK_ANEW_MS = 2 * 60 * 1000;
const ASK_AGAIN_MS = 10 * 1000;
const LEFT_MS = 2 * 60 * 1000;
const LOOK_MS = 5 * 1000;
const TOAST_MS = 6000;
const TABS = ["route", "list", "map", "scan", "records"];

const detailOf = (event) => event.detail;

class Screen {
  constructor(root) {
    this.queue = new Queue();
    this.venues = new Venues();
    this.route = new Route();
    this.drafts = new Map(); // visits that were begun: of whoever has the phone now
    this.problem = null;
    this.isAway = false;
    this.isRefreshing = true; // as soon as the phone's own list is there
    this.where = "unknown";
    this.signIn = null; // what the server said as it asked to sign in
    this.askedAt = 0;
    this.touchedAt = Date.now();
    this.title = el("h1", {}, t("field.title"));
    this.state = el("p.state", { role: "status" });
    this.notices = el("div.notices", { role: "alert" });
    this.main = el("main", { id: "field-main" });
    this.entry = el("section.entry");
    this.toastPlace = el("div.toast-place", { role: "status" });
    this.tabs = Object.fromEntries(TABS.map((name) => [name, this.tab(name)]));
    this.nav = el("nav.tabs", { "aria-label": t("field.title") }, Object.values(this.tabs));
    fill(
      root,
      el("header", {}, this.title, this.state),
      this.notices,
      this.main,
      this.toastPlace,
      this.nav,
    );
    this.list = new ListView(this);
    this.records = new RecordsView(this);
    this.stops = new RouteView(this);
    this.map = null;
    this.queue.addEventListener("change", () => this.draw());
    this.queue.addEventListener("answered", (event) => this.learn(detailOf(event)));
    this.queue.addEventListener("ended", (event) => this.lock(detailOf(event)));
    this.queue.addEventListener("other", () => this.refresh());
    this.venues.addEventListener("change", () => this.draw());
    this.route.addEventListener("change", () => this.routeChanged());
    // Going back to this page as it was left would show the list of somebody who has signed out.
    addEventListener("pageshow", (event) => event.persisted && location.reload());
    for (const event of ["online", "offline"]) addEventListener(event, () => this.networkChanged());
    for (const event of ["pointerdown", "keydown"]) addEventListener(event, () => (this.touchedAt = Date.now()), true);
    // Whoever takes the phone up again is told whether they are still signed in.
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.askAnew());
    this.show("list");
  }

  tab(name) {
    const count = el("span.count", { hidden: true });
    return el("button", { onclick: () => this.show(name), "data-tab": name }, el(`span.icon.${name}`, { "aria-hidden": "true" }), t(`field.tab.${name}`), count);
  }

  async start() {
    try {
      const taken = await this.venues.open();
      if (taken) {
        await this.route.open(taken.account.login);
        await this.queue.open(taken.account.login);
        if (this.route.isThere) this.show("route");
      }
      else await this.queue.reread(); // whoever has signed out may have left some that wait
    } catch (error) {
      console.warn(error);
      this.problem = "field.no_store";
      return this.draw();
    }
    persist();
    this.draw();
    follow(
      (place) => this.placed(place),
      () => this.placed(null),
    );
    await this.refresh();
    // Only while somebody is at it: a phone left open must not keep its session alive.
    setInterval(() => Date.now() - this.touchedAt < REFRESH_MS && this.refresh(), REFRESH_MS);
  }

  /** Get the list anew; also how the screen learns who is signed in. */
  async refresh() {
    this.isRefreshing = true;
    this.isAway = false;
    this.askedAt = Date.now();
    clearTimeout(this.again);
    this.draw();
    try {
      if (!(await this.venues.refresh())) throw new Away();
      await this.queue.hear();
      this.problem = this.signIn = null;
      await this.take(this.venues.taken.account.login);
      await this.getRoute();
    } catch (error) {
      if (error instanceof SignIn) await this.lock(error);
      else if (error instanceof NotAllowed) {
        this.problem = "field.not_allowed";
        await this.lock(null);
      } else if (navigator.onLine) {
        console.warn(error);
        this.isAway = true;
        this.again = setTimeout(() => this.refresh(), ASK_AGAIN_MS);
      }
    }
    this.isRefreshing = false;
    this.draw();
  }

  /** The route of now; the first one that comes is shown, for that is what the officer is sent to do, and so is that the
      last one is theirs no more. */
  async getRoute() {
    const had = this.route.routes.length > 0;
    await this.route.refresh();
    const has = this.route.routes.length > 0;
    if (had !== has && this.route.isThere && this.shown === "list" && !isSheetOpen()) this.show("route");
  }

  /** What has become of the route has been asked for, or read. */
  routeChanged() {
    if (this.shown === "route" && !this.route.isThere) this.show("list");
    this.draw();
  }

  /** The phone is `login`'s now. */
  async take(login) {
    clearTimeout(this.leaving);
    if (login === this.queue.login) return this.queue.soon(0);
    closeSheet(); // what was begun there was begun by somebody else
    this.drafts.clear();
    await this.queue.open(login);
  }

  /** The server has said that the session is over: nobody sees the list of venues, nor what was recorded, until somebody
      has signed in. What waits to be sent stays in the phone's store, with the login that it belongs to. */
  async lock(signIn) {
    this.signIn = signIn;
    this.map?.remove();
    this.map = null;
    await this.venues.forget();
    await this.route.forget();
    this.show("list");
    this.closeOnceLeft();
    // Whoever has just signed in is led on to what is still missing, the code of an authenticator or a password.
    if (signIn?.isBegun) location.replace(this.wayIn);
  }

  /** Where to sign in, and from there back here. */
  get wayIn() {
    return `${this.signIn?.address || "/sign-in"}?next=${encodeURIComponent(`/field/${QUERY}`)}${LANG === "en" ? "&lang=en" : ""}`;
  }

  /** A sheet in which somebody is writing right now is not taken from under their thumb: what they finish is kept. */
  closeOnceLeft() {
    clearTimeout(this.leaving);
    if (!isSheetOpen()) return;
    if (Date.now() - this.touchedAt > LEFT_MS) closeSheet();
    else this.leaving = setTimeout(() => this.closeOnceLeft(), LOOK_MS);
  }

  networkChanged() {
    this.draw();
    if (!this.venues.taken && navigator.onLine) this.refresh();
    else this.askAnew();
  }

  askAnew() {
    if (navigator.onLine && Date.now() - this.askedAt > ASK_ANEW_MS) this.refresh();
  }

  placed(place) {
    this.where = place ? "known" : "refused";
    this.venues.position = place;
    this.draw();
  }

  /** Answers change what venues need; kept, so that the next start without a network knows it. */
  async learn(answers) {
    if (!this.venues.taken) return this.refresh(); // signed in again in another window
    for (const answer of answers) this.venues.learn(answer);
    await this.venues.keep();
    this.draw();
    const steps = ["visit", "visit_missed", "stop_claim", "withdrawal"];
    const isOfRoute = ({ id }) => this.queue.mine.some((record) => record.id === id && steps.includes(record.kind));
    if (answers.some(isOfRoute)) await this.route.refresh().catch((error) => console.info(error));
  }

  /** Reminders of today that the server does not have yet, by venue. */
  get recorded() {
    const open = this.queue.mine.filter((record) => record.kind === "reminder" && !record.settled && !record.withdrawn);
    return new Set(open.map((record) => record.venue));
  }

  show(name) {
    if (name === "scan") return this.scan(null);
    this.shown = name;
    for (const [key, tab] of Object.entries(this.tabs)) tab.setAttribute("aria-current", String(key === name));
    if (name === "map") return this.showMap();
    this.view = { route: this.stops, list: this.list, records: this.records }[name];
    this.draw();
  }

  async showMap() {
    const { MapView } = await import("./map.mjs");
    if (this.shown !== "map") return;
    this.map = this.map || new MapView(this);
    this.view = this.map;
    this.draw();
  }

  async open(venue) {
    const { openSheet } = await import("./sheet.mjs");
    openSheet(this, venue);
  }

  async scan(venue) {
    const { openScan } = await import("./scan.mjs");
    openScan(this, venue);
  }

  /** The outcome of a visit of `venue`, as planned where it is on the route; `before`: a record to put right. */
  async visit(venue, before = null) {
    const { openVisit } = await import("./visit.mjs");
    openVisit(this, this.route.planned(venue.code, this.queue)?.venue || venue, before);
  }

  async propose(kind, venue) {
    const { openProposal } = await import("./propose.mjs");
    openProposal(this, kind, venue);
  }

  /** Keep a record, say so, and let it be undone for some seconds. */
  async record(said) {
    const kept = await this.queue.add(said).catch((error) => {
      alert(t("field.not_kept")); // above every sheet: nobody may go on believing that it was recorded
      throw error;
    });
    const done = said.kind === "withdrawal" ? "field.recorded.withdrawal" : "field.recorded";
    this.toast(t(done, { name: said.venueName || t(`field.kind.${said.kind}`) }), async () => {
      if (await this.queue.undo(kept.seq)) this.toast(t("field.undone"));
    });
    return kept;
  }

  /** Take a record away that came to nothing: here where it was not sent, else by a record of its own. */
  async drop(record, why) {
    if (record.sent) await this.queue.add({ kind: "withdrawal", about: record.id, venueName: record.venueName, payload: { why } });
    else await this.queue.undo(record.seq);
  }

  toast(text, undo) {
    clearTimeout(this.toastTimer);
    const button = undo && el("button.undo", { onclick: undo }, t("field.undo"));
    fill(this.toastPlace, el("div.toast", {}, el("span", {}, text), button));
    this.toastTimer = setTimeout(() => fill(this.toastPlace), TOAST_MS);
  }

  draw() {
    const { taken } = this.venues;
    const unsent = this.queue.unsent.length;
    document.body.dataset.online = String(navigator.onLine);
    if (this.queue.login) document.body.dataset.unsent = String(unsent); // of nobody yet: not known
    const account = { href: `/account/${QUERY}`, title: t("field.account") };
    fill(this.title, taken ? el("a", account, taken.account.name) : t("field.title"));
    fill(
      this.state,
      el("strong", {}, navigator.onLine ? t("field.online") : taken ? t("field.offline") : t("field.no_network")),
      this.queue.login && ` · ${unsent ? t("field.unsent", { count: unsent }) : t("field.all_sent")}`,
    );
    fill(this.notices, this.noticed());
    this.nav.hidden = !taken;
    this.tabs.route.hidden = !this.route.isThere;
    const shown = taken ? this.view.element : this.entry;
    if (this.main.firstChild !== shown) fill(this.main, shown);
    if (taken) this.view.draw();
    else fill(this.entry, this.asking());
    const count = this.tabs.records.querySelector(".count");
    const conflicts = this.queue.mine.filter((record) => record.state === "conflict" && !record.withdrawn && record.sent).length;
    count.hidden = !(unsent + conflicts);
    count.textContent = unsent + conflicts;
    count.classList.toggle("wrong", conflicts + this.queue.asking.length > 0);
  }

  /** What stands in the place of the list where there is none: how to get one. */
  asking() {
    if (this.problem === "field.no_store" || this.isAway) return null; // said above
    if (this.isRefreshing && !this.signIn) return el("p.starting", {}, t("field.starting"));
    const words = this.signIn && this.queue.login ? "field.sign_in_again" : "field.sign_in.first";
    const way = navigator.onLine ? el("a.button.primary.wide", { href: this.wayIn }, t("field.sign_in.button")) : el("p", {}, t("field.sign_in.offline"));
    const own = this.problem === "field.not_allowed" && el("a.button.wide", { href: "/account/start" }, t("field.own_start"));
    return [!this.problem && el("p", { role: "status" }, t(words)), own, way];
  }

  noticed() {
    const notices = [];
    const say = (text, ...more) => notices.push(el("p.notice", {}, text, ...more));
    if (this.problem) say(t(this.problem));
    else if (!this.venues.taken && this.isAway) say(t("field.away"));
    const asking = this.queue.asking.length;
    if (asking) say(t("field.clock.notice", { count: asking }), el("button", { onclick: () => this.show("records") }, t("field.clock.look")));
    for (const [login, count] of this.queue.others) say(t("field.other_account", { login, count }));
    return notices;
  }

  get asOf() {
    return this.venues.taken ? t("field.as_of", { moment: moment(this.venues.taken.at) }) : "";
  }
}

/** The server was asked and had no list to give: it is away, or too busy. */
class Away extends Error {}

if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/field/sw.js", { scope: "/field/" }).catch((error) => console.warn(error));
}

const screen = new Screen(document.getElementById("field"));
window.fieldScreen = screen; // for tests and for whoever looks into it on a phone
screen.start();

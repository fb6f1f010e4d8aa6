/* The list: what is due near here, or street by street; found by name, address or code. */

import { day, el, fill, QUERY, t } from "./dom.mjs";
import { proposed } from "./found.mjs";

const FIRST = 40;
const MORE = 80;

export class ListView {
  constructor(screen) {
    this.screen = screen;
    this.only = "due";
    this.byStreet = false;
    this.limit = FIRST;
    this.words = el("input", {
      type: "search",
      placeholder: t("field.search"),
      "aria-label": t("field.search"),
      enterKeyHint: "search",
      oninput: () => this.again(),
    });
    this.due = this.choice("due", t("field.filter.due"), () => (this.only = "due"));
    this.violating = this.choice("violating", t("status.violating"), () => (this.only = "violating"));
    this.all = this.choice("all", t("field.filter.all"), () => (this.only = "all"));
    this.near = this.choice("near", t("field.sort.near"), () => (this.byStreet = false));
    this.street = this.choice("street", t("field.sort.street"), () => (this.byStreet = true));
    this.about = el("p.quiet");
    this.rows = el("ul.venues");
    this.foot = el("div.foot");
    this.element = el(
      "section.list",
      { "aria-label": t("field.tab.list") },
      el("div.finding", {}, this.words, el("div.choices", {}, this.due, this.violating, this.all, el("span.choices", {}, this.near, this.street))),
      this.about,
      this.rows,
      this.foot,
    );
  }

  choice(name, words, choose) {
    const press = () => {
      choose();
      this.again();
    };
    return el("button.choice", { onclick: press, "data-choice": name }, words);
  }

  again() {
    this.limit = FIRST;
    this.draw();
  }

  draw() {
    const { venues, recorded } = this.screen;
    const isNear = Boolean(venues.position) && !this.byStreet;
    for (const [button, isOn] of [[this.due, this.only === "due"], [this.violating, this.only === "violating"], [this.all, this.only === "all"], [this.near, isNear], [this.street, !isNear]]) {
      button.setAttribute("aria-pressed", String(isOn));
    }
    this.near.disabled = !venues.position;
    if (!venues.taken) return fill(this.rows);
    const words = this.words.value.trim();
    this.violating.textContent = `${t("status.violating")} · ${venues.list.filter((venue) => venue.status === "violating").length.toLocaleString("vi-VN")}`;
    const isWanted = (venue) => this.isWanted(venue, recorded);
    const found = venues.found(words, isWanted, this.byStreet);
    // a venue that is looked for by name is found, whatever the list is narrowed to: else it would be proposed anew
    const outside = words && this.only !== "all" ? venues.found(words, (venue) => !isWanted(venue), this.byStreet) : [];
    const refused = this.screen.where === "refused" ? ` · ${t("field.locate.refused")}` : "";
    this.about.textContent = `${t("field.day", { day: day(venues.taken.day) })} · ${this.screen.asOf}${refused}`;
    fill(
      this.rows,
      this.lines(found.slice(0, this.limit), isNear, recorded),
      outside.length > 0 && el("li.outside", {}, el("p", { role: "status" }, t("field.outside", { count: outside.length, list: t(this.only === "due" ? "field.filter.due" : "status.violating") })), el("button.choice", { onclick: () => this.all.click() }, t("field.filter.all"))),
      !found.length && this.lines(outside.slice(0, this.limit), isNear, recorded),
      proposed(this.screen, words),
    );
    const rest = found.length - this.limit;
    const empty = this.only === "due" && !words ? t("field.none_due") : t("field.none");
    fill(
      this.foot,
      !found.length && !outside.length && el("p.empty", {}, empty),
      rest > 0 && el("button.wide", { onclick: () => this.more() }, t("field.more", { count: rest })),
      el("button.wide", { onclick: () => this.screen.propose("proposal_new", null) }, t("field.add")),
      venues.taken.account.may_confirm && el("a.button.wide", { href: `/field/proposals${QUERY}` }, t("field.proposals.count", { count: venues.taken.account.proposals ?? 0 })),
      el("button.wide", { onclick: () => this.screen.refresh(), disabled: !navigator.onLine }, t("field.refresh")),
    );
  }

  isWanted(venue, recorded) {
    if (this.only === "violating") return venue.status === "violating";
    return this.only === "all" || (this.screen.venues.need(venue).isDue && !recorded.has(venue.code));
  }

  more() {
    this.limit += MORE;
    this.draw();
  }

  lines(found, isNear, recorded) {
    let street = null;
    return found.flatMap((venue) => {
      const line = this.line(venue, recorded);
      if (isNear || venue.street === street) return [line];
      street = venue.street;
      return [el("li.street", {}, el("h2", {}, street || t("field.no_street"))), line];
    });
  }

  line(venue, recorded) {
    const far = this.screen.venues.distance(venue);
    return el(
      "li",
      {},
      el(
        "button.venue",
        { onclick: () => this.screen.open(venue), "data-venue": venue.code },
        el("span.top", {}, el(`span.swatch.${venue.status}`, { title: t(`status.${venue.status}`) }), el("strong", {}, venue.name), far !== null && el("span.far", {}, venue.unsure ? `≈ ${metres(far)}` : metres(far))),
        el("span.address", {}, venue.address || venue.code),
        needed(this.screen.venues, venue, recorded),
      ),
    );
  }
}

export function metres(far) {
  if (far < 1000) return t("field.metres", { count: Math.round(far / 5) * 5 });
  return t("field.kilometres", { count: Math.round(far / 100) / 10 });
}

/** What a venue needs, in words; what was recorded and not sent yet comes first. */
export function needed(venues, venue, recorded) {
  const need = venues.need(venue);
  const kind = recorded.has(venue.code) ? "recorded" : need.done && need.reason ? "done_today" : need.kind;
  const counted = venue.counted ? ` · ${t("field.counted", { count: venue.counted })}` : "";
  return el(`span.need.${kind}`, {}, el("b", {}, t(`field.due.${kind}`)), counted);
}

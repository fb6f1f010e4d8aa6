/* The list of plans: day, area, teams, how far, who changed it when. */

import { button, make, text } from "./elements.mjs";
import { ask, refusalOf } from "./server.mjs";

export class List {
  /** `screen`: {open(id), make()}. */
  constructor(screen) {
    this.screen = screen;
    this.element = make("div", { css: "plan-list" });
    this.load();
  }

  async load() {
    const fresh = button(text("inspections.new"), () => this.screen.make(), { css: "button main", "data-part": "new" });
    const head = make("div", { css: "plan-buttons" }, fresh);
    this.element.replaceChildren(head, make("p", { css: "empty" }, text("inspections.loading")));
    try {
      const { plans } = await ask("plans.json");
      this.element.replaceChildren(head, plans.length ? this.table(plans) : make("p", { css: "empty" }, text("inspections.none")));
    } catch (error) {
      this.element.replaceChildren(head, make("div", { css: "empty", role: "alert" }, make("p", {}, refusalOf(error).message), button(text("inspections.again"), () => this.load())));
    }
  }

  table(plans) {
    const heads = ["day", "title", "area", "teams", "visits", "state", "changed"];
    return make(
      "div",
      { css: "scrolled stacked" },
      make(
        "table",
        {},
        make("thead", {}, make("tr", {}, heads.map((head) => make("th", { scope: "col" }, text(`inspections.column.${head}`))))),
        make("tbody", {}, plans.map((plan) => this.row(plan))),
      ),
    );
  }

  row(plan) {
    const open = (event) => {
      event.preventDefault();
      this.screen.open(plan.id);
    };
    const visits = plan.done ? text("inspections.visits_done", { done: plan.done, visits: plan.visits }) : text("inspections.visits_count", { visits: plan.visits });
    return make(
      "tr",
      { "data-row": String(plan.id) },
      make("td", {}, make("a", { href: `?plan=${plan.id}`, onclick: open }, plan.day_text)),
      make("td", {}, plan.title),
      make("td", {}, plan.area),
      make("td", {}, text("inspections.teams_count", { teams: plan.teams })),
      make("td", {}, visits),
      make("td", {}, make("span", { css: `state ${plan.state}` }, text(`inspections.state.${plan.state}`))),
      make("td", { css: "quiet" }, plan.changed),
    );
  }

  remove() {}
}

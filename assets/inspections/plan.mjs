/* One plan: its teams with their stops in order, moved by hand or by the search, assigned and closed. */

import { button, hours, km, make, text } from "./elements.mjs";
import { numbersOf } from "./features.mjs";
import { addingOf } from "./adding.mjs";
import { ask, refusalOf, send } from "./server.mjs";
import { Solving } from "./solving.mjs";
import { listsOf } from "./stops.mjs";

const SHOWN_AT_ONCE = 40;

export class PlanView {
  /** `screen`: {known, map, leave(), editTeams(plan), showMap()}. */
  constructor(screen, id) {
    this.screen = screen;
    this.known = screen.known;
    this.id = id;
    this.chosen = null;
    this.dragged = null;
    this.most = SHOWN_AT_ONCE;
    this.isBusy = false;
    this.best = null;
    this.plan = null;
    this.solving = new Solving(this);
    this.element = make("div", { css: "plan", "data-plan": String(id) }, make("p", { css: "empty" }, text("inspections.loading")));
    this.load(true);
  }

  get mayMove() {
    return this.plan.state !== "closed" && !this.solving.isRunning;
  }

  async load(fits = false) {
    try {
      this.take((await ask(`plans/${this.id}.json`)).plan, fits);
    } catch (error) {
      if (this.isGone) return;
      const again = button(text("inspections.again"), () => this.load(fits));
      this.element.replaceChildren(make("div", { css: "empty", role: "alert" }, make("p", {}, refusalOf(error).message), again, button(text("inspections.back"), () => this.screen.leave())));
    }
  }

  /** Show what the server says the plan is by now. */
  take(plan, fits = false) {
    if (this.isGone) return;
    this.plan = plan;
    this.element.dataset.version = plan.version;
    if (!plan.stops.some(({ id }) => id === this.chosen)) this.chosen = null;
    if (plan.job) this.solving.watch(plan.job);
    this.draw(fits);
  }

  draw(fits = false) {
    this.numbers = numbersOf(this.plan, null);
    const at = this.scroller?.scrollTop;
    const focus = this.element.contains(document.activeElement) ? keyOf(document.activeElement) : null;
    this.said = make("div", { css: "plan-said", role: "status" });
    this.element.replaceChildren(this.head(), this.totals(), this.solving.element, this.said, this.mayMove ? addingOf(this) : "", make("div", { css: "teams" }, listsOf(this)), this.foot());
    if (at) this.scroller.scrollTop = at;
    if (focus) this.element.querySelector(focus)?.focus();
    this.screen.map.show(this.plan, { best: this.best, chosen: this.chosen, fits });
  }

  get scroller() {
    return this.element.parentElement;
  }

  head() {
    const { plan } = this;
    const isOpen = plan.state !== "closed";
    const act = (name, label, properties) => button(label, () => this.act(name, {}), properties);
    const wait = this.solving.isRunning || this.isBusy;
    return make(
      "div",
      { css: "plan-top" },
      make("div", { css: "plan-head" }, button(text("inspections.back"), () => this.screen.leave(), { css: "button small" }), make("h2", {}, plan.title), make("span", { css: `state ${plan.state}` }, text(`inspections.state.${plan.state}`))),
      make("p", { css: "quiet" }, `${plan.about} · ${plan.changed}`),
      isOpen
        ? make(
            "div",
            { css: "plan-buttons" },
            button(text("inspections.solve_rest"), () => this.solve(true), { disabled: wait, "data-part": "rest", title: text("inspections.solve_rest_note") }),
            plan.state === "draft" ? button(text("inspections.solve_all"), () => this.solve(false), { disabled: wait }) : null,
            plan.state === "draft" ? button(text("inspections.edit_teams"), () => this.screen.editTeams(plan), { disabled: wait }) : null,
            plan.state === "draft" ? act("assign", text("inspections.assign"), { css: "button main", disabled: wait, "data-part": "assign" }) : act("close", text("inspections.close"), { disabled: wait, "data-part": "close" }),
          )
        : null,
    );
  }

  totals() {
    const { totals } = this.plan;
    const line = (name, value) => make("div", {}, make("dt", {}, text(`inspections.total.${name}`)), make("dd", { "data-total": name }, [value]));
    return make(
      "dl",
      { css: "plan-totals" },
      line("visits", [text("inspections.number", { number: totals.visits }), totals.kinds ? make("small", {}, totals.kinds) : null]),
      line("km", km(totals.metres)),
      line("hours", hours(totals.minutes)),
      line("left", totals.left_share),
      totals.done ? line("done", text("inspections.number", { number: totals.done })) : null,
    );
  }

  foot() {
    const isDraft = this.plan.state === "draft";
    return make("p", { css: "plan-foot quiet" }, this.plan.distances, isDraft ? button(text("inspections.delete"), () => this.drop(), { css: "button small danger", "data-part": "delete" }) : null);
  }

  choose(stop) {
    this.chosen = stop;
    this.draw();
    const row = this.element.querySelector(`[data-stop="${stop}"]`);
    row?.scrollIntoView({ block: "nearest" });
    const found = this.plan.stops.find(({ id }) => id === stop);
    if (found) this.screen.map.see(found);
  }

  /** A stop that was clicked on the map: its row, wherever that is in the lists. */
  seek(stop) {
    const left = this.plan.stops.filter(({ team }) => team === null);
    const place = left.findIndex(({ id }) => id === stop);
    if (place >= this.most) this.most = place + 1;
    this.screen.showList();
    this.choose(stop);
  }

  showMore() {
    this.most += 200;
    this.draw();
  }

  // -- what a person does --------------------------------------------------------------------------------------------

  /** Take one step of the plan. Where somebody else was first, it is offered again on what is so by now. */
  async act(step, what) {
    if (this.isBusy) return;
    this.isBusy = true;
    this.element.setAttribute("aria-busy", "true");
    try {
      const answer = await send(`plans/${this.id}/${step}`, { ...what, version: this.plan.version });
      this.isBusy = false;
      if (this.isGone) return;
      const before = new Set(this.plan.stops.map(({ id }) => id));
      this.take(answer.plan);
      const added = answer.plan.stops.find(({ id }) => !before.has(id));
      if (added) this.seek(added.id);
      if (answer.said) this.say(answer.said, answer.lines);
    } catch (error) {
      this.isBusy = false;
      if (this.isGone) return;
      this.draw();
      const { kind, message } = refusalOf(error);
      if (kind === "changed") this.sayChanged(message, step, what);
      else this.say(message, [], true);
    } finally {
      this.element.removeAttribute("aria-busy");
    }
  }

  solve(isRest) {
    return this.act("routes", { rest: isRest });
  }

  async drop() {
    if (!window.confirm(text("inspections.delete_sure"))) return;
    try {
      await send(`plans/${this.id}/delete`, { version: this.plan.version });
      if (!this.isGone) this.screen.leave();
    } catch (error) {
      this.say(refusalOf(error).message, [], true);
    }
  }

  say(sentence, lines = [], isWrong = false) {
    const list = lines.length ? make("ul", {}, lines.map((line) => make("li", {}, line))) : null;
    const look = isWrong ? " wrong" : list ? " warned" : "";
    this.said.replaceChildren(make("div", { css: `notice${look}`, role: isWrong ? "alert" : "status" }, make("p", {}, sentence), list));
    this.said.scrollIntoView({ block: "nearest" });
  }

  /** Nothing of what was asked is lost: it is done on the plan as it is now, if the person still wants it. */
  sayChanged(sentence, step, what) {
    const again = button(text("inspections.changed_again"), async () => {
      await this.load();
      await this.act(step, what);
    }, { "data-part": "again" });
    const look = button(text("inspections.changed_look"), () => this.load());
    this.said.replaceChildren(make("div", { css: "notice wrong", role: "alert" }, make("p", {}, sentence), make("div", { css: "plan-buttons" }, again, look)));
  }

  remove() {
    this.isGone = true;
    this.solving.end();
  }
}

/** How the element with the focus is found again after all have been drawn anew. */
function keyOf(element) {
  const stop = element.closest("[data-stop]")?.dataset.stop;
  const part = element.dataset.part;
  if (stop && part) return `[data-stop="${stop}"] [data-part="${part}"]`;
  if (stop && element.getAttribute("aria-label")) return `[data-stop="${stop}"] [aria-label="${element.getAttribute("aria-label")}"]`;
  if (stop) return `[data-stop="${stop}"] .stop-head`;
  return part ? `[data-part="${part}"]` : null;
}

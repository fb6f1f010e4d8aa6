/* The teams of a plan that is there already: changed, and the routes sought anew. */

import { button, make, text } from "./elements.mjs";
import { refusalOf, send } from "./server.mjs";
import { asDrawn, asSent, asTyped, proposed, teamCard } from "./teams.mjs";

export class TeamsForm {
  constructor(screen, plan) {
    this.screen = screen;
    this.plan = plan;
    this.teams = asTyped(screen.known, plan);
    this.cards = make("div", { css: "team-cards" });
    this.fault = make("p", { css: "plan-fault", role: "alert", hidden: true });
    this.go = button(text("inspections.save_teams"), () => this.sent(), { css: "button main wide" });
    const more = button(text("inspections.one_more_team"), () => this.add(), { css: "button small" });
    this.element = make(
      "div",
      { css: "plan-form" },
      make("div", { css: "plan-head" }, button(text("inspections.back_to_plan"), () => this.screen.open(plan.id), { css: "button small" }), make("h2", {}, text("inspections.edit_teams"))),
      make("p", { css: "quiet" }, text("inspections.edit_teams_note")),
      this.cards,
      more,
      make("div", { css: "plan-go" }, this.fault, this.go),
    );
    this.draw();
  }

  add() {
    const { known } = this.screen;
    this.teams.push({ ...proposed(known, this.teams.length + 1)[this.teams.length], members: [] });
    this.draw();
  }

  draw() {
    const { known, map } = this.screen;
    const draw = () => map.show(asDrawn(this.teams));
    this.cards.replaceChildren(
      ...this.teams.map((team, index) =>
        teamCard({
          team, number: index + 1, known, changed: draw,
          pick: (put) => this.screen.pick(put),
          remove: this.teams.length > 1 ? () => {
            this.teams.splice(index, 1);
            this.draw();
          } : null,
        }),
      ),
    );
    draw();
  }

  async sent() {
    this.fault.hidden = true;
    this.go.disabled = true;
    try {
      await send(`plans/${this.plan.id}/teams`, { teams: asSent(this.teams), version: this.plan.version });
      if (!this.isGone) this.screen.open(this.plan.id);
    } catch (error) {
      this.fault.textContent = refusalOf(error).message;
      this.fault.hidden = false;
      this.go.disabled = false;
    }
  }

  remove() {
    this.isGone = true;
  }
}

/* The form of a plan: which venues, on which day, by which teams. What was typed stays, whatever the server answers. */

import { button, field, make, select, text } from "./elements.mjs";
import { ask, refusalOf, send } from "./server.mjs";
import { asDrawn, asSent, proposed, teamCard, ticks } from "./teams.mjs";

const PAUSE_MS = 350;
const VISITS_OF_A_TEAM = 28; // about what a day holds, and some more to choose from
const TEAMS = 3;

export class Form {
  /** `screen`: {known, map, open(id, job), leave()}. */
  constructor(screen) {
    this.screen = screen;
    const { known } = screen;
    // what the address names (of a link from the map's filters) is chosen already
    const asked = new URLSearchParams(location.search);
    const named = (name) => (asked.get(name) || "").split(",").filter(Boolean);
    this.wards = named("ward");
    this.statuses = named("status");
    this.categories = named("category");
    const corners = (asked.get("area") || "").split(";").map((corner) => corner.split(",").map(Number));
    this.area = corners.length >= 3 ? corners : null;
    this.day = known.next;
    this.kind = "inspection";
    this.drawn = 0;
    this.count = null; // as many as the teams can make, until somebody says otherwise
    this.byWard = {};
    this.teams = proposed(known, TEAMS);
    this.turn = 0;
    this.element = this.built();
    this.drawTeams();
    if (this.area) this.setArea(this.area);
    else this.look();
  }

  get mostVisits() {
    return this.count ?? Math.min(this.teams.length * VISITS_OF_A_TEAM, this.screen.known.most);
  }

  built() {
    const { known } = this.screen;
    this.found = make("p", { css: "plan-found", role: "status" });
    this.cards = make("div", { css: "team-cards" });
    this.fault = make("p", { css: "plan-fault", role: "alert", hidden: true });
    this.go = button(text("inspections.make"), () => this.sent(), { css: "button main wide", "data-part": "make" });
    this.drop = button(text("inspections.drop_area"), () => this.setArea(null), { css: "button small", hidden: true });
    this.howMany = make("input", { type: "number", min: "1", max: String(known.most), value: String(this.mostVisits), oninput: () => {
      this.count = Number(this.howMany.value) || null;
    } });
    this.title = make("input", { maxlength: "120", placeholder: text("inspections.title_hint") });
    const counts = [2, 3, 4, 6, 8].map((count) => button(text("inspections.so_many_teams", { count }), () => this.setTeams(count), { css: "button small", "data-teams": String(count) }));
    return make(
      "div",
      { css: "plan-form", "data-form": "" },
      make("div", { css: "plan-head" }, button(text("inspections.back"), () => this.screen.leave(), { css: "button small" }), make("h2", {}, text("inspections.new"))),
      make("section", {}, make("h3", {}, text("inspections.area")), ...this.areaFields(known), make("div", { css: "plan-buttons" }, button(text("inspections.draw_area"), () => this.draw(), { css: "button small" }), this.drop), this.found),
      make(
        "section",
        {},
        make("h3", {}, text("inspections.visits")),
        make("div", { css: "plan-fields" }, field(text("inspections.day"), this.dayField()), field(text("inspections.kind"), this.kindField()), field(text("inspections.count"), this.howMany), field(text("inspections.drawn"), this.drawnField())),
        make("p", { css: "quiet" }, text("inspections.kind_note")),
        field(text("inspections.title"), this.title),
      ),
      make("section", {}, make("h3", {}, text("inspections.teams")), make("div", { css: "plan-buttons" }, counts, button(text("inspections.one_more_team"), () => this.setTeams(this.teams.length + 1), { css: "button small" })), this.cards),
      make("div", { css: "plan-go" }, this.fault, this.go),
    );
  }

  areaFields(known) {
    const looks = () => this.look();
    return [
      ticks(text("inspections.wards"), text("inspections.whole_district"), known.wards.map(({ code, name }) => [code, name]), this.wards, looks),
      ticks(text("inspections.statuses"), text("inspections.all_statuses"), known.statuses.map(({ code, name }) => [code, name]), this.statuses, looks),
      ticks(text("inspections.categories"), text("inspections.all_categories"), known.categories.map(({ code, name }) => [code, name]), this.categories, looks),
    ];
  }

  dayField() {
    const input = make("input", { type: "date", value: this.day, min: this.screen.known.today, oninput: () => (this.day = input.value) });
    return input;
  }

  kindField() {
    return select(["inspection", "guidance"].map((kind) => [kind, text(`inspections.kind.${kind}`)]), this.kind, (kind) => {
      this.kind = kind;
      this.look();
    });
  }

  drawnField() {
    return select([[0, text("inspections.drawn.none")], ...[5, 10].map((share) => [share, text("inspections.drawn.share", { share })])], this.drawn, (share) => (this.drawn = Number(share)));
  }

  filters() {
    const query = new URLSearchParams();
    if (this.wards.length) query.set("ward", this.wards.join(","));
    if (this.statuses.length) query.set("status", this.statuses.join(","));
    if (this.categories.length) query.set("category", this.categories.join(","));
    if (this.area) query.set("area", this.area.map((corner) => corner.join(",")).join(";"));
    return query.toString();
  }

  /** How many venues there are to choose from; the newest question alone is answered. */
  look() {
    const turn = ++this.turn;
    this.found.textContent = text("inspections.counting");
    clearTimeout(this.pause);
    this.pause = setTimeout(async () => {
      const answer = await ask(`count.json?kind=${this.kind}&${this.filters()}`).catch((error) => ({ said: refusalOf(error).message }));
      if (turn !== this.turn) return;
      this.found.textContent = answer.said;
      this.byWard = answer.wards || {};
      if (!this.touched) this.setTeams(this.teams.length);
    }, PAUSE_MS);
  }

  draw() {
    this.screen.showMap();
    this.screen.map.draw();
  }

  setArea(ring) {
    this.area = ring;
    this.drop.hidden = !ring;
    this.screen.showList();
    this.screen.map.showArea(ring);
    this.look();
  }

  setTeams(count) {
    const made = proposed(this.screen.known, count, this.byWard);
    // what was typed of a team stays when one more is added
    this.teams = this.touched ? made.map((team, index) => this.teams[index] || team) : made;
    this.drawTeams();
  }

  drawTeams() {
    const { known } = this.screen;
    const cards = this.teams.map((team, index) =>
      teamCard({
        team, number: index + 1, known,
        changed: () => this.drawStarts(),
        pick: (put) => {
          this.touched = true;
          this.screen.pick(put);
        },
        remove: this.teams.length > 1 ? () => {
          this.teams.splice(index, 1);
          this.drawTeams();
        } : null,
      }),
    );
    this.cards.replaceChildren(...cards);
    this.cards.oninput = () => (this.touched = true);
    this.howMany.value = String(this.mostVisits);
    this.drawStarts();
  }

  drawStarts() {
    this.screen.map.show(asDrawn(this.teams));
  }

  say(sentence) {
    this.fault.textContent = sentence;
    this.fault.hidden = !sentence;
  }

  async sent() {
    this.say("");
    this.go.disabled = true;
    try {
      const { id } = await send("plans", {
        title: this.title.value, day: this.day, kind: this.kind, count: this.mostVisits, drawn: this.drawn,
        filters: this.filters(), teams: asSent(this.teams),
      });
      if (!this.isGone) this.screen.open(id);
    } catch (error) {
      this.say(refusalOf(error).message);
      this.go.disabled = false;
    }
  }
  remove() {
    this.isGone = true;
    this.turn += 1;
    clearTimeout(this.pause);
  }
}

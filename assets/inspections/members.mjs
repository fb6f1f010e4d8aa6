/* Who goes instead of whom in a team of an assigned plan: what it means is said before it is done. */

import { button, field, make, text } from "./elements.mjs";
import { ask, refusalOf } from "./server.mjs";
import { ticks } from "./teams.mjs";

const MOST_WHY = 200;

/** What was changed of the members of `team`, and the way to change them; null where there is neither. */
export function membersOf(view, team) {
  const said = team.turnover.length
    ? make("details", { css: "team-members", "data-part": "turnover" }, make("summary", {}, text("inspections.members.history", { count: team.turnover.length })), make("ul", {}, team.turnover.map((line) => make("li", {}, line))))
    : null;
  return [view.plan.state === "assigned" && view.mayMove ? changing(view, team) : null, said].filter(Boolean);
}

function changing(view, team) {
  const { plan, known } = view;
  const members = team.members.map(({ id }) => id);
  const why = make("input", { maxlength: String(MOST_WHY), placeholder: text("inspections.members.why_note"), "data-part": "why" });
  const lines = make("div", { role: "status", "data-part": "means" });
  const save = button(text("inspections.members.save"), () => view.act("members", { team: team.id, members, why: why.value }), { css: "button small main", disabled: true, "data-part": "save-members" });
  const look = button(text("inspections.members.look"), async () => {
    try {
      const told = await ask(`plans/${plan.id}/members.json?team=${team.id}&members=${members.join(",")}`);
      lines.replaceChildren(told.lines.length ? make("ul", {}, told.lines.map((line) => make("li", {}, line))) : make("p", {}, text("inspections.members.same")));
      save.disabled = !told.lines.length;
    } catch (error) {
      lines.replaceChildren(make("p", { css: "warn", role: "alert" }, refusalOf(error).message));
    }
  }, { css: "button small", "data-part": "look-members" });
  // what was said is of the members as they were ticked then
  const changed = () => {
    save.disabled = true;
    lines.replaceChildren();
  };
  const all = known.officers.map(({ id, name, role_name: role }) => [id, `${name} (${role})`]);
  const list = ticks(text("inspections.members"), text("inspections.nobody_yet"), all, members, changed);
  list.open = true;
  return make(
    "details",
    { css: "team-members", "data-part": "members" },
    make("summary", {}, text("inspections.members.change")),
    make("div", {}, list, field(text("inspections.members.why"), why), look, lines, save),
  );
}

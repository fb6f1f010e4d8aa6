/* One more venue in a plan: found by its name, or clicked on the map. */

import { button, make, select, text } from "./elements.mjs";
import { ask } from "./server.mjs";

const PAUSE_MS = 250;
const SHORTEST = 2;

export function addingOf(view) {
  const teams = [["", text("inspections.best_team")], ...view.plan.teams.map(({ id, name }) => [id, name])];
  const chosen = { team: view.addTo || "" };
  const to = select(teams, chosen.team, (value) => (view.addTo = chosen.team = value), { "aria-label": text("inspections.add_to") });
  const found = make("ul", { css: "found" });
  const input = make("input", { type: "search", placeholder: text("inspections.add_hint"), "aria-label": text("inspections.add"), autocomplete: "off", "data-part": "add" });
  const add = (what) => view.act("add", { ...what, team: chosen.team ? Number(chosen.team) : null });
  let turn = 0;
  let pause = 0;
  input.addEventListener("input", () => {
    const asked = ++turn;
    clearTimeout(pause);
    if (input.value.trim().length < SHORTEST) return found.replaceChildren();
    pause = setTimeout(async () => {
      const answer = await ask(`search.json?q=${encodeURIComponent(input.value.trim())}`).catch(() => ({ venues: [] }));
      if (asked !== turn) return;
      const rows = answer.venues.map((venue) =>
        make("li", {}, make("button", { type: "button", onclick: () => add({ code: venue.code }) }, make("strong", {}, venue.name), make("small", { css: "quiet" }, [venue.address, venue.ward, venue.status].filter(Boolean).join(" · ")))),
      );
      found.replaceChildren(...(rows.length ? rows : [make("li", { css: "quiet" }, text("inspections.add_none"))]));
    }, PAUSE_MS);
  });
  const onMap = button(text("inspections.add_map"), () => {
    view.screen.showMap();
    view.screen.map.adding(!view.screen.map.isAdding);
  }, { css: "button small" });
  view.addVenue = (id) => add({ venue: id });
  return make("details", { css: "plan-add", open: view.isAddOpen, ontoggle: (event) => (view.isAddOpen = event.target.open) }, make("summary", {}, text("inspections.add")), make("div", { css: "plan-fields" }, input, to, onMap), found);
}

/* The stops of a plan as lists: by team and half-day in order, and those to which nobody goes. */

import { button, field, hours, km, make, select, text } from "./elements.mjs";
import { inShift, lookOf } from "./features.mjs";
import { membersOf } from "./members.mjs";

const NOBODY = "";

/** The lists of all teams, then what is left out. `act` does what a person asks for (plan.mjs). */
export function listsOf(view) {
  return [...view.plan.teams.map((team) => teamList(view, team)), leftOut(view)];
}

function teamList(view, team) {
  const { plan, known } = view;
  const look = lookOf(known.looks, team.number);
  const done = plan.stops.filter((stop) => stop.team === team.id).flatMap(({ venues }) => venues).filter(({ outcome }) => outcome).length;
  const members = team.members.map(({ name }) => name).join(", ") || text("inspections.nobody_yet");
  const metres = sum(team.routes, "metres");
  const said = text("inspections.team_totals", { visits: sum(team.routes, "visits"), km: km(metres), hours: hours(sum(team.routes, "minutes")) });
  return make(
    "section",
    { css: "team", "data-team": String(team.number), style: `--team: ${look.colour}; --team-ink: ${look.ink}` },
    make(
      "header",
      {},
      make("span", { css: "team-chip" }, String(team.number)),
      make("div", {}, make("h3", {}, team.name), make("p", { css: "quiet" }, `${members} · ${text(`inspections.travel.${team.travel}`)}`)),
      team.routes.length ? make("a", { css: "button small", href: `/exports/team_sheet.pdf?plan=${plan.id}&team=${team.id}` }, text("inspections.sheet")) : null,
    ),
    membersOf(view, team),
    make("p", { css: "team-totals" }, said, done ? ` · ${text("inspections.done", { done })}` : ""),
    team.shifts.map((_, shift) => shiftList(view, team, shift)),
  );
}

function shiftList(view, team, shift) {
  const stops = inShift(view.plan, team, shift);
  const route = team.routes.find((each) => each.shift === shift);
  const [from, to] = team.shifts[shift];
  const said = route && stops.length ? text("inspections.shift_totals", { visits: route.visits, km: km(route.metres), back: route.back }) : "";
  const list = make("ol", { css: "stops", "data-shift": String(shift) }, stops.map((stop, index) => row(view, stop, { team, shift, index, last: index === stops.length - 1 })));
  takesDrops(view, list, team, shift);
  if (!stops.length) list.append(make("li", { css: "no-stop quiet" }, text("inspections.empty_shift")));
  return make(
    "div",
    { css: "shift" },
    make("h4", {}, `${text(`inspections.shift.${shift}`)} ${from}–${to}`, make("span", { css: "quiet" }, said)),
    route?.is_over ? make("p", { css: "warn" }, text("inspections.over", { back: route.back, to })) : null,
    list,
    view.mayMove && stops.some(({ is_done: isDone }) => !isDone) ? handOver(view, team, shift) : null,
  );
}

/** What is left of a half-day, for another team or the next half-day: of who had to stop early. */
function handOver(view, team, shift) {
  const others = halfDays(view).filter(([value]) => value !== `${team.id}:${shift}`);
  const to = select([["", text("inspections.hand_over")], ...others], "", (value) => {
    const [toTeam, toShift] = value.split(":").map(Number);
    if (value) view.act("handover", { team: team.id, shift, to_team: toTeam, to_shift: toShift });
  }, { "aria-label": text("inspections.hand_over"), css: "hand-over" });
  return to;
}

const halfDays = (view) =>
  view.plan.teams.flatMap((team) => team.shifts.map((_, shift) => [`${team.id}:${shift}`, `${team.name} · ${text(`inspections.shift.${shift}`)}`]));

function leftOut(view) {
  const stops = view.plan.stops.filter(({ team }) => team === null);
  const list = make("ul", { css: "stops", "data-left-out": "" }, stops.slice(0, view.most).map((stop) => row(view, stop, null)));
  takesDrops(view, list, null, null);
  const rest = stops.length - view.most;
  return make(
    "section",
    { css: "team nobody" },
    make("header", {}, make("h3", {}, text("inspections.left_out", { count: stops.length }))),
    stops.length ? make("p", { css: "quiet" }, text("inspections.left_out_note")) : make("p", { css: "quiet" }, text("inspections.left_out_none")),
    list,
    rest > 0 ? button(text("inspections.more", { count: rest }), () => view.showMore(), { css: "button small" }) : null,
  );
}

function row(view, stop, place) {
  const isOpen = view.chosen === stop.id;
  const number = view.numbers.get(stop.id)?.number;
  const why = stop.why ? make("small", { css: "why" }, stop.why) : null;
  const flags = [stop.is_late ? text("inspections.late") : null, ...stop.flags].filter(Boolean).map((flag) => make("small", { css: "flag" }, flag));
  const turn = () => view.choose(isOpen ? null : stop.id);
  // no button: out of one nothing can be dragged
  const head = make(
    "div",
    { role: "button", tabindex: "0", css: "stop-head", "aria-expanded": String(isOpen), onclick: turn, onkeydown: (event) => pressed(event, turn) },
    make("span", { css: "stop-number" }, number ? String(number) : "–"),
    make("span", { css: "stop-name" }, stop.title, make("small", { css: "quiet" }, aboutOf(stop)), why, flags),
    make("span", { css: "stop-at" }, stop.arrives || "", stop.locked ? make("span", { css: "locked", title: text("inspections.locked") }, text("inspections.held")) : null, stop.is_done ? make("span", { css: "is-done", title: text("inspections.recorded") }, "✓") : null),
  );
  const element = make("li", { css: `stop${isOpen ? " open" : ""}${stop.is_done ? " done" : ""}`, "data-stop": String(stop.id) }, head, isOpen ? insides(view, stop, place) : null);
  if (view.mayMove && !stop.is_done) drags(view, element, stop);
  return element;
}

function pressed(event, turn) {
  if (event.key !== "Enter" && event.key !== " ") return;
  event.preventDefault();
  turn();
}

const aboutOf = (stop) =>
  [stop.ward, text("inspections.minutes", { minutes: stop.minutes }), stop.venues.length > 1 ? text("inspections.venues", { count: stop.venues.length }) : "", stop.hours].filter(Boolean).join(" · ");

function insides(view, stop, place) {
  return make("div", { css: "stop-insides" }, view.mayMove && !stop.is_done ? [moves(view, stop, place), hoursOf(view, stop)] : null, stop.venues.slice(0, 12).map((venue) => venueLine(venue)), stop.venues.length > 12 ? make("p", { css: "quiet" }, text("inspections.more_venues", { count: stop.venues.length - 12 })) : null);
}

/** Why a venue is visited, and where it stands in the map of the page. */
function venueLine(venue) {
  return make(
    "div",
    { css: "stop-venue" },
    make("a", { href: `/?venue=${encodeURIComponent(venue.code)}` }, `${venue.name} (${venue.code})`),
    make("span", { css: "quiet" }, [venue.status, venue.kind, venue.drawn ? text("inspections.is_drawn") : "", venue.outcome ? text("inspections.outcome", { outcome: venue.outcome }) : ""].filter(Boolean).join(" · ")),
    venue.refused ? make("p", { css: "warn" }, venue.refused) : null,
    venue.reasons.length ? make("ul", { css: "reasons" }, venue.reasons.map((reason) => make("li", {}, reason))) : null,
  );
}

/** The way to move a stop without dragging: another team or half-day, up, down, locked, taken off. */
function moves(view, stop, place) {
  const options = [[NOBODY, text("inspections.nobody_goes")], ...halfDays(view)];
  const to = select(options, place ? `${place.team.id}:${place.shift}` : NOBODY, (value) => {
    const [team, shift] = value.split(":").map(Number);
    view.act("move", value === NOBODY ? { stop: stop.id, team: null } : { stop: stop.id, team, shift });
  }, { "aria-label": text("inspections.move_to"), "data-part": "move-to" });
  const by = (step) => view.act("move", { stop: stop.id, team: place.team.id, shift: place.shift, position: place.index + 1 + step });
  return make(
    "div",
    { css: "stop-moves" },
    make("label", {}, make("span", {}, text("inspections.move_to")), to),
    place ? button("▲", () => by(-1), { "aria-label": text("inspections.up"), title: text("inspections.up"), disabled: place.index === 0, css: "button small" }) : null,
    place ? button("▼", () => by(1), { "aria-label": text("inspections.down"), title: text("inspections.down"), disabled: place.last, css: "button small" }) : null,
    place ? button(stop.locked ? text("inspections.unlock") : text("inspections.lock"), () => view.act("lock", { stop: stop.id, locked: !stop.locked }), { css: "button small", "data-part": "lock" }) : null,
    button(text("inspections.remove"), () => view.act("remove", { stop: stop.id }), { css: "button small" }),
  );
}

/** How long the visit takes and when the place is open: known by telephone, or at the door the last time. */
function hoursOf(view, stop) {
  const minutes = make("input", { type: "number", min: "1", max: "480", value: String(stop.minutes) });
  const opens = make("input", { type: "time", value: stop.opens });
  const closes = make("input", { type: "time", value: stop.closes });
  const save = () => view.act("hours", { stop: stop.id, minutes: Number(minutes.value), opens: opens.value, closes: closes.value });
  return make(
    "details",
    { css: "stop-hours" },
    make("summary", {}, text("inspections.change_hours")),
    make("div", { css: "plan-fields" }, field(text("inspections.minutes_of"), minutes), field(text("inspections.opens"), opens), field(text("inspections.closes"), closes), button(text("inspections.save"), save, { css: "button small" })),
  );
}

function drags(view, element, stop) {
  element.draggable = true;
  element.addEventListener("dragstart", (event) => {
    view.dragged = stop.id;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", String(stop.id));
    element.classList.add("dragged");
  });
  element.addEventListener("dragend", () => {
    view.dragged = null;
    element.classList.remove("dragged");
  });
}

/** A list into which a stop can be dropped: before the row under the pointer, or at the end. */
function takesDrops(view, list, team, shift) {
  const rowBelow = (y) => [...list.querySelectorAll(".stop:not(.dragged)")].find((each) => {
    const box = each.getBoundingClientRect();
    return y < box.top + box.height / 2;
  });
  const clear = () => list.querySelectorAll(".drop-here").forEach((each) => each.classList.remove("drop-here"));
  list.addEventListener("dragover", (event) => {
    if (!view.dragged) return;
    event.preventDefault();
    clear();
    list.classList.add("drop");
    rowBelow(event.clientY)?.classList.add("drop-here");
  });
  list.addEventListener("dragleave", () => {
    clear();
    list.classList.remove("drop");
  });
  list.addEventListener("drop", (event) => {
    event.preventDefault();
    list.classList.remove("drop");
    const stop = view.dragged;
    if (!stop) return;
    const before = rowBelow(event.clientY);
    const rows = [...list.querySelectorAll(".stop")].filter((each) => each.dataset.stop !== String(stop));
    const position = before ? rows.indexOf(before) + 1 : rows.length + 1;
    view.act("move", team ? { stop, team: team.id, shift, position } : { stop, team: null });
  });
}

const sum = (rows, name) => rows.reduce((total, each) => total + each[name], 0);

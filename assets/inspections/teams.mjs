/* The teams of a form: who goes, from where, when and how. */

import { button, field, make, select, text } from "./elements.mjs";
import { lookOf } from "./features.mjs";

const MAP = "map";

/** `count` teams as one would make them: each starts in the middle of its part of the venues `found` (how many by id of
    ward), the police are shared out, whole days by motorbike. */
export function proposed(known, count, found = {}) {
  const offices = startsOf(known, count, found);
  const police = known.officers.filter(({ role }) => role === "police");
  return Array.from({ length: count }, (_, index) => {
    const office = offices[index % offices.length] || known.wards[0];
    return {
      name: text("inspections.team_name", { number: index + 1 }),
      travel: "motorbike",
      ward: office?.id ?? MAP,
      lon: office?.lon ?? 105.77,
      lat: office?.lat ?? 20.97,
      shifts: known.shifts.map(([from, to]) => ({ from, to, on: true })),
      wards: [],
      members: police.filter((_officer, place) => place % count === index).map(({ id }) => id),
    };
  });
}

/** Ward offices in the middle of as many parts of what is found as there are teams, each with about the same work. */
function startsOf(known, count, found) {
  const some = known.wards.filter(({ id }) => found[id]).map((ward) => ({ ...ward, weight: found[ward.id] }));
  const offices = some.length ? some : known.wards.map((ward) => ({ ...ward, weight: 1 }));
  return partsOf(offices, count).map((part) => {
    const middle = { lon: mean(part, "lon"), lat: mean(part, "lat") };
    return part.reduce((best, office) => (far(office, middle) < far(best, middle) ? office : best));
  });
}

/** The places in `count` parts of about the same weight: cut across where they reach farthest, and each piece again. */
function partsOf(places, count) {
  if (count < 2 || places.length < 2) return [places];
  const reach = (name) => Math.max(...places.map((place) => place[name])) - Math.min(...places.map((place) => place[name]));
  const name = reach("lon") > reach("lat") ? "lon" : "lat";
  const ordered = [...places].sort((a, b) => a[name] - b[name]);
  const fewer = Math.floor(count / 2);
  const share = (weightOf(ordered) * fewer) / count;
  let cut = 1;
  while (cut < ordered.length - 1 && weightOf(ordered.slice(0, cut)) < share) cut += 1;
  return [...partsOf(ordered.slice(0, cut), fewer), ...partsOf(ordered.slice(cut), count - fewer)];
}

const far = (a, b) => Math.hypot(a.lon - b.lon, a.lat - b.lat);
const weightOf = (places) => places.reduce((sum, { weight }) => sum + weight, 0);
const mean = (places, name) => places.reduce((sum, place) => sum + place[name] * place.weight, 0) / weightOf(places);

/** The teams of a plan as the form has them. */
export function asTyped(known, plan) {
  return plan.teams.map(({ name, travel, lon, lat, shifts, wards, members }) => ({
    name, travel, lon, lat,
    ward: known.wards.find((ward) => ward.lon === lon && ward.lat === lat)?.id ?? MAP,
    shifts: shifts.map(([from, to]) => ({ from, to, on: true })),
    wards: wards || [],
    members: members.map(({ id }) => id),
  }));
}

/** The teams as they are sent. */
export const asSent = (teams) =>
  teams.map(({ name, travel, lon, lat, shifts, wards, members }) => ({
    name, travel, lon, lat,
    shifts: shifts.filter(({ on }) => on).map(({ from, to }) => [from, to]),
    wards: wards.length ? wards : null,
    members,
  }));

/** The teams as the map draws them. */
export const asDrawn = (teams) => ({
  id: 0, version: teams.length, stops: [],
  teams: teams.map(({ name, lon, lat, shifts }, index) => ({ id: index, number: index + 1, name, lon, lat, shifts })),
});

/** The card of one team; `changed` after each change, `pick(put)` to choose its start on the map. */
export function teamCard({ team, number, known, changed, pick, remove }) {
  const look = lookOf(known.looks, number);
  const chip = make("span", { css: "team-chip", style: `--team: ${look.colour}; --team-ink: ${look.ink}` }, String(number));
  const name = make("input", { value: team.name, maxlength: "60", "aria-label": text("inspections.team"), oninput: () => (team.name = name.value) });
  const starts = [...known.wards.map(({ id, name: ward, office }) => [id, office || text("inspections.start_ward", { ward })]), [MAP, text("inspections.start_map")]];
  const start = select(starts, team.ward, (value) => {
    const ward = known.wards.find(({ id }) => String(id) === value);
    if (ward) Object.assign(team, { ward: ward.id, lon: ward.lon, lat: ward.lat });
    else onMap();
    changed();
  });
  const onMap = () =>
    pick(({ lng, lat }) => {
      Object.assign(team, { ward: MAP, lon: lng, lat });
      start.value = MAP;
      changed();
    });
  const travel = select(["motorbike", "foot"].map((how) => [how, text(`inspections.travel.${how}`)]), team.travel, (value) => (team.travel = value));
  return make(
    "fieldset",
    { css: "team-card", "data-team-card": String(number) },
    make("legend", {}, chip, make("span", { css: "for-screen-readers" }, text("inspections.team_name", { number }))),
    make("div", { css: "team-head" }, name, remove ? button(text("inspections.remove_team"), remove, { css: "button small" }) : null),
    make("div", { css: "plan-fields" }, field(text("inspections.travel"), travel), field(text("inspections.start"), start)),
    button(text("inspections.pick_start"), onMap, { css: "button small" }),
    make("div", { css: "team-shifts" }, team.shifts.map((shift, index) => shiftLine(shift, index))),
    officersOf(team, known),
    wardsOf(team, known),
  );
}

function shiftLine(shift, index) {
  const at = (end, name) => {
    const label = `${text(`inspections.shift.${index}`)} ${name}`;
    const input = make("input", { type: "time", value: shift[end], "aria-label": label, oninput: () => (shift[end] = input.value) });
    return input;
  };
  const box = make("input", { type: "checkbox", checked: shift.on, onchange: () => (shift.on = box.checked) });
  return make("div", { css: "team-shift" }, make("label", {}, box, make("span", {}, text(`inspections.shift.${index}`))), at("from", text("inspections.from")), "–", at("to", text("inspections.to")));
}

/** Boxes for some of a list, folded under a line that names those which are ticked. */
export function ticks(title, none, all, chosen, changed) {
  const said = make("span", { css: "quiet" });
  const tell = () => (said.textContent = all.filter(([value]) => chosen.includes(value)).map(([, label]) => label).join(", ") || none);
  const boxes = all.map(([value, label]) => {
    const box = make("input", { type: "checkbox", checked: chosen.includes(value), value: String(value), onchange: () => {
      if (box.checked) chosen.push(value);
      else chosen.splice(chosen.indexOf(value), 1);
      tell();
      changed();
    } });
    return make("label", {}, box, make("span", {}, label));
  });
  tell();
  return make("details", { css: "ticks" }, make("summary", {}, make("span", {}, `${title}: `), said), make("div", {}, boxes));
}

function officersOf(team, known) {
  const ward = (id) => known.wards.find((each) => each.id === id)?.name;
  const all = known.officers.map(({ id, name, role_name: role, wards }) => {
    const where = wards.map(ward).filter(Boolean).join(", ");
    return [id, `${name} (${where ? `${role}, ${where}` : role})`];
  });
  return ticks(text("inspections.members"), text("inspections.nobody_yet"), all, team.members, () => {});
}

const wardsOf = (team, known) =>
  ticks(text("inspections.team_wards"), text("inspections.any_ward"), known.wards.map(({ id, name }) => [id, name]), team.wards, () => {});

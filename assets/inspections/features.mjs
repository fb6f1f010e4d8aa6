/* What the map draws of a plan, as GeoJSON: pure functions of the plan. */

const feature = (type, coordinates, properties) => ({ type: "Feature", properties, geometry: { type, coordinates } });

const LAST = 10_000; // stops to which nobody goes lie below all others

export const lookOf = (looks, number) => looks.teams[(number - 1) % looks.teams.length];

/** The stops of a team's shift in order. */
export const inShift = (plan, team, shift) =>
  plan.stops.filter((stop) => stop.team === team.id && stop.shift === shift).sort((a, b) => a.position - b.position);

/** Routes as [{team, shift, stops}], of the plan or of the best so far. */
function routesOf(plan, best) {
  if (!best) return plan.teams.flatMap((team) => team.shifts.map((_, shift) => ({ team, shift, stops: inShift(plan, team, shift) })));
  const stops = new Map(plan.stops.map((stop) => [stop.id, stop]));
  const teams = new Map(plan.teams.map((team) => [team.id, team]));
  return best.routes
    .map((route) => ({ team: teams.get(route.team), shift: route.shift, stops: route.stops.map((id) => stops.get(id)).filter(Boolean) }))
    .filter(({ team }) => team);
}

/** Number of each visited stop within its team's day, from 1, by the stop's id. */
export function numbersOf(plan, best = null) {
  const counts = new Map();
  const numbers = new Map();
  const ordered = [...routesOf(plan, best)].sort((a, b) => a.team.number - b.team.number || a.shift - b.shift);
  for (const { team, stops } of ordered) {
    for (const stop of stops) {
      counts.set(team.id, (counts.get(team.id) || 0) + 1);
      numbers.set(stop.id, { number: counts.get(team.id), team });
    }
  }
  return numbers;
}

/** {routes, starts, stops} for the map; stops that have no point are on no map. */
export function featuresOf(plan, looks, best, chosen) {
  const numbers = numbersOf(plan, best);
  const located = plan.stops.filter(({ lon }) => lon !== null);
  const stops = located.map((stop) => {
    const place = numbers.get(stop.id);
    const look = place ? lookOf(looks, place.team.number) : looks.nobody;
    const properties = {
      id: stop.id, colour: look.colour, ink: look.ink, label: place ? String(place.number) : "",
      visited: Boolean(place), chosen: stop.id === chosen, order: place ? place.number : LAST,
    };
    return feature("Point", [stop.lon, stop.lat], properties);
  });
  const starts = plan.teams.map((team) =>
    feature("Point", [team.lon, team.lat], { colour: lookOf(looks, team.number).colour, label: String(team.number) }),
  );
  const routes = routesOf(plan, best).flatMap(({ team, shift, stops: ordered }) => {
    const points = ordered.filter(({ lon }) => lon !== null).map(({ lon, lat }) => [lon, lat]);
    if (!points.length) return [];
    const start = [team.lon, team.lat];
    const properties = { colour: lookOf(looks, team.number).colour, afternoon: shift > 0, name: team.name };
    return [feature("LineString", [start, ...points, start], properties)];
  });
  return { routes, starts, stops };
}

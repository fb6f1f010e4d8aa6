/* What a view lets through: as a filter of MapLibre, and as the address of tiles. Pure functions of the view. */

const FILTER_KEYS = ["status", "ward", "category", "q", "area", "located"];

const isAsked = (view) =>
  Boolean(
    view.statuses?.length ||
      view.wards?.length ||
      view.categories?.length ||
      view.query ||
      view.area ||
      view.located,
  );

/** Thinned tiles hold too little to filter: then the server filters first and thins afterwards. */
const isFilteredByServer = (view, wards) => wards.isThinned && isAsked(view);

/** Address template of the venues' tiles; filters stand in it only where tiles are thinned. */
export function tileAddress(view, wards) {
  const parameters = new URLSearchParams();
  if (isFilteredByServer(view, wards)) {
    const scope = new URLSearchParams(view.scope || "");
    for (const key of FILTER_KEYS) if (scope.get(key)) parameters.set(key, scope.get(key));
  }
  parameters.set("day", view.day);
  parameters.set("v", view.version);
  return `${location.origin}/tiles/venues/{z}/{x}/{y}.mvt?${parameters}`;
}

/** Address template of the wards' tiles. */
export function wardAddress(view) {
  return `${location.origin}/tiles/wards/{z}/{x}/{y}.mvt?day=${view.day}&v=${view.version}`;
}

/** Query of the page's filters, as the server reads them. */
export function filterQuery(view) {
  const parameters = new URLSearchParams(view.scope || "");
  parameters.set("day", view.day);
  return parameters;
}

/** Filter of the layer that draws one status. */
export function layerFilter(status, view, wards) {
  if (view.statuses?.length && !view.statuses.includes(status)) return ["==", ["get", "status"], ""];
  return among(["all", ["==", ["get", "status"], status]], view, wards);
}

/** Filter of what marks points that are only estimated: of the venues that the view lets through. */
export function unsureFilter(view, wards) {
  return among(view.statuses?.length ? ["all", oneOf(["get", "status"], view.statuses)] : ["all"], view, wards);
}

function among(all, view, wards) {
  if (isFilteredByServer(view, wards)) return all;
  if (view.wards?.length) all.push(oneOf(["coalesce", ["get", "ward"], "none"], view.wards));
  if (view.categories?.length) all.push(oneOf(["get", "category"], view.categories));
  // "match" looks a number up in a table; "in" would compare it with each of thousands.
  if (view.matches) all.push(oneOf(["get", "id"], view.matches));
  return all;
}

function oneOf(value, allowed) {
  return allowed.length ? ["match", value, [...allowed], true, false] : false;
}

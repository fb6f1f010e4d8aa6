// The small map beside a pair: outlines of wards and places of candidates, drawn without the map's library.
import { make, svg, text } from "./elements.mjs";

const SIDE = 100; // of the drawing, before its aspect

const rings = (geometry) => (geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates).flat();

/** The part of the world shown: the wards concerned and every point, with a margin, no smaller than about 1 km. */
function extent(named, points) {
  const all = [...points, ...named.flatMap((ward) => rings(ward.geometry).flat())];
  const lons = all.map(([lon]) => lon);
  const lats = all.map(([, lat]) => lat);
  const middle = [(Math.min(...lons) + Math.max(...lons)) / 2, (Math.min(...lats) + Math.max(...lats)) / 2];
  const reach = Math.max(0.005, ((Math.max(...lons) - Math.min(...lons)) / 2) * 1.15, ((Math.max(...lats) - Math.min(...lats)) / 2) * 1.5);
  return { middle, reach };
}

/** The wards named and the places of a pair's candidates; null where there is nothing to show. */
export function smallMap(pair, chosenNumber, wards) {
  const chosen = pair.candidates[chosenNumber];
  const bears = (ward, key) => key && (key === ward.key || key.endsWith(` ${ward.key}`) || key.endsWith(`.${ward.key}`));
  const named = wards.filter((ward) => bears(ward, pair.ward_key) || bears(ward, chosen && chosen.ward_key));
  const places = pair.candidates.map((candidate, number) => ({ ...candidate, number })).filter((c) => c.lon !== null);
  const own = pair.lon !== null && pair.lon !== undefined ? [[pair.lon, pair.lat]] : [];
  if (named.length + places.length + own.length === 0) return null;
  const { middle, reach } = extent(named, [...own, ...places.map((p) => [p.lon, p.lat])]);
  const x = (lon) => SIDE * (0.5 + (lon - middle[0]) / (2 * reach));
  const y = (lat) => SIDE * 0.75 * (0.5 - (lat - middle[1]) / (1.5 * reach));
  const path = (ward) =>
    rings(ward.geometry).map((ring) => `M${ring.map(([lon, lat]) => `${x(lon).toFixed(1)},${y(lat).toFixed(1)}`).join("L")}Z`).join("");
  const drawing = svg("svg", { class: "review-map", viewBox: `0 0 ${SIDE} ${SIDE * 0.75}`, role: "img", "aria-label": text("review.map") });
  const ordered = [...wards.filter((ward) => !named.includes(ward)), ...named];
  for (const ward of ordered) drawing.append(svg("path", { d: path(ward), class: bears(ward, pair.ward_key) ? "named" : "" }));
  for (const [lon, lat] of own) drawing.append(svg("circle", { cx: x(lon), cy: y(lat), r: 2.2, class: "mention" }));
  for (const place of places) {
    const is = place.number === chosenNumber;
    drawing.append(svg("circle", { cx: x(place.lon), cy: y(place.lat), r: is ? 2.6 : 1.8, class: is ? "chosen" : "" }));
    drawing.append(svg("text", { x: x(place.lon), y: y(place.lat) - 4, style: "font-size:5px;stroke-width:1px" }, String(place.number + 1)));
  }
  return make("figure", { style: "margin:0" }, drawing, make("figcaption", { class: "review-legend" }, text(chosen && chosen.lon === null ? "review.map.no_point" : "review.map.legend")));
}

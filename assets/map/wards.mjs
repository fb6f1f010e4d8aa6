/* Names and boxes of the wards, and whether boundaries are approximate and tiles thinned; asked for once a version. */

import { fetchJson } from "./fetching.mjs";

let known = { key: null, wards: null };

/** Wards as of `view`, or of the current day. */
export async function loadWards(view) {
  const key = view && `${view.day} ${view.version}`;
  if (known.key && (!view || known.key === key)) return known.wards;
  const address = view ? `/tiles/wards.geojson?day=${view.day}` : "/tiles/wards.geojson";
  const collection = await fetchJson(address).catch((error) => {
    if (known.wards) return null;
    throw error;
  });
  if (!collection) return known.wards;
  const wards = read(collection);
  known = { key: `${wards.day} ${wards.version}`, wards };
  return wards;
}

function read(collection) {
  const features = collection.features;
  const boxes = new Map(features.map(({ properties }) => [properties.code, properties.box]));
  // What the caller may see venues of is what is looked at first; without such wards, all of them.
  const own = features.filter(({ properties }) => properties.own);
  const edges = (own.length ? own : features).map(({ properties }) => properties.box);
  const edge = (index, pick, otherwise) => (edges.length ? pick(...edges.map((box) => box[index])) : otherwise);
  return {
    names: collection,
    boxes,
    areas: new Map(features.map(({ properties }) => [properties.code, properties.area_km2])),
    // Without wards: the district, so that venues can still be looked at.
    box: [
      edge(0, Math.min, 105.7),
      edge(1, Math.min, 20.9),
      edge(2, Math.max, 105.81),
      edge(3, Math.max, 21.01),
    ],
    isApproximate: features.some(({ properties }) => properties.approximate),
    isThinned: collection.thinned,
    day: collection.day,
    version: collection.version,
  };
}

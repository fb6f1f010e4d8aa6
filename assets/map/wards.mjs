/* Names and boxes of the wards, and whether boundaries are approximate and tiles thinned; asked for once a version. */

let known = { key: null, wards: null };

/** Wards as of `view`, or of the current day. */
export async function loadWards(view) {
  const key = view && `${view.day} ${view.version}`;
  if (known.key && (!view || known.key === key)) return known.wards;
  const response = await fetch(view ? `/tiles/wards.geojson?day=${view.day}` : "/tiles/wards.geojson");
  if (!response.ok) {
    if (known.wards) return known.wards;
    throw new Error(await response.text());
  }
  const wards = read(await response.json());
  known = { key: `${wards.day} ${wards.version}`, wards };
  return wards;
}

function read(collection) {
  const features = collection.features;
  const boxes = new Map(features.map(({ properties }) => [properties.code, properties.box]));
  const edges = [...boxes.values()];
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

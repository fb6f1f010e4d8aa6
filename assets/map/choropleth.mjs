/* Colours of the wards: a class for each, from the figures of the view. */

/** A ward's value: a share between 0 and 1, or venues per km²; null where there is nothing to say. */
function wardValue(measure, figures, areaKm2) {
  if (!figures) return null;
  if (measure === "density") return areaKm2 ? figures.total / areaKm2 : null;
  return figures.total ? figures[measure] / figures.total : null;
}

/** Lower bounds of all classes but the first. Density is divided by shares of the largest. */
function classBounds(measure, bounds, values) {
  if (measure !== "density") return bounds;
  const largest = Math.max(0, ...values);
  return bounds.map((share) => share * largest);
}

export function colourWards(map, view, wards, config) {
  const { bounds, colours } = config.measures[view.measure];
  const figures = view.wardFigures || {};
  const values = new Map(
    [...wards.areas].map(([code, area]) => [code, wardValue(view.measure, figures[code], area)]),
  );
  const known = [...values.values()].filter((value) => value !== null);
  const limits = classBounds(view.measure, bounds, known);
  for (const [code, value] of values) {
    // Without a value a ward has no class; left without a colour, it would take that of the unfiltered tile.
    const colour = value === null ? config.noColour : colours[limits.filter((limit) => value >= limit).length];
    map.setFeatureState({ source: "wards", sourceLayer: "wards", id: code }, { colour });
  }
}

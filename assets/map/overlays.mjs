/* What lies over the map only at times: the drawn area, the ring around the open venue. Each is added when it is first
   needed, so that the first draw does not wait for what is empty. */

/** Show GeoJSON features in the overlay `id` of `layers`; none takes them away. */
export function setOverlay(map, layers, id, features) {
  const data = { type: "FeatureCollection", features };
  const source = map.getSource(id);
  if (source) source.setData(data);
  else if (features.length) {
    map.addSource(id, { type: "geojson", data });
    for (const layer of layers) map.addLayer(layer);
  }
}

export const feature = (type, coordinates) => ({ type: "Feature", properties: {}, geometry: { type, coordinates } });

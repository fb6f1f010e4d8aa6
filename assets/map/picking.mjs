/* What lies at a click: every venue at the place, asked of the server, so that none is hidden under another (several are
   fanned out, many are listed in the drawer); else the ward. The keyboard picks what is in the middle of the map. */

import { filterQuery } from "./filters.mjs";

const NEAR_PIXELS = { mouse: 5, touch: 16, keyboard: 18 };
const SAME_PIXELS = 4; // symbols this close cannot be told apart
const SAME_METRES = 15;
const WARDS_UP_TO_ZOOM = 14.5;

export function listenForPicks(map, config, { view, isDrawing, fanOf }) {
  const canvas = map.getCanvas();
  let listed = null; // what the fan's hub lists in the drawer
  const tell = (picked) => window.dash_clientside.set_props(config.ids.click, { data: { ...picked, at: Date.now() } });
  const fan = fanOf({
    choose: (venue) => window.hadong.page.go({ venue }),
    list: () => tell(listed),
  });
  const pickAt = async (point, kind) => {
    if (isDrawing() || !view()) return;
    const { picked, around } = (await pick(map, config, view(), point, NEAR_PIXELS[kind])) || {};
    if (!picked) return;
    listed = picked;
    if (around.length > 1) fan.open(picked.lngLat, around, { withFocus: kind === "keyboard" });
    else tell(picked);
  };
  map.on("click", (event) => {
    const isTouch = event.originalEvent?.pointerType === "touch" || matchMedia("(pointer: coarse)").matches;
    pickAt(event.point, isTouch ? "touch" : "mouse");
  });
  canvas.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || isDrawing()) return;
    event.preventDefault();
    pickAt(map.project(map.getCenter()), "keyboard");
  });
  map.on("mousemove", (event) => {
    if (isDrawing()) return;
    const hit = nearest(map, config, event.point, NEAR_PIXELS.mouse) || wardAt(map, event.point);
    canvas.style.cursor = hit ? "pointer" : "";
  });
}

async function pick(map, config, view, point, pixels) {
  const hit = nearest(map, config, point, pixels);
  if (!hit) {
    const code = wardAt(map, point);
    if (code) window.dash_clientside.set_props(config.ids.ward, { data: { code, at: Date.now() } });
    return null;
  }
  const [lon, lat] = hit.geometry.coordinates;
  const parameters = filterQuery(view);
  parameters.set("lon", lon.toFixed(7));
  parameters.set("lat", lat.toFixed(7));
  const metres = Math.max(SAME_METRES, SAME_PIXELS * metresPerPixel(map, lat)).toFixed(1);
  parameters.set("metres", metres);
  const response = await fetch(`/tiles/nearby.json?${parameters}`);
  // Without an answer the venue under the pointer is still known.
  const found = response.ok ? await response.json() : { venues: [], total: 0, fan: [] };
  const venues = found.venues.length ? found.venues : [hit.properties.id];
  const total = Math.max(found.total, venues.length);
  return { picked: { venues, total, lngLat: [lon, lat], metres }, around: found.fan };
}

/** The venue drawn nearest to a point of the screen, the topmost of equals; null when none is within `pixels`. */
function nearest(map, config, point, pixels) {
  const box = [
    [point.x - pixels, point.y - pixels],
    [point.x + pixels, point.y + pixels],
  ];
  let best = null;
  for (const feature of map.queryRenderedFeatures(box, { layers: config.venueLayers })) {
    const at = map.project(feature.geometry.coordinates);
    const distance = Math.hypot(at.x - point.x, at.y - point.y);
    if (!best || distance < best.distance - 0.5) best = { feature, distance };
  }
  return best && best.feature;
}

function wardAt(map, point) {
  if (map.getZoom() > WARDS_UP_TO_ZOOM) return null;
  const [name] = map.queryRenderedFeatures(point, { layers: ["ward-name"] });
  const [area] = name ? [name] : map.queryRenderedFeatures(point, { layers: ["ward-fill"] });
  return area ? area.properties.code : null;
}

function metresPerPixel(map, lat) {
  return (78271.517 * Math.cos((lat * Math.PI) / 180)) / 2 ** map.getZoom();
}

/* The map of the page. It starts while Dash is still loading, in a place of its own, and moves into the page's place for
   it when that is there; from then on the page hands over views (see assets/page.js) to be shown. */

import * as maplibregl from "../vendor/maplibre/maplibre-gl.mjs";
import { fetchJson } from "./fetching.mjs";
import { layerFilter, tileAddress, wardAddress } from "./filters.mjs";
import { loadFonts } from "./labels.mjs";
import { loadWards } from "./wards.mjs";

// On a phone the buttons take a strip at the right, scale and notes one at the foot.
const isNarrow = matchMedia("(max-width: 760px)").matches;
const FIT = { padding: isNarrow ? { top: 16, right: 66, bottom: 64, left: 12 } : 24, maxZoom: 17 };
// What makes the first view differ from that of the bare address.
const KEYS_OF_A_VIEW = ["day", "status", "ward", "category", "q", "area", "located", "venue", "measure"];

maplibregl.prewarm(); // the workers' script takes its time and needs nothing

const configs = new Map(); // address -> promise of what callbacks/map.py says
let starting = null; // promise of what is on the page
let map = null;

function loadConfig(address) {
  if (!configs.has(address)) {
    const loading = fetchJson(address);
    loading.catch(() => configs.delete(address));
    configs.set(address, loading);
  }
  return configs.get(address);
}

/** Draw `view`. Resolves when the map has taken it on, not when its tiles have come. */
export async function show(view, address) {
  const [config, wards] = await Promise.all([loadConfig(address), loadWards(view)]);
  starting = starting || start(view, wards, config);
  const shown = await starting.catch((error) => {
    starting = null; // the next view tries again
    throw error;
  });
  shown.settle(document.getElementById(config.ids.map));
  shown.show(view, wards);
}

/** Draw the district before the page asks for it, when its address asks for nothing else. */
async function startEarly(address) {
  const [config, wards] = await Promise.all([loadConfig(address), loadWards()]);
  const asked = new URLSearchParams(location.search);
  if (starting || KEYS_OF_A_VIEW.some((key) => asked.has(key))) return;
  starting = start({ day: wards.day, version: wards.version, measure: "compliant" }, wards, config);
  const shown = await starting;
  settleWhenThere(shown, config.ids.map);
  await shown.moments.drawn;
}

function settleWhenThere(shown, id) {
  const settle = () => {
    const place = document.getElementById(id);
    if (place) shown.settle(place);
    return place;
  };
  if (settle()) return;
  const watch = new MutationObserver(() => settle() && watch.disconnect());
  watch.observe(document.body, { childList: true, subtree: true });
}

/** What moves a venue's point, once the map is there. */
export const moving = async () => (await starting).moving;

/** The MapLibre map on the page, for tests and measurements. */
export const current = () => map;

async function start(view, wards, config) {
  const place = document.getElementById(config.ids.map);
  const host = document.createElement("div");
  host.className = "map-host early";
  (place || document.body).append(host);
  host.classList.toggle("early", !place);
  const style = structuredClone(config.style);
  style.sources.venues.tiles = [tileAddress(view, wards)];
  style.sources.wards.tiles = [wardAddress(view)];
  for (const layer of style.layers) {
    if (layer.metadata?.status) layer.filter = layerFilter(layer.metadata.status, view, wards);
  }
  map = new maplibregl.Map({
    container: host,
    style,
    bounds: home(view, wards),
    fitBoundsOptions: FIT,
    minZoom: 9,
    maxZoom: 20,
    maxPitch: 0,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    attributionControl: false,
    fadeDuration: 0,
    locale: config.texts.controls,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  if (style.sources.basemap) map.addControl(new maplibregl.AttributionControl({ compact: true }));
  map.getCanvas().setAttribute("aria-label", config.texts.label);
  const moments = { loaded: once("style.load"), drawn: once("idle") };
  moments.drawn.then(() => performance.mark("map-drawn"));
  moments.named = moments.drawn.then(loadFonts); // what the labels are drawn with; the venues come first
  // Buttons, clicks, notes: not needed for the first draw, so not loaded before it.
  const { Shown } = await import("./shown.mjs");
  return new Shown(map, maplibregl, host, config, { fit: FIT, home: home(view, wards), moments, wards });
}

const once = (event) => new Promise((resolve) => map.once(event, resolve));

/** Where a first view opens: on its area, its ward, or the district. */
function home(view, wards) {
  if (view.area) {
    const lons = view.area.map(([lon]) => lon);
    const lats = view.area.map(([, lat]) => lat);
    return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
  }
  return wards.boxes.get(view.ward) || wards.box;
}

const link = document.querySelector("link[data-map-config]");

/** Settles once the district has been drawn, or is not to be drawn yet. */
export const early = link ? startEarly(link.getAttribute("href")) : Promise.resolve();
// A failure here is met again, and said, when the page asks for its first view.
early.catch(() => {});

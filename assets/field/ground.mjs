/* What every map of the screen has: streets, wards, venues and where the phone is, drawn from what the phone holds. How it
   looks comes with the screen's files (layers/field_style.py); a basemap is the one thing asked of a network. */

import { loadFonts } from "../map/labels.mjs";
import * as maplibregl from "../vendor/maplibre/maplibre-gl.mjs";
import { el, FILES, t } from "./dom.mjs";

const BASEMAP_FAULTS = 4; // as on the district's map
const STREET_ZOOM = 17;
const FIT = { padding: { top: 20, right: 20, bottom: 180, left: 20 } }; // the key lies at the foot
const CORNERS = 48;
const METRES_A_DEGREE = 111195;

let look = null; // promise of the style, and of the statuses as the key lists them

async function asked() {
  const response = await fetch(`${FILES}map.json`);
  if (!response.ok) throw new Error(`map.json: ${response.status}`);
  return response.json();
}

/** The style with the tiles of a basemap in it, where there is one. */
function styled({ style, basemap }, tiles) {
  if (!tiles) return style;
  style.sources.basemap = { type: "raster", tiles: [tiles], tileSize: 256, attribution: t("map.basemap_credit") };
  style.layers.splice(style.layers.findIndex(({ id }) => id === basemap.below), 0, basemap.layer);
  return style;
}

/** The key: statuses as they are drawn, and what else is on the map. */
export function legend(statuses, venues, isOpen) {
  const line = (name, words) => el("li", {}, el(`span.swatch.${name}`, { "aria-hidden": "true" }), words);
  return el(
    "details.legend",
    { open: isOpen },
    el("summary", {}, t("field.map.legend")),
    el("ul", {}, statuses.map((code) => line(code, t(`status.${code}`))), line("here", t("field.map.here")), line("done", t("field.due.done_today")), line("unsure", t("field.map.unsure"))),
    venues.taken?.wards.some((ward) => ward.approximate) && el("p.quiet", {}, t("map.approximate")),
  );
}

export class Ground {
  /** Draw into `container`: around `at` where that is known, else all wards. `key(statuses)` hears what to explain. */
  static async drawn(container, screen, { at = null, key = (_statuses) => {} } = {}) {
    look = look || asked();
    const told = await look.catch((error) => {
      look = null; // the next map asks again
      throw error;
    });
    await loadFonts();
    const ground = new Ground(container, screen, styled(structuredClone(told), screen.venues.taken?.basemap), at);
    key(told.statuses);
    return ground;
  }

  constructor(container, screen, style, at) {
    this.screen = screen;
    this.container = container;
    this.isLoaded = false;
    this.faults = 0;
    this.left = new AbortController();
    this.venueLayers = style.layers.filter((layer) => layer.metadata?.status).map((layer) => layer.id);
    this.map = new maplibregl.Map({
      container,
      style,
      ...(at ? { center: [at.lon, at.lat], zoom: STREET_ZOOM } : { bounds: boxOf(screen.venues.taken?.wards || []), fitBoundsOptions: FIT }),
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      maxPitch: 0,
      fadeDuration: 0,
      locale: {
        "Map.Title": t("field.map.title"),
        "NavigationControl.ZoomIn": t("map.zoom_in"),
        "NavigationControl.ZoomOut": t("map.zoom_out"),
        "AttributionControl.ToggleAttribution": t("map.credits"),
      },
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.addControl(new Me(() => this.goHere()), "bottom-right"); // where a thumb reaches
    this.map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "bottom-right");
    if (style.sources.basemap) this.map.addControl(new maplibregl.AttributionControl({ compact: true }), "top-right");
    this.note = el("p.map-note", { role: "status", hidden: true });
    container.append(this.note);
    this.map.on("error", (/** @type {any} */ event) => (event.sourceId === "basemap" ? this.onBasemapFault() : console.warn(event.error)));
    this.map.on("load", () => {
      this.isLoaded = true;
      this.draw();
    });
    addEventListener("online", () => this.tryBasemap(), { signal: this.left.signal });
  }

  draw() {
    if (!this.isLoaded) return;
    const { venues } = this.screen;
    const fill = (name, data) => /** @type {maplibregl.GeoJSONSource} */ (this.map.getSource(name)).setData(data);
    fill("venues", points(this.screen));
    fill("wards", collected(venues.taken?.wards.map(({ code, name, geometry }) => feature(geometry, { code, name }))));
    fill("here", collected(venues.position && around(venues.position)));
    this.container.dataset.drawn = venues.list.length;
    this.map.resize();
  }

  goHere() {
    const at = this.screen.venues.position;
    if (!at) return this.screen.toast(t("field.propose.no_place"));
    this.map.easeTo({ center: [at.lon, at.lat], zoom: Math.max(this.map.getZoom(), STREET_ZOOM) });
  }

  say(words) {
    this.note.hidden = !words;
    this.note.textContent = words || "";
  }

  onBasemapFault() {
    this.faults += 1;
    if (this.faults !== BASEMAP_FAULTS) return;
    this.map.setLayoutProperty("basemap", "visibility", "none");
    this.say(t("map.no_basemap"));
  }

  tryBasemap() {
    if (this.faults < BASEMAP_FAULTS) return;
    this.faults = 0;
    this.map.setLayoutProperty("basemap", "visibility", "visible");
    this.say(null);
  }

  remove() {
    this.left.abort();
    this.map.remove();
  }
}

/** The button that goes to where the phone is. */
class Me {
  constructor(press) {
    this.button = el("button", { onclick: press, title: t("field.map.me"), "aria-label": t("field.map.me") }, el("span.icon.me", { "aria-hidden": "true" }));
  }

  onAdd() {
    this.element = el("div.maplibregl-ctrl.maplibregl-ctrl-group", {}, this.button);
    return this.element;
  }

  onRemove() {
    this.element.remove();
  }
}

const feature = (geometry, properties = {}) => ({ type: "Feature", geometry, properties });
const point = (lon, lat, properties) => feature({ type: "Point", coordinates: [lon, lat] }, properties);
const collected = (features) => ({ type: "FeatureCollection", features: features || [] });

function points({ venues, recorded }) {
  const placed = venues.list.filter((venue) => venue.lat !== null);
  return collected(
    placed.map((venue) => {
      const { code, name, status, door, unsure } = venue;
      return point(venue.lon, venue.lat, { code, name, status, door, unsure, done: recorded.has(code) || venues.need(venue).done });
    }),
  );
}

/** Where the phone is, in the circle in which it may be. */
function around({ lon, lat, accuracy }) {
  const north = accuracy / METRES_A_DEGREE;
  const east = north / Math.cos((lat * Math.PI) / 180);
  const ring = Array.from({ length: CORNERS + 1 }, (_, index) => {
    const turn = (index * 2 * Math.PI) / CORNERS;
    return [lon + east * Math.cos(turn), lat + north * Math.sin(turn)];
  });
  return [feature({ type: "Polygon", coordinates: [ring] }), point(lon, lat)];
}

/** @returns {[number, number, number, number]} */
function boxOf(wards) {
  const corners = wards.flatMap(({ geometry }) => geometry.coordinates.flat(geometry.type === "MultiPolygon" ? 2 : 1));
  if (!corners.length) return [105.7, 20.9, 105.81, 21.01];
  const lons = corners.map(([lon]) => lon);
  const lats = corners.map(([, lat]) => lat);
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}

/* The map without tiles: outlines of the wards and the venues, both from the phone's own store. */

import * as maplibregl from "../vendor/maplibre/maplibre-gl.mjs";
import { el, STATUSES, t } from "./dom.mjs";

const NEAR_PIXELS = 22; // of a thumb
const NAMES_FROM_ZOOM = 16.5;
const VIOLATING = ["==", ["get", "status"], "violating"];
const DUE = ["get", "due"];

const byStatus = (pick, otherwise) => ["match", ["get", "status"], ...Object.entries(STATUSES).flatMap(([code, look]) => [code, pick(look)]), otherwise];

function style() {
  const empty = { type: "geojson", data: { type: "FeatureCollection", features: [] } };
  return {
    version: 8,
    sources: { wards: empty, venues: empty, here: empty },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": "#eef1f3" } },
      { id: "ward", type: "fill", source: "wards", paint: { "fill-color": "#ffffff" } },
      { id: "ward-edge", type: "line", source: "wards", paint: { "line-color": "#4a5663", "line-width": 2 } },
      {
        id: "venue",
        type: "circle",
        source: "venues",
        layout: { "circle-sort-key": byStatus((look) => -look.rank, -9) },
        paint: {
          "circle-radius": ["interpolate", ["linear"], ["zoom"], 12, ["case", VIOLATING, 5, DUE, 4, 3], 17, ["case", VIOLATING, 13, DUE, 11, 8]],
          "circle-color": byStatus((look) => (look.ring ? "#ffffff" : look.colour), "#8a8f98"),
          "circle-stroke-color": ["case", ["any", VIOLATING, DUE], "#1b2430", byStatus((look) => look.colour, "#8a8f98")],
          "circle-stroke-width": ["case", ["any", VIOLATING, DUE], 2, 1],
        },
      },
      {
        id: "name",
        type: "symbol",
        source: "venues",
        minzoom: NAMES_FROM_ZOOM,
        layout: { "text-field": ["get", "name"], "text-font": ["Be Vietnam Pro"], "text-size": 13, "text-anchor": "top", "text-offset": [0, 0.9] },
        paint: { "text-color": "#1b2430", "text-halo-color": "#ffffff", "text-halo-width": 2 },
      },
      { id: "here", type: "circle", source: "here", paint: { "circle-radius": 8, "circle-color": "#0b5c7a", "circle-stroke-color": "#fff", "circle-stroke-width": 3 } },
    ],
  };
}

function made(container, venues, at, zoom) {
  const box = boxOf(venues.taken?.wards || []);
  const map = new maplibregl.Map({
    container,
    style: style(),
    ...(at ? { center: [at.lon, at.lat], zoom } : { bounds: box, fitBoundsOptions: { padding: 20 } }),
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    maxPitch: 0,
    fadeDuration: 0,
  });
  map.touchZoomRotate.disableRotation();
  return map;
}

export class MapView {
  constructor(screen) {
    this.screen = screen;
    this.place = el("div.field-map", { "aria-label": t("field.map.title") });
    this.element = el("section.map-view", {}, this.place);
    this.isLoaded = false;
    this.map = null;
  }

  draw() {
    if (!this.map) this.start();
    if (!this.isLoaded) return;
    const { venues } = this.screen;
    this.map.getSource("venues").setData(points(this.screen));
    this.map.getSource("wards").setData(outlines(venues));
    const at = venues.position;
    this.map.getSource("here").setData({ type: "FeatureCollection", features: at ? [point(at.lon, at.lat, {})] : [] });
    this.place.dataset.drawn = venues.list.length;
    this.map.resize();
  }

  start() {
    try {
      this.map = made(this.place, this.screen.venues, null);
    } catch (error) {
      console.warn(error);
      return this.place.replaceChildren(el("p.empty", {}, t("field.map.failed")));
    }
    this.map.on("load", () => {
      this.isLoaded = true;
      this.draw();
    });
    this.map.on("click", (event) => this.touched(event.point));
  }

  /** The nearest venue under a thumb. */
  touched({ x, y }) {
    const around = [[x - NEAR_PIXELS, y - NEAR_PIXELS], [x + NEAR_PIXELS, y + NEAR_PIXELS]];
    const found = this.map.queryRenderedFeatures(around, { layers: ["venue"] });
    const far = (feature) => {
      const at = this.map.project(feature.geometry.coordinates);
      return Math.hypot(at.x - x, at.y - y);
    };
    const nearest = found.sort((a, b) => far(a) - far(b))[0];
    const venue = nearest && this.screen.venues.byCode.get(nearest.properties.code);
    if (venue) this.screen.open(venue);
  }
}

/** A small map on which a place is chosen; `put({lon, lat})` hears of it. */
export class Picker {
  constructor(screen, container, venue, put) {
    const at = venue && venue.lat !== null ? venue : screen.venues.position;
    this.map = made(container, screen.venues, at, 17);
    this.marker = null;
    this.map.on("load", () => {
      this.map.getSource("venues").setData(points(screen));
      this.map.getSource("wards").setData(outlines(screen.venues));
    });
    this.map.on("click", ({ lngLat }) => {
      const chosen = { lon: lngLat.lng, lat: lngLat.lat };
      this.put(chosen);
      put(chosen);
    });
  }

  put({ lon, lat }) {
    this.marker = this.marker || new maplibregl.Marker({ color: "#9d2b00" });
    this.marker.setLngLat([lon, lat]).addTo(this.map);
    if (!this.map.getBounds().contains([lon, lat])) this.map.jumpTo({ center: [lon, lat] });
  }

  remove() {
    this.map.remove();
  }
}

const point = (lon, lat, properties) => ({ type: "Feature", geometry: { type: "Point", coordinates: [lon, lat] }, properties });

function points({ venues, recorded }) {
  const features = venues.list
    .filter((venue) => venue.lat !== null)
    .map((venue) => {
      const due = venues.need(venue).isDue && !recorded.has(venue.code);
      return point(venue.lon, venue.lat, { code: venue.code, name: venue.name, status: venue.status, due });
    });
  return { type: "FeatureCollection", features };
}

function outlines(venues) {
  const features = (venues.taken?.wards || []).map(({ code, name, geometry }) => ({ type: "Feature", geometry, properties: { code, name } }));
  return { type: "FeatureCollection", features };
}

function boxOf(wards) {
  const corners = wards.flatMap(({ geometry }) => geometry.coordinates.flat(geometry.type === "MultiPolygon" ? 2 : 1));
  if (!corners.length) return [105.7, 20.9, 105.81, 21.01];
  const lons = corners.map(([lon]) => lon);
  const lats = corners.map(([, lat]) => lat);
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}

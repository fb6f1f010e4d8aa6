/* The map beside a plan: wards, an area to be drawn, starts of teams, numbered routes, and venues to be added. */

import { Drawing } from "../map/drawing.mjs";
import { loadFonts } from "../map/labels.mjs";
import * as maplibregl from "../vendor/maplibre/maplibre-gl.mjs";
import { make, text } from "./elements.mjs";
import { featuresOf, lookOf } from "./features.mjs";

const isNarrow = matchMedia("(max-width: 760px)").matches;
const PADDING = isNarrow ? 36 : { top: 40, right: 56, bottom: 40, left: 130 }; // the legend stands at the left
const FIT = { padding: PADDING, maxZoom: 15.5, duration: 0 };
const NEAR_PIXELS = 9;

let current = null;

/** The MapLibre map beside the plan, for tests. */
export const mapOfPlan = () => current;

export class PlanMap {
  /** `told` hears what was clicked: `stop(id)`, `venue(id)`, `area(ring)`. */
  constructor(container, known, told) {
    this.container = container;
    this.known = known;
    this.told = told;
    this.picking = null;
    this.isAdding = false;
    this.note = make("p", { css: "plan-map-hint", role: "status", hidden: true });
    this.legend = make("ul", { css: "plan-legend", hidden: true });
    container.append(this.note, this.legend);
    this.ready = this.start();
    this.ready.catch(() => container.append(make("p", { css: "plan-map-failed" }, text("inspections.map_failed"))));
  }

  async start() {
    await loadFonts();
    const style = structuredClone(this.known.style);
    style.sources.venues.tiles = [`${location.origin}/tiles/venues/{z}/{x}/{y}.mvt`];
    style.sources.wards.data = collected(
      this.known.wards.map(({ name, geometry }) => ({ type: "Feature", properties: { name }, geometry })),
    );
    this.map = new maplibregl.Map({
      container: this.container,
      style,
      bounds: boxOf(this.known.wards.flatMap(({ geometry }) => geometry.coordinates.flat(geometry.type === "MultiPolygon" ? 2 : 1))),
      fitBoundsOptions: FIT,
      minZoom: 9,
      maxZoom: 20,
      maxPitch: 0,
      dragRotate: false,
      pitchWithRotate: false,
      attributionControl: false,
      fadeDuration: 0,
      locale: this.known.controls,
    });
    current = this.map;
    this.map.touchZoomRotate.disableRotation();
    this.map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-right");
    this.map.getCanvas().setAttribute("aria-label", text("inspections.map"));
    const hints = { hintBox: text("inspections.hint_area"), hintPolygon: text("inspections.hint_area") };
    this.drawing = new Drawing(this.map, this.container, { texts: hints, overlays: { area: [] } }, (ring) => this.told.area(ring));
    this.map.on("click", (event) => this.clicked(event));
    await new Promise((resolve) => this.map.once("load", resolve));
    this.map.on("idle", () => (this.container.dataset.drawn = this.shown || ""));
    new ResizeObserver(() => this.map.resize()).observe(this.container);
  }

  clicked({ point, lngLat }) {
    if (this.drawing.isActive) return;
    if (this.picking) {
      const { put } = this.picking;
      this.endPicking();
      put(lngLat);
      return;
    }
    const around = /** @type {[[number, number], [number, number]]} */ ([
      [point.x - NEAR_PIXELS, point.y - NEAR_PIXELS],
      [point.x + NEAR_PIXELS, point.y + NEAR_PIXELS],
    ]);
    const [stop] = this.map.queryRenderedFeatures(around, { layers: ["stop"] });
    if (stop) return this.told.stop(stop.properties.id);
    const [venue] = this.map.queryRenderedFeatures(around, { layers: ["venues"] });
    if (venue && this.isAdding) this.told.venue(venue.id, lngLat);
  }

  /** The next click on the map is `put({lng, lat})`; Escape gives up. */
  pick(hint, put) {
    this.endPicking();
    const giveUp = (event) => event.key === "Escape" && this.endPicking();
    document.addEventListener("keydown", giveUp);
    this.picking = { put, giveUp };
    this.say(hint);
    this.container.classList.add("picking");
  }

  endPicking() {
    if (!this.picking) return;
    document.removeEventListener("keydown", this.picking.giveUp);
    this.picking = null;
    this.say("");
    this.container.classList.remove("picking");
  }

  /** Clicks on venues add them, until it is said again. */
  adding(isOn) {
    this.isAdding = isOn;
    this.say(isOn ? text("inspections.hint_add") : "");
    this.container.classList.toggle("picking", isOn);
    if (isOn && this.map && this.map.getZoom() < 13.5) this.map.easeTo({ zoom: 13.5 });
  }

  /** Nothing is being picked, drawn or added any more. */
  rest() {
    this.endPicking();
    this.adding(false);
    this.drawing?.stop();
  }

  say(words) {
    this.note.textContent = words;
    this.note.hidden = !words;
  }

  async draw() {
    await this.ready;
    this.drawing.toggle("polygon");
  }

  async showArea(ring) {
    await this.ready;
    this.drawing.showArea(ring);
  }

  /** A plan with its routes, or those of the best so far; `chosen` is a stop. */
  async show(plan, { best = null, chosen = null, fits = false } = {}) {
    await this.ready;
    const features = featuresOf(plan, this.known.looks, best, chosen);
    for (const name of ["routes", "starts", "stops"]) this.fill(name, features[name]);
    this.explain(plan.teams, plan.stops.length > 0);
    this.shown = `${plan.id || "new"}:${plan.version || 0}:${best ? "best" : features.routes.length}`;
    this.points = [...features.stops, ...features.starts].map(({ geometry }) => geometry.coordinates);
    if (fits) this.fit(this.points);
  }

  /** After the map has come to be seen, on a phone. */
  async turned() {
    await this.ready;
    this.map.resize();
    this.fit(this.points || []);
  }

  /** Whose colour is whose, and what dashes mean. */
  explain(teams, hasRoutes) {
    const line = (look, name) => make("li", {}, make("span", { css: "team-chip", style: `--team: ${look.colour}; --team-ink: ${look.ink}` }, name[0]), name[1]);
    const rows = teams.map((team) => line(lookOf(this.known.looks, team.number), [String(team.number), team.name]));
    if (hasRoutes) rows.push(make("li", {}, make("span", { css: "dashes" }), text("inspections.legend")));
    this.legend.replaceChildren(...rows);
    this.legend.hidden = !rows.length;
  }

  fill(name, features) {
    /** @type {maplibregl.GeoJSONSource} */ (this.map.getSource(name)).setData(collected(features));
  }

  fit(points) {
    if (points.length) this.map.fitBounds(boxOf(points), FIT);
  }

  /** Go to a stop that is not on the screen. */
  async see({ lon, lat }) {
    await this.ready;
    if (lon !== null && !this.map.getBounds().contains([lon, lat])) this.map.easeTo({ center: [lon, lat] });
  }
}

const collected = (features) => ({ type: "FeatureCollection", features });

/** @returns {[number, number, number, number]} */
function boxOf(points) {
  const lons = points.map(([lon]) => lon);
  const lats = points.map(([, lat]) => lat);
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}

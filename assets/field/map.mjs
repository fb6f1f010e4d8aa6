/* The map of the ward's venues, and the small one on which a place is chosen. */

import * as maplibregl from "../vendor/maplibre/maplibre-gl.mjs";
import { el, t } from "./dom.mjs";
import { Ground, legend } from "./ground.mjs";

const NEAR_PIXELS = 22; // of a thumb

export class MapView {
  constructor(screen) {
    this.screen = screen;
    this.place = el("div.field-map");
    this.element = el("section.map-view", { "aria-label": t("field.map.title") }, this.place);
    this.ground = null;
    this.starting = null;
    this.isGone = false;
  }

  /** The MapLibre map, for tests and for whoever looks into it on a phone. */
  get map() {
    return this.ground?.map;
  }

  draw() {
    this.starting = this.starting || this.start();
    this.ground?.draw();
  }

  async start() {
    const key = (statuses) => this.element.append(legend(statuses, this.screen.venues, true));
    try {
      this.ground = await Ground.drawn(this.place, this.screen, { key });
    } catch (error) {
      console.warn(error);
      return this.place.replaceChildren(el("p.empty", {}, t("field.map.failed")));
    }
    if (this.isGone) return this.ground.remove();
    this.map.on("click", (event) => this.touched(event.point));
  }

  /** The nearest venue under a thumb. */
  touched({ x, y }) {
    /** @type {[[number, number], [number, number]]} */
    const around = [[x - NEAR_PIXELS, y - NEAR_PIXELS], [x + NEAR_PIXELS, y + NEAR_PIXELS]];
    const found = this.map.queryRenderedFeatures(around, { layers: this.ground.venueLayers });
    const far = (feature) => {
      const at = this.map.project(feature.geometry.coordinates);
      return Math.hypot(at.x - x, at.y - y);
    };
    const nearest = found.sort((a, b) => far(a) - far(b))[0];
    const venue = nearest && this.screen.venues.byCode.get(nearest.properties.code);
    if (venue) this.screen.open(venue);
  }

  remove() {
    this.isGone = true;
    this.ground?.remove();
  }
}

/** A small map in `container` on which a place is chosen; `put({lon, lat})` hears of it. */
export class Picker {
  constructor(screen, container, venue, put) {
    this.tell = put;
    this.isGone = false;
    this.starting = this.start(screen, container, venue);
  }

  async start(screen, container, venue) {
    const at = venue && venue.lat !== null ? venue : screen.venues.position;
    const key = (statuses) => container.after(legend(statuses, screen.venues, false));
    this.ground = await Ground.drawn(container, screen, { at, key });
    if (this.isGone) return this.ground.remove();
    const { map } = this.ground;
    if (venue) map.on("load", () => map.setFilter("chosen", ["==", ["get", "code"], venue.code]));
    map.on("click", ({ lngLat }) => this.choose(lngLat));
    if (this.wanted) this.put(this.wanted);
  }

  choose({ lng, lat }) {
    this.put({ lon: lng, lat });
    this.tell({ lon: lng, lat });
  }

  put({ lon, lat }) {
    this.wanted = { lon, lat };
    const map = this.ground?.map;
    if (!map) return; // it comes
    if (!this.marker) {
      this.marker = new maplibregl.Marker({ color: "#9d2b00", draggable: true });
      this.marker.on("dragend", () => this.choose(this.marker.getLngLat()));
    }
    this.marker.setLngLat([lon, lat]).addTo(map);
    if (!map.getBounds().contains([lon, lat])) map.jumpTo({ center: [lon, lat] });
  }

  remove() {
    this.isGone = true;
    this.ground?.remove();
  }
}

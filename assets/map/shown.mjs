/* What is on the map, and how the next view differs from it: only that is changed. */

import { colourWards } from "./choropleth.mjs";
import { addControls } from "./controls.mjs";
import { WardCounts } from "./counts.mjs";
import { Drawing } from "./drawing.mjs";
import { Fan } from "./fanning.mjs";
import { layerFilter, tileAddress, unsureFilter, wardAddress } from "./filters.mjs";
import { Moving } from "./moving.mjs";
import { Notes } from "./notes.mjs";
import { feature, setOverlay } from "./overlays.mjs";
import { listenForPicks } from "./picking.mjs";

const VENUE_ZOOM = 17;
const RETRY_MS = 4000;
const BASEMAP_FAULTS = 4;
const LONGEST_FLIGHT_MS = 1500;

export class Shown {
  constructor(map, maplibregl, host, config, { fit, home, moments, wards }) {
    this.map = map;
    this.host = host;
    this.config = config;
    this.fit = fit;
    this.home = home;
    this.moments = moments;
    this.wards = wards;
    this.place = null;
    this.view = null;
    this.failedTiles = new Map(); // id of the source -> addresses {z, x, y} to ask for again
    this.basemapFaults = 0;
    this.hasMoved = false;
    this.notes = new Notes(host, config.texts);
    this.drawing = new Drawing(map, host, config, (ring) =>
      window.dash_clientside.set_props(config.ids.area, { data: ring && { polygon: ring } }),
    );
    addControls(map, maplibregl, config.texts, {
      fit: () => this.map.fitBounds(this.wards.box, fit),
      drawing: this.drawing,
    });
    this.counts = new WardCounts(map, maplibregl, config);
    this.moving = new Moving(map, maplibregl, host, config);
    listenForPicks(map, config, {
      view: () => this.view,
      isDrawing: () => this.drawing.isActive || this.moving.isActive,
      fanOf: (choices) => new Fan(map, maplibregl, config, choices),
    });
    this.name(wards);
    map.on("movestart", (event) => (this.hasMoved ||= Boolean(event.originalEvent)));
    map.on("zoom", () => this.sayWhatIsLeftOut());
    map.on("error", (event) => this.onFault(event));
    map.on("idle", () => this.tellDrawn());
    map.on("resize", () => this.fitHome());
  }

  /** Move into the page's place for the map; a page that was drawn anew has a new one. */
  settle(place) {
    if (!place) return;
    this.place = place;
    if (this.host.parentElement === place) return;
    place.append(this.host);
    this.host.classList.remove("early");
  }

  /** In a place of another size, what was to be seen still is, unless a person has looked elsewhere. */
  fitHome() {
    if (!this.hasMoved && this.home) this.map.fitBounds(this.home, { ...this.fit, duration: 0 });
  }

  /** Write the names: after the venues have been drawn, and once their letters can be (see labels.mjs). */
  async name(wards) {
    this.wards = wards;
    await this.moments.named;
    if (this.wards !== wards) return;
    this.map.getSource("ward-names").setData(wards.names);
    this.map.setLayoutProperty("street-name", "visibility", "visible");
  }

  async show(view, wards) {
    this.wanted = [view, wards];
    if (this.place) delete this.place.dataset.drawn;
    await this.moments.loaded;
    if (this.wanted[0] === view) this.apply(view, wards);
  }

  apply(view, wards) {
    const before = this.view;
    this.view = view;
    if (wards !== this.wards) this.name(wards);
    this.setTiles("venues", tileAddress(view, wards));
    this.setTiles("wards", wardAddress(view));
    for (const layer of this.config.style.layers) {
      if (layer.metadata?.status) this.setFilter(layer.id, layerFilter(layer.metadata.status, view, wards));
    }
    this.setFilter("venues-unsure", unsureFilter(view, wards));
    this.counts.show(view.wardCounts, wards);
    this.setFilter("ward-chosen", ["in", ["get", "code"], ["literal", view.wards || []]]);
    colourWards(this.map, view, wards, this.config);
    this.mark(view);
    this.move(before, view);
    this.sayWhatIsLeftOut();
    this.map.triggerRepaint(); // so that "idle" tells of every view, one that changes nothing included
  }

  setTiles(id, address) {
    const source = this.map.getSource(id);
    if (source.tiles?.[0] !== address) source.setTiles([address]);
  }

  setFilter(id, filter) {
    if (JSON.stringify(this.map.getFilter(id)) !== JSON.stringify(filter)) this.map.setFilter(id, filter);
  }

  mark(view) {
    const at = pointOf(view.venue);
    setOverlay(this.map, this.config.overlays.selected, "selected", at ? [feature("Point", at)] : []);
    this.drawing.showArea(view.area);
  }

  /** Go where the change points to; a venue that is already in sight moves nothing. */
  move(before, view) {
    const at = pointOf(view.venue);
    if (at && before?.venue?.id !== view.venue.id) {
      const isNear = this.map.getZoom() >= 15 && this.map.getBounds().contains(at);
      this.home = null;
      if (!before) this.map.jumpTo({ center: at, zoom: VENUE_ZOOM });
      else if (!isNear) this.fly(at);
      return;
    }
    if (!before || before.ward === view.ward || view.area) return;
    this.home = (view.ward && this.wards.boxes.get(view.ward)) || this.wards.box;
    this.map.fitBounds(this.home, this.fit);
  }

  fly(at) {
    const zoom = Math.max(this.map.getZoom(), VENUE_ZOOM);
    this.map.flyTo({ center: at, zoom, maxDuration: LONGEST_FLIGHT_MS });
  }

  tellDrawn() {
    const isNamed = this.map.getLayoutProperty("street-name", "visibility") === "visible";
    if (this.place && this.view && isNamed) this.place.dataset.drawn = `${this.view.day} ${this.view.version}`;
  }

  sayWhatIsLeftOut() {
    const isThinned = Boolean(this.wards?.isThinned) && this.map.getZoom() < this.config.firstFullZoom;
    this.notes.say("thinned", isThinned && this.config.texts.thinned);
    this.notes.say("approximate", Boolean(this.wards?.isApproximate) && this.config.texts.approximate);
  }

  /** A basemap that cannot be reached is left out; tiles of ours are asked for again until they come. */
  onFault(event) {
    if (event.sourceId === "basemap") this.onBasemapFault();
    else if (!event.sourceId) console.error(event.error);
    else {
      if (this.failedTiles.size === 0) setTimeout(() => this.retry(), RETRY_MS);
      const failed = this.failedTiles.get(event.sourceId) || [];
      if (event.tile) failed.push(event.tile.tileID.canonical);
      this.failedTiles.set(event.sourceId, failed);
      this.notes.say("fault", this.config.texts.retrying);
    }
  }

  onBasemapFault() {
    this.basemapFaults += 1;
    if (this.basemapFaults < BASEMAP_FAULTS || !this.map.getLayer("basemap")) return;
    this.map.removeLayer("basemap");
    this.notes.say("basemap", this.config.texts.noBasemap);
  }

  /** Tile by tile: asked to refresh a whole source, MapLibre waits for ever for those that have failed. */
  retry() {
    const failed = this.failedTiles;
    this.failedTiles = new Map();
    this.notes.say("fault", null);
    for (const [source, tiles] of failed) this.map.refreshTiles(source, tiles);
  }
}

const pointOf = (venue) => (venue && venue.lon !== null ? [venue.lon, venue.lat] : null);

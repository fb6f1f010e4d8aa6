/* Drawing an area: a box by dragging (or by two clicks), a polygon by its corners. By touch, mouse and keyboard: arrow
   keys move the map under the cross, Space sets a corner there, Enter ends, Backspace takes a corner back, Escape gives up. */

import { feature, setOverlay } from "./overlays.mjs";

const DRAGGED_PIXELS = 6;
const CLOSE_PIXELS = 12;
const MOST_CORNERS = 200;
const AFTERMATH_MS = 400;

export class Drawing {
  constructor(map, container, config, done) {
    this.map = map;
    this.container = container;
    this.texts = config.texts;
    this.layers = config.overlays.area;
    this.done = done;
    this.mode = null;
    this.corners = [];
    this.isEnding = false;
    this.onChange = (/** @type {string | null} */ _mode) => {};
    this.hint = document.createElement("p");
    this.hint.className = "map-hint";
    this.hint.setAttribute("role", "status");
    this.hint.hidden = true;
    container.append(this.hint);
    this.listen();
  }

  /** Whether clicks belong to the drawing; the one that ends it still does. */
  get isActive() {
    return this.mode !== null || this.isEnding;
  }

  /** Start drawing a "box" or "polygon", or give up when that is being drawn. */
  toggle(mode) {
    const isSame = this.mode === mode;
    this.stop();
    if (!isSame) this.start(mode);
  }

  start(mode) {
    this.mode = mode;
    this.corners = [];
    this.map.dragPan[mode === "box" ? "disable" : "enable"]();
    this.map.doubleClickZoom.disable();
    this.map.boxZoom.disable();
    this.container.classList.add("drawing");
    this.hint.textContent = this.texts[mode === "box" ? "hintBox" : "hintPolygon"];
    this.hint.hidden = false;
    this.map.getCanvas().focus();
    this.onChange(mode);
    this.show();
  }

  stop() {
    if (!this.mode) return;
    this.mode = null;
    this.corners = [];
    this.from = null;
    this.map.dragPan.enable();
    // The click that ends a box must not open what lies there, nor the double click that ends a polygon zoom.
    this.isEnding = true;
    setTimeout(() => {
      this.isEnding = false;
      if (!this.mode) this.map.doubleClickZoom.enable();
    }, AFTERMATH_MS);
    this.map.boxZoom.enable();
    this.container.classList.remove("drawing");
    this.hint.hidden = true;
    this.onChange(null);
    this.show();
  }

  /** The area that the page filters by, drawn whenever nothing is being drawn. */
  showArea(ring) {
    this.area = ring;
    this.show();
  }

  listen() {
    const canvas = this.map.getCanvas();
    canvas.addEventListener("pointerdown", (event) => {
      if (this.mode !== "box" || !event.isPrimary || event.button !== 0) return;
      this.from = this.place(event);
      if (!this.corners.length) this.corners = [this.lonLat(this.from)];
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (this.mode && this.corners.length && event.isPrimary) this.show(this.lonLat(this.place(event)));
    });
    canvas.addEventListener("pointerup", (event) => {
      if (this.mode !== "box" || !this.from) return;
      const to = this.place(event);
      const isDrag = Math.hypot(to.x - this.from.x, to.y - this.from.y) > DRAGGED_PIXELS;
      const isSecondClick = this.isHalfDone;
      this.from = null;
      this.isHalfDone = !isDrag && !isSecondClick;
      if (isDrag || isSecondClick) this.finish([this.corners[0], this.lonLat(to)]);
    });
    canvas.addEventListener("pointercancel", () => (this.from = null));
    this.map.on("click", (event) => {
      if (this.mode === "polygon") this.addCorner(event.lngLat.toArray());
    });
    this.map.on("dblclick", (event) => {
      if (this.mode !== "polygon") return;
      event.preventDefault();
      this.finish(this.corners);
    });
    document.addEventListener("keydown", (event) => this.onKey(event), true);
  }

  onKey(event) {
    if (!this.mode) return;
    if (event.key === "Escape") {
      this.stop();
      event.stopPropagation(); // one Escape gives up the drawing, and closes nothing else
      return;
    }
    if (event.target !== this.map.getCanvas()) return;
    const centre = this.map.getCenter().toArray();
    if (event.key === " ") {
      if (this.mode === "box" && this.corners.length) this.finish([this.corners[0], centre]);
      else if (this.mode === "box") {
        this.corners = [centre];
        this.isHalfDone = true;
        this.show(centre);
      } else this.addCorner(centre);
    } else if (event.key === "Enter") {
      this.finish(this.mode === "box" ? [...this.corners.slice(0, 1), centre] : this.corners);
    } else if (event.key === "Backspace") {
      this.corners.pop();
      this.show();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  addCorner(corner) {
    const at = this.map.project(corner);
    const isNear = (other) => {
      const there = this.map.project(other);
      return Math.hypot(there.x - at.x, there.y - at.y) < CLOSE_PIXELS;
    };
    if (this.corners.length >= 3 && isNear(this.corners[0])) return this.finish(this.corners);
    if (this.corners.length && isNear(this.corners.at(-1))) return undefined; // the second click of a double click
    if (this.corners.length < MOST_CORNERS) this.corners.push(corner);
    return this.show();
  }

  finish(corners) {
    const ring = this.mode === "box" ? boxRing(corners) : corners;
    if (ring.length < 3) return;
    this.isHalfDone = false;
    this.area = ring.map(([lon, lat]) => [Number(lon.toFixed(5)), Number(lat.toFixed(5))]);
    this.stop();
    this.done(this.area);
  }

  place(event) {
    const box = this.map.getCanvas().getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  lonLat(place) {
    return this.map.unproject([place.x, place.y]).toArray();
  }

  /** Draw the corners set so far, with `pointer` as the next one, or the area in force. */
  show(pointer) {
    const set = pointer ? [...this.corners, pointer] : this.corners;
    const ring = this.mode === "box" ? boxRing(set) : this.mode ? set : this.area;
    const features = this.mode ? this.corners.map((corner) => feature("Point", corner)) : [];
    if (ring?.length >= 3) features.push(feature("Polygon", [[...ring, ring[0]]]));
    else if (ring?.length === 2) features.push(feature("LineString", ring));
    setOverlay(this.map, this.layers, "area", features);
  }
}

/** @param {any[]} corners */
function boxRing([a, b]) {
  return a && b ? [a, [b[0], a[1]], b, [a[0], b[1]]] : [];
}

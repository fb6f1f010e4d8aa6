/* Venues at one place, fanned out around it so that each can be chosen: by mouse, finger, Tab and arrow keys. The hub in
   the middle lists them in the drawer. Escape, a click elsewhere and zooming fold the fan. */

const STEP_PIXELS = matchMedia("(pointer: coarse)").matches ? 54 : 38; // between two buttons
const SMALLEST_RADIUS = 46;

export class Fan {
  constructor(map, maplibregl, config, { choose, list }) {
    this.map = map;
    this.maplibregl = maplibregl;
    this.texts = config.texts;
    this.choose = choose;
    this.list = list;
    this.marker = null;
    map.on("zoomstart", () => this.fold());
    map.on("click", () => this.fold());
    document.addEventListener("keydown", (event) => this.onKey(event), true);
  }

  /** Fan out `venues` ({code, name, status}) around `at` (longitude, latitude). */
  open(at, venues, { withFocus = false } = {}) {
    this.fold();
    const radius = Math.max(SMALLEST_RADIUS, (STEP_PIXELS * venues.length) / (2 * Math.PI));
    const box = document.createElement("div");
    box.className = "fan";
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", this.texts.fan.replace("{count}", venues.length));
    const places = venues.map((_, number) => {
      const turn = (2 * Math.PI * number) / venues.length - Math.PI / 2;
      return [radius * Math.cos(turn), radius * Math.sin(turn)];
    });
    box.innerHTML = `<svg class="fan-legs" aria-hidden="true">${places
      .map(([x, y]) => `<line x2="${x.toFixed(1)}" y2="${y.toFixed(1)}"/>`)
      .join("")}</svg>`;
    const hub = this.button("fan-hub", String(venues.length), this.texts.fanList, () => this.list());
    box.append(hub, ...venues.map((venue, number) => this.leaf(venue, places[number])));
    this.marker = new this.maplibregl.Marker({ element: box }).setLngLat(at).addTo(this.map);
    this.buttons = [...box.querySelectorAll(".fan-venue")];
    if (withFocus) this.buttons[0].focus();
  }

  leaf(venue, [x, y]) {
    const leaf = this.button("fan-venue", "", `${venue.name} · ${this.texts.statuses[venue.status]}`, () =>
      this.choose(venue.code),
    );
    leaf.style.left = `${x.toFixed(1)}px`;
    leaf.style.top = `${y.toFixed(1)}px`;
    leaf.dataset.venue = venue.code;
    leaf.append(Object.assign(document.createElement("span"), { className: `swatch ${venue.status}` }));
    return leaf;
  }

  button(name, text, label, press) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: name, textContent: text });
    button.title = label;
    button.setAttribute("aria-label", label);
    button.addEventListener("click", (event) => {
      event.stopPropagation(); // or the map folds the fan before
      press();
    });
    return button;
  }

  fold() {
    this.marker?.remove();
    this.marker = null;
  }

  onKey(event) {
    if (!this.marker) return;
    const inFan = this.marker.getElement().contains(event.target);
    if (event.key === "Escape" && (inFan || event.target === this.map.getCanvas())) {
      this.fold();
      this.map.getCanvas().focus({ preventScroll: true });
    } else if (inFan && (event.key === "ArrowRight" || event.key === "ArrowDown")) this.step(1);
    else if (inFan && (event.key === "ArrowLeft" || event.key === "ArrowUp")) this.step(-1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  step(by) {
    const count = this.buttons.length;
    const now = this.buttons.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    this.buttons[(now + by + count) % count].focus();
  }
}

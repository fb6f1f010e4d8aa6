/* Moving a venue's point: a pin that is dragged, tapped or pushed by arrow keys to its place, then saved or given up.
   What the server says to it (callbacks/moving.py) is told in the same bar. */

const PUSH_PIXELS = 4;
const SHOWN_MS = 4000;
const STREET_ZOOM = 17;

export class Moving {
  constructor(map, maplibregl, host, config) {
    this.map = map;
    this.maplibregl = maplibregl;
    this.config = config;
    this.texts = config.texts;
    this.venue = null;
    this.marker = null;
    this.bar = document.createElement("div");
    this.bar.className = "move-bar";
    this.bar.setAttribute("role", "group");
    this.bar.setAttribute("aria-label", this.texts.moveTitle);
    this.bar.hidden = true;
    this.told = Object.assign(document.createElement("p"), { className: "move-told" });
    this.told.setAttribute("role", "status");
    this.save = this.button("small-button move-save", () => this.ask(this.isToConfirm));
    this.cancel = this.button("small-button", () => this.stop());
    this.bar.append(this.told, this.save, this.cancel);
    host.append(this.bar);
    map.on("click", (event) => this.isActive && this.put(event.lngLat));
    document.addEventListener("keydown", (event) => this.onKey(event), true);
  }

  /** Whether clicks on the map belong to the move. */
  get isActive() {
    return this.marker !== null;
  }

  /** Begin with `venue` ({code, name, lon, lat}); one without a point begins in the middle of the map. */
  start(venue) {
    this.stop();
    this.venue = venue;
    const pin = document.createElement("button");
    pin.type = "button";
    pin.className = "move-pin";
    pin.setAttribute("aria-label", this.texts.movePin);
    this.marker = new this.maplibregl.Marker({ element: pin, draggable: true, anchor: "bottom" });
    this.marker.setLngLat(venue.lon === null ? this.map.getCenter() : [venue.lon, venue.lat]).addTo(this.map);
    this.marker.on("dragend", () => this.say("hint"));
    if (venue.lon !== null) this.map.easeTo({ center: [venue.lon, venue.lat], zoom: Math.max(this.map.getZoom(), STREET_ZOOM) });
    this.say("hint");
    pin.focus({ preventScroll: true });
  }

  put(place) {
    this.marker.setLngLat(place);
    this.say("hint");
  }

  /** Back to what the files say: nothing to be chosen. */
  goBack(venue) {
    this.stop();
    this.venue = venue;
    this.send({ venue: venue.code, back: true });
  }

  ask(sure) {
    const { lng, lat } = this.marker.getLngLat();
    this.send({ venue: this.venue.code, lon: lng, lat, sure: Boolean(sure) });
  }

  send(asked) {
    this.save.disabled = true;
    window.dash_clientside.set_props(this.config.ids.move, { data: { ...asked, at: Date.now() } });
  }

  /** What the server says: refused, confirm, waiting, done or failed. */
  answer({ kind, text }) {
    if (!this.venue) return;
    if (kind === "done" || kind === "failed" || kind === "waiting") this.takePin();
    this.say(kind, text);
    if (kind !== "done") return;
    // The page looks for new data at once, and not with its next pulse.
    window.dash_clientside.set_props(this.config.ids.pulse, { n_intervals: Date.now() % 1e9 });
    setTimeout(() => this.venue && !this.isActive && this.stop(), SHOWN_MS);
  }

  say(kind, text) {
    this.isToConfirm = kind === "confirm";
    this.bar.hidden = false;
    document.body.classList.add("moving-point"); // on a phone the drawer would lie over what is to be seen
    this.bar.dataset.kind = kind;
    this.told.textContent = text || `${this.venue.name}: ${this.texts.moveHint}`;
    this.save.textContent = this.isToConfirm ? this.texts.moveAnyway : this.texts.moveSave;
    this.save.hidden = !this.isActive;
    this.save.disabled = false;
    this.cancel.textContent = this.isActive ? this.texts.moveCancel : this.texts.moveClose;
  }

  takePin() {
    this.marker?.remove();
    this.marker = null;
  }

  stop() {
    this.takePin();
    this.venue = null;
    this.bar.hidden = true;
    document.body.classList.remove("moving-point");
  }

  onKey(event) {
    if (!this.isActive) return;
    const pushes = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const push = pushes[event.key];
    const onPin = event.target === this.marker.getElement();
    if (event.key === "Escape") this.stop();
    else if (onPin && push) {
      const at = this.map.project(this.marker.getLngLat());
      this.put(this.map.unproject([at.x + push[0] * PUSH_PIXELS, at.y + push[1] * PUSH_PIXELS]));
    } else if (onPin && event.key === "Enter") this.ask(this.isToConfirm);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  button(name, press) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: name });
    button.addEventListener("click", press);
    return button;
  }
}

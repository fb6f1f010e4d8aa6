/* Venues of which only the ward is known: no dots, which would lie, but a count beside the name of their ward. A click
   lists them. They are buttons of the page and not of the canvas, so that the keyboard reaches them.

   The map knows nothing of the buttons and puts its names where it likes, so a button looks for room once the names
   stand: below its ward's name, else above it. Where there is none, as with the whole district on a telephone, it is not
   shown until the map is closer, as the map itself does with names, or the keyboard comes to it. */

/** @type {[number, number][]} */
const PLACES = [25, 32, 40, -25, -32].map((down) => [0, down]); // pixels from where the name belongs
const AIR_PIXELS = 1;

export class WardCounts {
  constructor(map, maplibregl, config) {
    this.map = map;
    this.maplibregl = maplibregl;
    this.texts = config.texts;
    this.markers = new Map();
    map.on("zoom", () => this.fold());
    map.on("idle", () => this.settle());
  }

  /** Show `counts` (venues by ward code; null: not known yet) at the places of the wards' names. */
  show(counts, wards) {
    if (!counts) return;
    const wanted = new Map(wards.names.features.map((place) => [place.properties.code, place]));
    for (const [code, marker] of this.markers) {
      if (counts[code] && wanted.has(code)) continue;
      marker.remove();
      this.markers.delete(code);
    }
    for (const [code, count] of Object.entries(counts)) {
      const place = wanted.get(code);
      if (place) this.write(code, count, place);
    }
    this.fold();
    this.map.triggerRepaint(); // and be idle then, whether or not anything else is drawn
  }

  write(code, count, { properties, geometry }) {
    const marker = this.markers.get(code) || this.add(code, geometry.coordinates);
    const number = `+${count.toLocaleString(document.documentElement.lang === "en" ? "en" : "vi")}`;
    const button = marker.getElement();
    button.replaceChildren(number, Object.assign(document.createElement("span"), { textContent: ` ${this.texts.wardOnly}` }));
    button.title = `${properties.name}: ${number} ${this.texts.wardOnly}`;
    button.setAttribute("aria-label", button.title);
    button.dataset.count = count;
  }

  add(code, at) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "ward-count";
    button.dataset.ward = code;
    button.addEventListener("click", (event) => {
      event.stopPropagation(); // or the map takes it for a click on the ward
      window.hadong.page.go({ ward: code, located: "no_point", drawer: "open", venue: null, place: null });
    });
    const marker = new this.maplibregl.Marker({ element: button, offset: PLACES[0] });
    marker.setLngLat(at).addTo(this.map);
    this.markers.set(code, marker);
    return marker;
  }

  /** Put each button where it hides neither a name nor another button. */
  settle() {
    const taken = [];
    for (const marker of this.markers.values()) {
      const button = marker.getElement();
      const boxes = PLACES.map((place) => this.box(marker, button, place));
      const fits = boxes.findIndex((box) => !taken.some((other) => overlap(box, other)) && !this.hidesName(box));
      button.classList.toggle("no-room", fits < 0);
      if (fits < 0) continue;
      taken.push(boxes[fits]);
      marker.setOffset(PLACES[fits]);
    }
  }

  /** @returns {[[number, number], [number, number]]} */
  box(marker, { offsetWidth, offsetHeight }, [right, down]) {
    const { x, y } = this.map.project(marker.getLngLat());
    const [middle, centre] = [x + right, y + down];
    const [wide, high] = [offsetWidth / 2 + AIR_PIXELS, offsetHeight / 2 + AIR_PIXELS];
    return [
      [middle - wide, centre - high],
      [middle + wide, centre + high],
    ];
  }

  hidesName(box) {
    return this.map.queryRenderedFeatures(box, { layers: ["ward-name"] }).length > 0;
  }

  /** Where the whole district is on the screen there is room for the numbers alone. */
  fold() {
    this.map.getContainer().classList.toggle("counts-folded", this.map.getZoom() < 12.5);
  }
}

function overlap([[left, top], [right, bottom]], [[otherLeft, otherTop], [otherRight, otherBottom]]) {
  return left < otherRight && otherLeft < right && top < otherBottom && otherTop < bottom;
}

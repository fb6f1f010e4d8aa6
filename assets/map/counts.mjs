/* Venues of which only the ward is known: no dots, which would lie, but a count below the name of their ward. A click
   lists them. They are buttons of the page and not of the canvas, so that the keyboard reaches them. */

const OFFSET_PIXELS = 22; // below the name

export class WardCounts {
  constructor(map, maplibregl, config) {
    Object.assign(this, { map, maplibregl, texts: config.texts, markers: new Map() });
    map.on("zoom", () => this.fold());
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
    const marker = new this.maplibregl.Marker({ element: button, offset: [0, OFFSET_PIXELS] });
    marker.setLngLat(at).addTo(this.map);
    this.markers.set(code, marker);
    return marker;
  }

  /** Where the whole district is on the screen there is room for the numbers alone. */
  fold() {
    this.map.getContainer().classList.toggle("counts-folded", this.map.getZoom() < 12.5);
  }
}

/* Buttons on the map: zoom, the whole district, drawing. */

const ICONS = {
  fit: '<path d="M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4"/>',
  box: '<rect x="3.5" y="5.5" width="13" height="9" stroke-dasharray="3 2"/>',
  polygon: '<path d="M4 8l6-4.5L16.5 9l-3 7.5-7-1z" stroke-dasharray="3 2"/><circle cx="4" cy="8" r="1.6"/><circle cx="10" cy="3.5" r="1.6"/><circle cx="16.5" cy="9" r="1.6"/>',
};

export function addControls(map, maplibregl, texts, { fit, drawing }) {
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-right");
  const box = button("box", texts.drawBox, () => drawing.toggle("box"));
  const polygon = button("polygon", texts.drawPolygon, () => drawing.toggle("polygon"));
  drawing.onChange = (mode) => {
    box.setAttribute("aria-pressed", String(mode === "box"));
    polygon.setAttribute("aria-pressed", String(mode === "polygon"));
  };
  drawing.onChange(null);
  map.addControl(new Group([button("fit", texts.fit, fit)]), "top-right");
  map.addControl(new Group([box, polygon]), "top-right");
  map.addControl(new maplibregl.ScaleControl({ unit: "metric", maxWidth: 110 }), "bottom-left");
}

function button(name, label, press) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = `map-button map-button-${name}`;
  element.title = label;
  element.setAttribute("aria-label", label);
  element.innerHTML = `<svg viewBox="0 0 20 20" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.6" aria-hidden="true">${ICONS[name]}</svg>`;
  element.addEventListener("click", press);
  return element;
}

class Group {
  constructor(buttons) {
    this.element = document.createElement("div");
    this.element.className = "maplibregl-ctrl maplibregl-ctrl-group";
    this.element.append(...buttons);
  }

  onAdd() {
    return this.element;
  }

  onRemove() {
    this.element.remove();
  }
}

/* Short notes at the lower edge of the map: what is left out, what is approximate, what could not be loaded. */

export class Notes {
  constructor(container, texts) {
    this.box = document.createElement("div");
    this.box.className = "map-notes";
    this.box.setAttribute("role", "status");
    this.box.setAttribute("aria-label", texts.notes);
    container.append(this.box);
    this.notes = new Map();
  }

  /** Show `text` as the note `name`, or take it away. */
  say(name, text) {
    const note = this.notes.get(name);
    if (!text) {
      note?.remove();
      this.notes.delete(name);
    } else if (!note) {
      const line = document.createElement("p");
      line.className = `map-note ${name}`;
      line.textContent = text;
      this.box.append(line);
      this.notes.set(name, line);
    }
  }
}

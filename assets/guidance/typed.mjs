// What is typed into a sheet of guidance stays in this tab until it is saved: a session that ends, or a version that is
// published meanwhile, does not take it. It is offered with the serial it was typed on, so that nobody is written over.
const form = /** @type {HTMLFormElement} */ (document.querySelector(".guide-form"));
const offer = /** @type {HTMLElement} */ (document.querySelector(".guide-typed"));
const place = `guidance ${location.pathname}`;

/** @returns {[string, string][]} */
const said = () => [...new FormData(form)].map(([name, value]) => [name, String(value)]);
const words = (/** @type {[string, string][]} */ parts) => JSON.stringify(parts.filter(([name]) => name !== "serial"));

if (new URLSearchParams(location.search).get("told") === "saved") sessionStorage.removeItem(place);
const kept = sessionStorage.getItem(place);
// by then the browser has put back what it remembers itself
addEventListener("pageshow", () => {
  offer.hidden = !kept || words(JSON.parse(kept)) === words(said());
});
offer.querySelector("button")?.addEventListener("click", () => {
  for (const [name, value] of JSON.parse(kept ?? "[]")) {
    const field = form.elements.namedItem(name);
    if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) field.value = value;
  }
  offer.hidden = true;
  form.querySelector("input:not([type=hidden])")?.scrollIntoView();
});
form.addEventListener("input", () => sessionStorage.setItem(place, JSON.stringify(said())));

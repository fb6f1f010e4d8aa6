/* Making elements, and the screen's words, numbers and days in its language. */

const root = document.getElementById("field");
const said = JSON.parse(document.getElementById("field-texts").textContent);

export const LANG = root.dataset.lang;
export const FILES = root.dataset.files;
export const QUERY = root.dataset.query;
export const STATUSES = JSON.parse(document.getElementById("field-statuses").textContent);

const SEPARATORS = LANG === "en" ? "en-GB" : "vi-VN";

/** The text of `key` with {names} filled in; whole numbers are written as the language writes them. */
export function t(key, values = {}) {
  return (said[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => written(values[name] ?? ""));
}

export const has = (key) => key in said;

function written(value) {
  return typeof value === "number" ? value.toLocaleString(SEPARATORS, { maximumFractionDigits: 1 }) : value;
}

/** dd/mm/yyyy of "yyyy-mm-dd". */
export const day = (iso) => (iso ? iso.slice(0, 10).split("-").reverse().join("/") : "");

/** Hour and day of a moment, by the phone's own clock. */
export function moment(time) {
  const at = new Date(time);
  const two = (number) => String(number).padStart(2, "0");
  return `${two(at.getHours())}:${two(at.getMinutes())} ${two(at.getDate())}/${two(at.getMonth() + 1)}/${at.getFullYear()}`;
}

/** An element: `el("button.primary", {onclick}, "text", child)`; attributes that are no property are set as such. */
export function el(name, properties = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(" ");
  if (tag === "button") element.type = "button";
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (key.startsWith("aria-") || key.startsWith("data-") || key === "role" || key === "for") {
      element.setAttribute(key, value);
    } else element[key] = value;
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const fill = (element, ...children) =>
  element.replaceChildren(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));

/** `text` without case and diacritics, as data/folding.py does. */
export const fold = (text) =>
  text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase().replace(/\s+/g, " ").trim();

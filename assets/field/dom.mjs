/* Making elements, and the screen's words, numbers and days in its language. */

const root = document.getElementById("field");
const said = JSON.parse(document.getElementById("field-texts").textContent);

export const LANG = root.dataset.lang;
export const FILES = root.dataset.files;
export const QUERY = root.dataset.query;

const SEPARATORS = LANG === "en" ? "en-GB" : "vi-VN";

/** The text of `key` with {names} filled in; whole numbers are written as the language writes them. */
export function t(key, values = {}) {
  return (said[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => written(values[name] ?? ""));
}

/** `words` as a sentence begins. */
export const begun = (words) => words.charAt(0).toUpperCase() + words.slice(1);

export const has = (key) => key in said;

function written(value) {
  return typeof value === "number" ? value.toLocaleString(SEPARATORS, { maximumFractionDigits: 1 }) : value;
}

/** dd/mm/yyyy of "yyyy-mm-dd". */
export const day = (iso) => (iso ? iso.slice(0, 10).split("-").reverse().join("/") : "");

const OF_THE_DISTRICT = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Asia/Ho_Chi_Minh",
  hourCycle: "h23",
  hour: "2-digit",
  minute: "2-digit",
  day: "2-digit",
  month: "2-digit",
  year: "numeric",
});

/** Hour and day of a moment in the district's zone, whatever the phone's is. */
export function moment(time) {
  const at = Object.fromEntries(OF_THE_DISTRICT.formatToParts(new Date(time)).map(({ type, value }) => [type, value]));
  return `${at.hour}:${at.minute} ${at.day}/${at.month}/${at.year}`;
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

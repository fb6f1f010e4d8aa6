/* Elements, sentences and numbers of the screen of plans. */

let texts = {};
let numbers = new Intl.NumberFormat("vi-VN");
let tenths = numbers;

export function speak(ofTheScreen, lang) {
  texts = ofTheScreen;
  const locale = lang === "en" ? "en-GB" : "vi-VN";
  numbers = new Intl.NumberFormat(locale);
  tenths = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
}

/** The text under a key, with its {names} filled in; numbers as the reader writes them. */
export const text = (key, values = {}) =>
  (texts[key] || key).replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? numbers.format(value) : String(value);
  });

export const km = (metres) => tenths.format(metres / 1000);

/** Whole hours and minutes: "3 giờ 05". */
export function hours(minutes) {
  const whole = Math.round(minutes);
  return text("inspections.hours", { hours: Math.floor(whole / 60), minutes: String(whole % 60).padStart(2, "0") });
}

export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (["value", "checked", "disabled", "hidden", "draggable", "selected", "open"].includes(name)) element[name] = value;
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name === "css" ? "class" : name, value);
  }
  element.append(...children.flat(2).filter((child) => child || child === 0));
  return element;
}

export const button = (label, press, properties = {}) =>
  make("button", { type: "button", css: "button", onclick: press, ...properties }, label);

/** A line of one field under its name. */
export const field = (label, input, note = null) => make("label", { css: "plan-field" }, make("span", {}, label), input, note);

export function select(options, chosen, changed, properties = {}) {
  const element = make(
    "select",
    { ...properties, onchange: () => changed(element.value) },
    options.map(([value, label]) => make("option", { value: String(value), selected: String(value) === String(chosen) }, label)),
  );
  return element;
}

// Elements and sentences of the review screen.

let texts = {};

export function speak(ofTheScreen) {
  texts = ofTheScreen;
}

export const has = (key) => key in texts;

export const text = (key, values = {}) =>
  Object.entries(values).reduce((sentence, [name, value]) => sentence.replace(`{${name}}`, value), texts[key] || key);

export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "class") element.className = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

export function svg(tag, properties, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(properties)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

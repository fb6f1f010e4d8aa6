/* Elements and words of the dialog. */

export function el(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children.filter((child) => child || child === 0));
  return made;
}

export function fill(parent, ...children) {
  parent.replaceChildren(...children.filter(Boolean));
}

/** A text with its {names} filled in. */
export function said(text, values = {}) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/* The form of an action, made of what the registry says of its fields. */

import { el } from "./elements.mjs";

const TYPES = { text: "text", day: "date", moment: "datetime-local", number: "number" };

/** {element, values(), isComplete()}; `day` is the current one of the data; `changed` is called with every change. */
export function formOf(action, day, changed) {
  const element = el("form", { className: "action-form", oninput: changed, onsubmit: (event) => event.preventDefault() });
  const fields = action.fields.map((field) => ({ ...field, ...(field.kind === "choice" ? choice(field) : input(field, day)) }));
  element.append(...fields.map((field) => field.element));
  return {
    element,
    values: () => Object.fromEntries(fields.map(({ name, value }) => [name, value()]).filter(([, value]) => value)),
    isComplete: () => fields.every(({ needed, value }) => !needed || value()) && element.checkValidity(),
  };
}

function choice({ name, label, choices }) {
  const boxes = choices.map(([value], index) => el("input", { type: "radio", name, value, checked: index === 0 }));
  const lines = boxes.map((box, index) => el("label", {}, box, el("span", {}, choices[index][1])));
  const element = el("fieldset", {}, el("legend", {}, label), ...lines);
  return { element, value: () => boxes.find((box) => box.checked)?.value || "" };
}

function input({ name, label, kind, longest, needed }, day) {
  const field =
    kind === "words" ? el("textarea", { name, rows: 2, maxLength: longest }) : el("input", { name, type: TYPES[kind] });
  if (kind === "text") field.maxLength = longest;
  if (kind === "day" && needed) field.value = day;
  field.required = needed;
  field.autocomplete = "off";
  return { element: el("label", {}, el("span", {}, label), field), value: () => field.value.trim() };
}

/* Venues of one outcome: how many, why, and the first of them by name. */

import { el, said } from "./elements.mjs";

const NAMED = 20;

/** A heading with the count, and below it each reason with its venues; null where there are none. */
export function listOf(heading, lines, state, texts) {
  if (!lines.length) return null;
  const reasons = new Map();
  lines.forEach((line) => reasons.set(line.text, [...(reasons.get(line.text) || []), line]));
  const parts = [...reasons].map(([text, those]) => reason(text, those, texts));
  return el("section", { className: `action-list ${state}` }, el("h4", {}, heading), ...parts);
}

function reason(text, lines, texts) {
  const names = lines.slice(0, NAMED).map((line) => el("li", {}, `${line.name} · ${line.venue}`));
  const more = lines.length - names.length;
  if (more) names.push(el("li", {}, said(texts.all, { count: more })));
  return el("details", {}, el("summary", {}, `${text} (${lines.length})`), el("ul", {}, ...names));
}

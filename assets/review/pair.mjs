// A pair side by side: what is compared, why, and the candidates.
import { has, make, text } from "./elements.mjs";

function words(list) {
  return list.flatMap(([word, differs]) => [differs ? make("mark", {}, word) : word, " "]);
}

function row(field, theirs, ours) {
  const css = field === "name" ? " name" : "";
  return [
    make("div", { class: "label" }, text(`review.field.${field}`)),
    make("div", { class: `theirs${css}` }, ...(theirs.length ? words(theirs) : [text("review.nothing_given")])),
    make("div", { class: `ours${css}` }, ...(ours.length ? words(ours) : [text("review.nothing_given")])),
  ];
}

/** What the file says of a venue and what the register does, field by field, with what differs marked. */
export function table(pair, candidate, twins) {
  const grid = make(
    "div",
    { class: "review-table" },
    make("div", { class: "label head" }),
    make("div", { class: "theirs head" }, text(twins ? "review.first" : "review.mention")),
    make("div", { class: "ours head" }, text(twins ? "review.second" : "review.venue")),
  );
  for (const field of ["name", "address", "ward", "category"])
    grid.append(...row(field, candidate ? candidate.theirs[field] : pair.plain[field], candidate ? candidate.ours[field] : []));
  grid.append(...row("code", pair.account_code ? [[pair.account_code, false]] : [], candidate ? [[candidate.code, false]] : []));
  const told = candidate ? candidate.reasons.filter((reason) => has(`review.part.${reason.part}`) && reason.verdict !== "missing") : [];
  const said = told.map((reason) => `${text(`review.part.${reason.part}`)} ${text(`review.verdict.${reason.verdict}`)}`);
  if (said.length) grid.append(make("div", { class: "review-note" }, `${text("review.why")} ${said.join(" · ")}`));
  if (pair.rows) grid.append(make("div", { class: "review-note" }, `${pair.rows} · ${pair.files}`));
  return grid;
}

/** The venues that a description may be; `choose(number)` shows another of them. */
export function candidates(pair, chosenNumber, twins, choose) {
  if (twins) return make("p", { class: "review-note" }, text("review.share", { share: pair.candidates[0].probability }));
  if (pair.candidates.length === 0) return make("p", { class: "review-note" }, text("review.no_candidate"));
  const list = make("ul", { class: "review-candidates", role: "radiogroup", "aria-label": text("review.candidates") });
  pair.candidates.forEach((candidate, number) => {
    const button = make(
      "button",
      { type: "button", role: "radio", "aria-checked": String(number === chosenNumber), onclick: () => choose(number) },
      make("span", { class: "number" }, String(number + 1)),
      make(
        "span",
        {},
        candidate.ours.name.map(([word]) => word).join(" "),
        make("small", {}, candidate.ours.address.map(([word]) => word).join(" ") || candidate.code),
        candidate.forbidden ? make("small", { class: "forbidden" }, text("review.forbidden")) : null,
      ),
      make("span", { class: "share" }, candidate.probability),
    );
    list.append(make("li", {}, button));
  });
  return list;
}

// The decisions made, the newest first, each with what takes it back.
import { make, text } from "./elements.mjs";

const COLUMNS = ["name", "verdict", "other", "when", "back"];

/** A table of `said`; `takeBack(one)` undoes one of them. */
export function saidTable(said, takeBack) {
  const body = make("tbody");
  for (const one of said) {
    const back = make("button", { type: "button" }, text("review.undo"));
    back.disabled = one.first === null || (one.kind !== "link" && one.second === null);
    back.addEventListener("click", () => {
      back.disabled = true;
      back.textContent = text("review.taken_back");
      takeBack(one);
    });
    body.append(
      make(
        "tr",
        {},
        make("td", {}, make("strong", {}, one.name), make("br"), one.address),
        make("td", {}, one.sentence),
        make("td", {}, one.other),
        make("td", {}, one.when),
        make("td", {}, back),
      ),
    );
  }
  const heads = COLUMNS.map((key) => make("th", { scope: "col" }, text(`review.said.${key}`)));
  return make("table", { class: "review-said" }, make("thead", {}, make("tr", {}, ...heads)), body);
}

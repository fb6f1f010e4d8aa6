/* What the screen asks of the server. A refusal is an error with the sentence to be shown. */

import { text } from "./elements.mjs";

let lang = "vi";

export function speakTo(language) {
  lang = language;
}

/** The server's no: `kind` "changed" when somebody else was first, "away" when nobody answered. */
export class Refused extends Error {
  constructor(sentence, kind) {
    super(sentence);
    this.kind = kind;
  }
}

/** What is to be said of an error: a refusal, or a fault of this page, which the console has. */
export function refusalOf(error) {
  if (error instanceof Refused) return error;
  console.error(error);
  return new Refused(text("inspections.failed"), "failed");
}

const addressOf = (path) => {
  const url = new URL(`/inspections/${path}`, location.origin);
  if (lang !== "vi") url.searchParams.set("lang", lang);
  return url;
};

async function answerOf(path, options) {
  const answer = await fetch(addressOf(path), options).catch(() => {
    throw new Refused(text("inspections.away"), "away");
  });
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(body.sentence || text("inspections.failed"), body.error || "failed");
  return body;
}

export const ask = (path) => answerOf(path, { headers: { Accept: "application/json" } });

export const send = (path, body) =>
  answerOf(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(body),
  });

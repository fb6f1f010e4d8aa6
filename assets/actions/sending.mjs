/* What the dialog asks of the server: many venues piece by piece, so that one sees how far it is. */

const addressOf = (path) => {
  const url = new URL(path, window.location.origin);
  url.searchParams.set("lang", document.documentElement.lang || "vi");
  return url;
};

/** The JSON of an address; throws where there is none. */
export async function ask(path) {
  const answer = await fetch(addressOf(path), { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

/** Send `body` for `venues`, `piece` at a time. `moved(done, total)` is told before each, and stops it with false.
    {lines, sentence, failed}: `sentence` says what is wrong with the form; `failed`: no answer, those in `lines` stand. */
export async function inPieces({ path, body }, venues, piece, moved) {
  const lines = [];
  for (let start = 0; start < venues.length; start += piece) {
    if (!moved(start, venues.length)) break;
    const part = { ...body, venues: venues.slice(start, start + piece) };
    try {
      const answer = await fetch(addressOf(path), {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json" },
        body: JSON.stringify(part),
      });
      if (answer.status === 422) return { lines, sentence: (await answer.json()).sentence, failed: false };
      if (!answer.ok) return { lines, sentence: null, failed: true };
      lines.push(...(await answer.json()).lines);
    } catch {
      return { lines, sentence: null, failed: true };
    }
  }
  return { lines, sentence: null, failed: false };
}

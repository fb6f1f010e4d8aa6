/* Files that are being made tell how far they are, until they are done. */

const box = /** @type {HTMLElement} */ (document.getElementById("orders"));
const EVERY_MS = 1500;

setInterval(look, EVERY_MS);

async function look() {
  if (!box.querySelector("[data-open]") || document.hidden) return;
  const answer = await fetch(`/posters/orders${location.search}`).catch(() => null);
  if (answer?.ok) box.innerHTML = await answer.text();
}

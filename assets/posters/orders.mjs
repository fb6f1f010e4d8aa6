/* Files that are being made tell how far they are, until they are done. */

const box = /** @type {HTMLElement} */ (document.getElementById("orders"));
const told = /** @type {HTMLElement} */ (document.getElementById("orders-told"));
const EVERY_MS = 1500;
const ENDED = 401;

let shown = "";
setInterval(look, EVERY_MS);

async function look() {
  if (!box.querySelector("[data-open]") || document.hidden) return;
  const answer = await fetch(`/posters/orders${location.search}`).catch(() => null);
  if (answer?.status === ENDED) location.reload(); // to where one signs in, which leads back here
  if (answer?.ok) show(await answer.text());
}

/** @param {string} words */
function show(words) {
  if (words === shown) return; // whoever is at a button is left there
  const open = [...box.querySelectorAll("[data-open]")].map((/** @type {HTMLElement} */ one) => one.dataset.order);
  const at = /** @type {HTMLElement | null} */ (document.activeElement?.closest("[data-order]"))?.dataset.order;
  box.innerHTML = shown = words;
  if (at) /** @type {HTMLElement | null} */ (box.querySelector(`[data-order="${at}"] :is(button, a)`))?.focus();
  const ended = open.map((number) => box.querySelector(`[data-order="${number}"]:not([data-open]) p`)).filter(Boolean);
  if (ended.length) told.textContent = ended.map((one) => one.textContent).join(". ");
}

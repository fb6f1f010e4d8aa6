/* Asking the server for what the map needs before it can draw. */

/** JSON of `address`. What may go better in a moment (no answer, or the server's own fault) is marked `isTemporary`. */
export async function fetchJson(address) {
  const response = await fetch(address).catch((error) => {
    throw Object.assign(error, { isTemporary: true });
  });
  if (response.ok) return response.json();
  const isTemporary = response.status >= 500;
  throw Object.assign(new Error(`${address}: ${response.status} ${await response.text()}`), { isTemporary });
}

/* The code at a door: keeps the tablet awake, fills its screen, and stays when the session ends; it asks nothing of the
   server once it is there. Whoever sets it up may sign out and leave it: nobody then comes from it to the register. */

const full = /** @type {HTMLButtonElement} */ (document.getElementById("door-full"));
const leave = /** @type {HTMLButtonElement} */ (document.getElementById("door-leave"));
const told = /** @type {HTMLElement} */ (document.getElementById("door-told"));

async function keepAwake() {
  if (document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
  await navigator.wakeLock.request("screen").catch((error) => console.info(error));
}

async function signOut() {
  const answer = await fetch("/sign-out", { method: "POST", redirect: "manual" }).catch(() => null);
  const isOut = answer?.type === "opaqueredirect"; // to where one signs in; the code stays instead
  leave.hidden = isOut;
  told.textContent = isOut ? told.dataset.left : told.dataset.notLeft;
}

full.hidden = !document.fullscreenEnabled;
full.addEventListener("click", () => document.documentElement.requestFullscreen().catch((error) => console.info(error)));
leave.addEventListener("click", signOut);
document.addEventListener("visibilitychange", keepAwake);
keepAwake();

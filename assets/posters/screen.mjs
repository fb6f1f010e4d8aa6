/* Keeps a tablet at a door awake, where it lets itself be; the code shows without this, and without a network. */

async function keepAwake() {
  if (document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
  await navigator.wakeLock.request("screen").catch((error) => console.info(error));
}

document.addEventListener("visibilitychange", keepAwake);
document.addEventListener("click", () => document.documentElement.requestFullscreen?.().catch((error) => console.info(error)));
keepAwake();

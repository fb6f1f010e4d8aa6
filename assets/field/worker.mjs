/* The service worker of the phone screen: keeps the screen's files of one version, all or none, and answers with them
   whether there is a network or not. What is asked of venues and records is never kept here: the screen has a store of
   its own for that. callbacks/field/shell.py puts VERSION and KEPT above this; it is a classic script. */

const NAME = `field-${VERSION}`;

self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(NAME);
      await cache.addAll(KEPT.map((address) => new Request(address, { cache: "reload" })));
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      const names = await caches.keys();
      // An open page goes on with the files it began with: the version before this one stays until the next.
      const old = names.filter((name) => name.startsWith("field-") && name !== NAME).slice(0, -1);
      await Promise.all(old.map((name) => caches.delete(name)));
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate" && url.pathname === "/field/") {
    const address = url.searchParams.get("lang") === "en" ? "/field/?lang=en" : "/field/?lang=vi";
    event.respondWith(kept(address, request));
  } else if (url.pathname.startsWith("/field/files/")) {
    // The version stands in the path; the map adds one of its own to the address of its worker.
    event.respondWith(kept(url.pathname, request));
  } else if (url.pathname === "/field/manifest.webmanifest") {
    event.respondWith(kept(request, request));
  }
});

async function kept(wanted, request) {
  const current = await caches.open(NAME);
  return (await current.match(wanted)) || (await caches.match(wanted)) || fetch(request);
}

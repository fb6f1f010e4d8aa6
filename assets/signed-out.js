// Whoever has signed out leaves no list of venues on a phone that others use, too (assets/field/store.mjs). What was
// recorded and not sent stays: it waits for its author. Then on to the provider by which they came in, if there is one,
// which has a session of its own.
const leave = () => {
  const wayOut = /** @type {HTMLAnchorElement} */ (document.querySelector("[data-way-out]"));
  if (wayOut) location.replace(wayOut.href);
};
const opening = indexedDB.open("ha-dong-field");
opening.onupgradeneeded = () => opening.transaction.abort(); // there is none, and none is made
opening.onerror = leave;
opening.onsuccess = () => {
  const database = opening.result;
  const change = database.transaction("meta", "readwrite");
  change.objectStore("meta").delete("taken");
  change.oncomplete = () => {
    database.close();
    leave();
  };
};

// Whoever has signed out leaves no list of venues on a phone that others use, too (assets/field/store.mjs). What was
// recorded and not sent stays: it waits for its author.
const opening = indexedDB.open("ha-dong-field");
opening.onupgradeneeded = () => opening.transaction.abort(); // there is none, and none is made
opening.onsuccess = () => {
  const database = opening.result;
  const change = database.transaction("meta", "readwrite");
  change.objectStore("meta").delete("taken");
  change.oncomplete = () => database.close();
};

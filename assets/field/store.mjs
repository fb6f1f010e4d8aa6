/* The phone's own store (IndexedDB): what was recorded, until long after it was sent, and the venues taken along.
   A record is in it before the screen says that it is. */

const NAME = "ha-dong-field";
let opening = null;

function open() {
  opening = opening || new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("meta");
      request.result.createObjectStore("records", { keyPath: "seq", autoIncrement: true });
    };
    request.onsuccess = () => {
      // A page of a later version may change the store; this one then opens it anew.
      request.result.onversionchange = () => { request.result.close(); opening = null; };
      request.result.onclose = () => { opening = null; };
      resolve(request.result);
    };
    request.onerror = () => { opening = null; reject(request.error); };
  });
  return opening;
}

/** Do `work` on the store `name`; resolves with its result once it is on the disk. */
async function within(name, mode, work) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(name, mode, { durability: "strict" });
    let request = null;
    transaction.oncomplete = () => resolve(request?.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
    request = work(transaction.objectStore(name));
  });
}

export const meta = (key) => within("meta", "readonly", (store) => store.get(key));
export const forgetMeta = (key) => within("meta", "readwrite", (store) => store.delete(key));
export const keepMeta = (key, value) => within("meta", "readwrite", (store) => store.put(value, key));

export const records = () => within("records", "readonly", (store) => store.getAll());
export const addRecord = (record) => within("records", "readwrite", (store) => store.add(record));
export const forgetRecord = (seq) => within("records", "readwrite", (store) => store.delete(seq));

/** Change some fields of a record as it is now, so that another tab's change to others is kept. */
export const changeRecord = (seq, changes) =>
  within("records", "readwrite", (store) => {
    const request = store.get(seq);
    request.onsuccess = () => request.result && store.put({ ...request.result, ...changes });
    return request;
  });

/** Ask the browser not to throw the store away when the phone is full. */
export const persist = () => navigator.storage?.persist?.().catch(() => false);

// Uploads under way, kept on this device until the server has all of it: the video, its address, the check-in.

/**
 * @typedef {object} Entry
 * @property {string} id
 * @property {string} owner the person it belongs to: another person on this device neither sees nor sends it
 * @property {Blob | null} blob null once it has arrived
 * @property {number} bytes
 * @property {number} sent bytes the server last confirmed
 * @property {string} protocol
 * @property {string} plan
 * @property {number} begun milliseconds since 1970
 * @property {string | null} url of the upload on the server
 * @property {number | null} created the server's clock when the upload began
 * @property {import("types/service").Checkin | null} checkin answers given meanwhile
 * @property {boolean} said whether the server has the check-in
 * @property {string | null} recording its id once it has arrived
 */

const STORE = "uploads";
const KEPT_MS = 7 * 24 * 3600 * 1000;

/** @type {Promise<IDBDatabase> | undefined} */
let opening;

/** @returns {Promise<IDBDatabase>} */
function open() {
  opening ??= new Promise((resolve, reject) => {
    const opened = indexedDB.open("hinge-check", 1);
    opened.onupgradeneeded = () => opened.result.createObjectStore(STORE, { keyPath: "id" });
    opened.onsuccess = () => resolve(opened.result);
    opened.onerror = () => reject(opened.error);
    opened.onblocked = () => reject(new Error("the store is blocked"));
  });
  return opening;
}

/**
 * Runs one operation in a transaction of its own.
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest<T>} operation
 * @returns {Promise<T>} the operation's result, once the transaction has ended
 */
async function transact(mode, operation) {
  const db = await open();
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(STORE, mode);
    const started = operation(transaction.objectStore(STORE));
    transaction.oncomplete = () => resolve(started.result);
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}

/** Saves an entry. @param {Entry} entry @returns {Promise<boolean>} false without room or without a store */
export async function saveEntry(entry) {
  try {
    await transact("readwrite", (store) => store.put(entry));
    return true;
  } catch {
    // A private window, a full disk: the upload goes on all the same, and the page asks to be kept open.
    return false;
  }
}

/** Loads an entry. @param {string} id @returns {Promise<Entry | undefined>} */
export async function loadEntry(id) {
  try {
    return await transact("readonly", (store) => store.get(id));
  } catch {
    return undefined;
  }
}

/**
 * Lists a person's uploads under way here, oldest first; what nobody came back for in a week is deleted.
 * @param {string} owner
 * @returns {Promise<Entry[]>}
 */
export async function listPending(owner) {
  /** @type {Entry[]} */
  let all = [];
  try {
    all = await transact("readonly", (store) => store.getAll());
  } catch {
    return [];
  }
  const now = Date.now();
  for (const old of all.filter((each) => now - each.begun > KEPT_MS)) await deleteEntry(old.id);
  return all.filter((each) => each.owner === owner && now - each.begun <= KEPT_MS).sort((a, b) => a.begun - b.begun);
}

/** Deletes an entry. @param {string} id */
export async function deleteEntry(id) {
  try {
    await transact("readwrite", (store) => store.delete(id));
  } catch {
    // Where nothing could be saved there is nothing to delete.
  }
}

// What is on its way, kept on this device until the server has all of it: the video, where it goes on, the check-in.

/**
 * @typedef {object} Entry
 * @property {string} id
 * @property {string} owner whose it is: another person on this device neither sees nor sends it
 * @property {Blob | null} blob null once it has arrived
 * @property {number} bytes
 * @property {number} sent as the server said last
 * @property {string} protocol
 * @property {string} plan
 * @property {number} begun milliseconds since 1970
 * @property {string | null} url of the upload on the server
 * @property {number | null} created the server's clock when the upload began
 * @property {object | null} checkin what was said meanwhile
 * @property {boolean} said whether the check-in is with the server
 * @property {string | null} recording its id once it has arrived
 */

const STORE = "uploads";
const KEPT_MS = 7 * 24 * 3600 * 1000;

/** @type {Promise<IDBDatabase> | undefined} */
let opening;

function open() {
  opening ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open("hinge-check", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "id" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
    asked.onblocked = () => reject(new Error("the store is blocked"));
  });
  return opening;
}

/** @returns {Promise<any>} what `work` asked the store for, once the transaction has ended */
async function within(mode, work) {
  const db = await open();
  return new Promise((resolve, reject) => {
    const change = db.transaction(STORE, mode);
    const asked = work(change.objectStore(STORE));
    change.oncomplete = () => resolve(asked.result);
    change.onerror = change.onabort = () => reject(change.error);
  });
}

/** Keep an entry. @param {Entry} entry @returns {Promise<boolean>} false where there is no room or no store */
export async function keep(entry) {
  try {
    await within("readwrite", (store) => store.put(entry));
    return true;
  } catch {
    // A private window, a full disk: the upload goes on all the same, the page says to keep it open.
    return false;
  }
}

/** @param {string} id @returns {Promise<Entry | undefined>} */
export async function kept(id) {
  try {
    return await within("readonly", (store) => store.get(id));
  } catch {
    return undefined;
  }
}

/** What a person has on its way here, oldest first; what nobody came back for in a week is let go. @param {string} owner */
export async function pending(owner) {
  let all = [];
  try {
    all = await within("readonly", (store) => store.getAll());
  } catch {
    return [];
  }
  const now = Date.now();
  for (const old of all.filter((each) => now - each.begun > KEPT_MS)) await forget(old.id);
  return all.filter((each) => each.owner === owner && now - each.begun <= KEPT_MS).sort((a, b) => a.begun - b.begun);
}

/** @param {string} id */
export async function forget(id) {
  try {
    await within("readwrite", (store) => store.delete(id));
  } catch {
    // Where nothing could be kept there is nothing to forget.
  }
}

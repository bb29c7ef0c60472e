// IndexedDB, as little of it as the replica needs: open a database, write one batch, read a store whole.
// A transaction is begun and committed within the call, so that it survives a navigation in the same task.

const STORES = ["meta", "snapshot", "tail", "outbox", "refused"];

function open(name) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => STORES.forEach((store) => request.result.createObjectStore(store));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });
}

class Database {
  constructor(name, connection) {
    this.name = name;
    this.adopt(connection);
  }

  adopt(connection) {
    this.connection = connection;
    // A newer build in another tab may upgrade; holding on would block it.
    connection.onversionchange = () => connection.close();
    connection.onclose = () => (this.connection = null);
  }

  // Runs `work` on the connection; where the browser lost it (WebKit does), opens a new one and tries once more.
  async retry(work) {
    try {
      if (this.connection) return await work(this.connection);
    } catch (error) {
      if (!["InvalidStateError", "TransactionInactiveError", "UnknownError"].includes(error?.name)) throw error;
    }
    this.adopt(await open(this.name));
    return work(this.connection);
  }
}

export async function openDatabase(name) {
  return new Database(name, await open(name));
}

// `steps` is a flat list: store, key, value, store, key, value … An undefined value deletes the key; an undefined
// key clears the store; a key that is a pair [low, high] with an undefined value deletes that range.
export function write(database, steps, strict) {
  return database.retry((connection) => new Promise((resolve, reject) => {
    const names = new Set();
    for (let i = 0; i < steps.length; i += 3) names.add(steps[i]);
    const transaction = connection.transaction([...names], "readwrite", {
      durability: strict ? "strict" : "relaxed",
    });
    transaction.oncomplete = () => resolve();
    transaction.onabort = transaction.onerror = () => reject(transaction.error ?? new Error("aborted"));
    for (let i = 0; i < steps.length; i += 3) {
      const store = transaction.objectStore(steps[i]);
      const [key, value] = [steps[i + 1], steps[i + 2]];
      if (key === undefined) store.clear();
      else if (value !== undefined) store.put(value, key);
      else store.delete(Array.isArray(key) ? IDBKeyRange.bound(key[0], key[1]) : key);
    }
    transaction.commit?.();
  }));
}

// Resolves to the values of a store in the order of their keys.
export function readAll(database, name) {
  return database.retry((connection) => new Promise((resolve, reject) => {
    const request = connection.transaction(name).objectStore(name).getAll();
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  }));
}

// Sixteen random bytes, for ids.
export function randomBytes() {
  return crypto.getRandomValues(new Uint8Array(16));
}

// IndexedDB, as little of it as the replica needs: open a database, write one batch, read a store whole.
// A transaction is begun and committed within the call, so that it survives a navigation in the same task.

// An upgrade only ever adds stores, so that older tabs and older builds go on with those they know.
const VERSION = 3;
const STORES = [
  "meta", "snapshot", "tail", "outbox", "refused", "acknowledged", "lost",
  // Of a workspace that is on this device only: what its server would have.
  "log", "outcomes", "queues",
];

// Where a row stands that has to be what the writer knows.
const GUARDS = "meta";

// A longer text is written in a slice of its own, in the same transaction.
const LARGE = 64 * 1024;

// A browser that doesn't answer is not waited for, and the second time not as long.
let patienceMs = 10_000;

// Nor is a read, however much there is.
const READ_PATIENCE_MS = 20_000;

// Transactions that this page has not said everything to yet.
const unfinished = new Set();
let isHidden = false;
let whenShown = Promise.resolve();
let show = () => {};

// A page that WebKit puts away, to show it again on "back", goes on holding the transactions that wait for it, and no other
// page of this origin gets to the database. So they are given up when it goes, and begun anew should it come back.
addEventListener("pagehide", () => {
  isHidden = true;
  whenShown = new Promise((resolve) => (show = resolve));
  unfinished.forEach(abort);
});
// The first to hear that it is back: whoever else does may read at once.
addEventListener("pageshow", () => {
  isHidden = false;
  show();
});

function abort(transaction) {
  try {
    transaction.abort();
  } catch {
    // It has ended.
  }
}

// Does what a page that was put away had to give up once it is shown again.
async function overHiding(work) {
  for (;;) {
    const [wasHidden, before] = [isHidden, whenShown];
    try {
      return await work();
    } catch (error) {
      if (!wasHidden && before === whenShown) throw error;
      await whenShown;
    }
  }
}

function request(name, version) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, version);
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      patienceMs = 1_000;
      reject(new Error("no answer"));
    }, patienceMs);
    request.onupgradeneeded = () => {
      const there = request.result.objectStoreNames;
      STORES.filter((store) => !there.contains(store)).forEach((store) => request.result.createObjectStore(store));
    };
    request.onsuccess = () => {
      clearTimeout(timer);
      if (isLate) request.result.close();
      else resolve(request.result);
    };
    request.onerror = () => {
      clearTimeout(timer);
      reject(request.error);
    };
  });
}

async function open(name) {
  try {
    return await request(name, VERSION);
  } catch (error) {
    // A newer build was here, and left what this one knows in place.
    if (error?.name === "VersionError") return request(name);
    throw error;
  }
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

export function closeDatabase(database) {
  database.connection?.close();
}

// Resolves to the names of the databases of this origin; to none where the browser doesn't tell.
export async function databaseNames() {
  return ((await indexedDB.databases?.()) ?? []).map(({ name }) => name);
}

// `steps` is a flat list: store, key, value, store, key, value … An undefined value deletes the key; an undefined
// key clears the store; a key that is a pair [low, high] with an undefined value deletes that range.
// With a `guard` nothing is written unless the row of that key in `meta` says `expected`: another tab wrote since, and
// knows better.
export function write(database, steps, strict, guard, expected) {
  // What no row guards may be out of date by the time that the page is back, and then it is not written.
  const over = guard === undefined ? (work) => work() : overHiding;
  return over(() => database.retry((connection) => new Promise((resolve, reject) => {
    const names = new Set();
    for (let i = 0; i < steps.length; i += 3) names.add(steps[i]);
    if (guard !== undefined) names.add(GUARDS);
    const transaction = connection.transaction([...names], "readwrite", {
      durability: strict ? "strict" : "relaxed",
    });
    unfinished.add(transaction);
    transaction.oncomplete = () => resolve();
    // An error of a request comes before the abort that it leads to, and only then the transaction knows why.
    let cause;
    transaction.onerror = (event) => (cause ??= event.target?.error);
    transaction.onabort = () => {
      unfinished.delete(transaction);
      reject(transaction.error ?? cause ?? new Error("aborted"));
    };
    const giveUp = (error) => {
      cause ??= error;
      abort(transaction);
      reject(error);
    };
    const put = (from) => {
      try {
        for (let i = from; i < steps.length; i += 3) {
          const store = transaction.objectStore(steps[i]);
          const [key, value] = [steps[i + 1], steps[i + 2]];
          if (key === undefined) store.clear();
          else if (value?.length > LARGE) {
            // The transaction lasts as long as something is asked of it.
            store.put(value, key).onsuccess = () => put(i + 3);
            return;
          } else if (value !== undefined) store.put(value, key);
          else store.delete(Array.isArray(key) ? IDBKeyRange.bound(key[0], key[1]) : key);
        }
        unfinished.delete(transaction);
        transaction.commit?.();
      } catch (error) {
        // Half a batch must not commit by itself.
        giveUp(error);
      }
    };
    if (guard === undefined) put(0);
    else {
      const present = transaction.objectStore(GUARDS).get(guard);
      present.onsuccess = () => ((present.result ?? "") === expected ? put(0) : giveUp(new Error("another tab wrote")));
    }
    if (isHidden && unfinished.has(transaction)) abort(transaction);
  })));
}

// Asks several things of a store in one transaction; resolves to the answers.
function read(database, name, ask) {
  return overHiding(() => database.retry((connection) => new Promise((resolve, reject) => {
    const transaction = connection.transaction(name);
    const asked = ask(transaction.objectStore(name));
    const end = (settle, value) => {
      clearTimeout(timer);
      unfinished.delete(transaction);
      settle(value);
    };
    const timer = setTimeout(() => (abort(transaction), end(reject, new Error("no answer"))), READ_PATIENCE_MS);
    transaction.oncomplete = () => end(resolve, asked.map((one) => one.result));
    transaction.onabort = transaction.onerror = () => end(reject, transaction.error ?? new Error("aborted"));
    // It ends by itself: Chromium would end one that is committed before a large answer has come.
    unfinished.add(transaction);
    if (isHidden) abort(transaction);
  })));
}

// Resolves to the keys of a store, from `from` on, in their order, and the values that belong to them; at most `limit`.
export function readAll(database, name, from, limit) {
  const range = from === undefined ? undefined : IDBKeyRange.lowerBound(from);
  return read(database, name, (store) => [store.getAllKeys(range, limit), store.getAll(range, limit)]);
}

// Resolves to the values that belong to some keys of a store, nothing where there is none.
export function readSome(database, name, keys) {
  return read(database, name, (store) => keys.map((key) => store.get(key)));
}

// Sixteen random bytes, for ids.
export function randomBytes() {
  return crypto.getRandomValues(new Uint8Array(16));
}

// What a page can say about itself when something is not there in time: whether what it may wait for answers at all.
const done = arguments[0];
const PATIENCE_MS = 4000;

const asked = (name, promise) => Promise.race([
  promise.then((answer) => `${name}: ${answer}`, (error) => `${name}: ${error}`),
  new Promise((resolve) => setTimeout(() => resolve(`${name}: no answer`), PATIENCE_MS)),
]);

const databases = () => indexedDB.databases().then((all) => all.map(({ name }) => name));

const read = (name) => new Promise((resolve, reject) => {
  const opening = indexedDB.open(name);
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const database = opening.result;
    const stores = [...database.objectStoreNames];
    const transaction = database.transaction(stores);
    const counts = stores.map((store) => transaction.objectStore(store).count());
    transaction.onabort = () => reject(transaction.error);
    transaction.oncomplete = () => {
      database.close();
      resolve(stores.map((store, place) => `${store} ${counts[place].result}`).join(', '));
    };
  };
});

const readAll = async () => {
  const names = await databases();
  return (await Promise.all(names.map((name) => asked(name, read(name))))).join('; ');
};

const lock = ({ name, clientId }) => `${name} ${clientId}`;
const locks = async () => {
  const { held, pending } = await navigator.locks.query();
  return `held ${held.map(lock)}, waited for ${pending.map(lock)}`;
};

const workers = async () => {
  const all = await navigator.serviceWorker.getRegistrations();
  const states = all.map(({ installing, waiting, active }) => [installing, waiting, active].map((one) => one?.state));
  return `${navigator.serviceWorker.controller?.state}; ${states.join('; ')}`;
};

const requests = () => performance.getEntriesByType('resource').slice(-12)
  .map(({ name, startTime, responseEnd }) => `${new URL(name).pathname} ${startTime | 0}-${responseEnd | 0}`);

Promise.all([
  asked('session', fetch('/api/v1/session').then(({ status }) => status)),
  asked('alive', fetch('/health/live').then(({ status }) => status)),
  asked('databases', readAll()),
  asked('locks', locks()),
  asked('service worker', workers()),
]).then((answers) => done([
  `at ${location.pathname}, ${document.readyState}, ${document.visibilityState}, for ${performance.now() | 0} ms`,
  ...answers,
  `requests: ${requests().join(', ')}`,
].join('\n')));

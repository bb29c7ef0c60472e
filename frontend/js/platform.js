// What browsers have and web-sys has only half: locks, idle time, storage promises, service worker, install, clipboard.
// Everything is feature-detected, and nothing here throws.

/** Asks for the lock `name` and calls `onHeld` when this tab has it. Without locks every tab holds it. */
export function holdLock(name, onHeld) {
  if (!navigator.locks) {
    onHeld();
    return () => {};
  }
  const gaveUp = new AbortController();
  let release = () => gaveUp.abort();
  navigator.locks
    .request(name, { signal: gaveUp.signal }, () => {
      const held = new Promise((resolve) => (release = resolve));
      onHeld();
      return held;
    })
    .catch(() => {});
  return () => release();
}

export function hasLocks() {
  return Boolean(navigator.locks);
}

/** Calls back when the browser has time, after `atMost` milliseconds in any case. */
export function whenIdle(callback, atMost) {
  if (window.requestIdleCallback) requestIdleCallback(() => callback(), { timeout: atMost });
  else setTimeout(callback, Math.min(atMost, 200));
}

/** Resolves to "promised", "evictable" or "unknown". */
export async function storagePromise() {
  try {
    if (!navigator.storage?.persisted) return 'unknown';
    return (await navigator.storage.persisted()) ? 'promised' : 'evictable';
  } catch {
    return 'unknown';
  }
}

/** Asks the browser to keep our data. Firefox asks the person, so never wait for this while starting. */
export async function askToKeepStorage() {
  try {
    if (!navigator.storage?.persist) return 'unknown';
    return (await navigator.storage.persist()) ? 'promised' : 'evictable';
  } catch {
    return 'unknown';
  }
}

/** Resolves to [used, available] in bytes, or to undefined where the browser doesn't say. */
export async function storageEstimate() {
  try {
    const { usage, quota } = (await navigator.storage?.estimate?.()) ?? {};
    return usage === undefined ? undefined : [usage, quota ?? 0];
  } catch {
    return undefined;
  }
}

let registration;
let asked = false;

/** Registers /sw.js; `onWaiting` is called when a newer build is ready, `onReplaced` when another tab applied one. */
export async function registerServiceWorker(onWaiting, onReplaced) {
  if (!navigator.serviceWorker) return;
  const controlled = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (asked) location.reload();
    else if (controlled) onReplaced();
  });
  try {
    registration = await navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' });
  } catch {
    return;
  }
  const watch = (worker) =>
    worker?.addEventListener('statechange', () => {
      if (worker.state === 'installed' && navigator.serviceWorker.controller) onWaiting();
    });
  if (registration.waiting && navigator.serviceWorker.controller) onWaiting();
  watch(registration.installing);
  registration.addEventListener('updatefound', () => watch(registration.installing));
  const check = () => registration.update().catch(() => {});
  setInterval(check, 3_600_000);
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && check());
}

/** Lets the waiting build take over; the page reloads once when it has. */
export function applyUpdate() {
  asked = true;
  if (registration?.waiting) registration.waiting.postMessage({ type: 'SKIP_WAITING' });
  else location.reload();
}

export function canInstall() {
  return Boolean(window.slipway?.installPrompt);
}

/** Shows the browser's install question; resolves to whether it was accepted. */
export async function install() {
  const prompt = window.slipway?.installPrompt;
  if (!prompt) return false;
  window.slipway.installPrompt = undefined;
  try {
    return (await prompt.prompt()).outcome === 'accepted';
  } catch {
    return false;
  }
}

/** Resolves to whether the text is on the clipboard. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** Shows a number on the icon of the installed app; 0 clears it. */
export function setBadge(count) {
  navigator.setAppBadge?.(count).catch(() => {});
}

// What browsers have and web-sys has only half: storage promises, service worker, install, clipboard, files, popovers.
// Everything is feature-detected, and nothing here throws.

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
  if (!registration) return;
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

/** Lets the person save a text as a file. */
export function saveFile(name, type, text) {
  saveBlob(name, new Blob([text], { type }));
}

/** Lets the person save what the browser has as a file. */
export function saveBlob(name, blob) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Resolves to the text of a chosen file, or to undefined when it can't be read. */
export async function readFile(file) {
  try {
    return await file.text();
  } catch {
    return undefined;
  }
}

/** Resolves to the digest that the first line of an exported workspace names; to undefined where it names none. */
export async function fileDigest(file) {
  try {
    const [first] = (await file.slice(0, 262_144).text()).split('\n', 1);
    return JSON.parse(first).header?.digest;
  } catch {
    return undefined;
  }
}

/** Shows a popover under the element it belongs to, or above it where there is more room; a menu closes when that scrolls away. */
export function openPopover(popover, anchor) {
  // From one button to the next it stays open.
  if (!popover.matches(':popover-open')) popover.showPopover();
  placePopover(popover, anchor);
  // A panel changes the page behind it while it is open; only a menu closes when that scrolls.
  const isPanel = popover.classList.contains('panel');
  const away = (event) => !isPanel && !popover.contains(event.target) && popover.hidePopover();
  document.addEventListener('scroll', away, { capture: true, passive: true });
  const closed = (event) => {
    if (event.newState !== 'closed') return;
    document.removeEventListener('scroll', away, { capture: true });
    popover.removeEventListener('toggle', closed);
  };
  popover.addEventListener('toggle', closed);
}

/** Brings an open popover to where it has its room. */
export function placePopover(popover, anchor) {
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = popover;
  const below = innerHeight - at.bottom - 8;
  const top = height <= below || below >= at.top ? at.bottom + 4 : at.top - 4 - height;
  const left = popover.classList.contains('is-end') ? at.right - width : at.left;
  popover.style.top = `${Math.max(8, Math.min(top, innerHeight - height - 8))}px`;
  popover.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
}

/** While a card is dragged, a finger on this element neither scrolls nor opens the browser's menu. */
export function holdTouch(element) {
  const hold = (event) => document.body.classList.contains('is-dragging') && event.preventDefault();
  element.addEventListener('touchmove', hold, { passive: false });
  element.addEventListener('contextmenu', hold);
}

const FOCUSABLE = 'a[href], button, input, select, textarea, summary, [tabindex]';
const HANDLE = '[class*=handle], [class*=grip]';
const AREA = 'section, article, aside, header, nav, form, dialog, [popover], main, body';
const TRAIL = 8;

const isNowhere = () => !document.activeElement || document.activeElement === document.body;

function take(element) {
  element.focus();
  return document.activeElement === element;
}

/** Focuses the first thing in an element that can have the focus, but for what only drags. */
function enter(element) {
  const found = [element, ...element.querySelectorAll(FOCUSABLE)];
  return found.some((one) => one.matches(FOCUSABLE) && !one.matches(HANDLE) && take(one));
}

/** Focuses what stands after a place, or before it, as near as can be. */
function enterBeside({ next, previous }) {
  for (let one = next; one; one = one.nextSibling) if (one.nodeType === Node.ELEMENT_NODE && enter(one)) return true;
  for (let one = previous; one; one = one.previousSibling) if (one.nodeType === Node.ELEMENT_NODE && enter(one)) return true;
  return false;
}

/** Focuses what is nearest to a place something was taken out of: beside it, else the heading of what it was in. */
function enterNear({ parent, next, previous }) {
  let place = { next, previous };
  while (parent?.isConnected) {
    if (enterBeside(place)) return true;
    if (parent.matches(AREA)) break;
    place = { next: parent.nextSibling, previous: parent.previousSibling };
    parent = parent.parentElement;
  }
  const heading = parent?.isConnected && !parent.matches('main, body') && parent.querySelector('h1, h2, h3');
  if (!heading) return false;
  if (!heading.hasAttribute('tabindex')) heading.tabIndex = -1;
  return take(heading);
}

/**
 * Keeps the focus where one works: when what has it is taken out of the page, it goes to what is nearest, and never to
 * the whole page. Who knows better focuses something in the next frame.
 */
export function keepFocus() {
  // What had the focus, the last at the end.
  let trail = [];
  // Where the last was taken out, until that is mended.
  let place;
  // Somebody has pressed beside it since.
  let isLeft = false;
  document.addEventListener('focusin', ({ target }) => {
    trail = [...trail.filter((one) => one !== target && one.isConnected), target].slice(-TRAIL);
    isLeft = false;
    place = undefined;
  });
  const press = ({ target }) => (isLeft = !trail.at(-1)?.contains(target));
  document.addEventListener('pointerdown', press, { capture: true, passive: true });
  const mend = () => {
    const near = place;
    place = undefined;
    if (!near || isLeft || !isNowhere()) return;
    // What was only moved is still there.
    const known = trail.filter((one) => one.isConnected).reverse();
    if (known[0] === trail.at(-1) && known[0] && take(known[0])) return;
    // A message comes and goes beside what one does: back to that.
    const isOfToast = near.parent.closest?.('.toasts');
    (isOfToast && known.some(take)) || enterNear(near) || known.some(take) || enter(document.querySelector('main') ?? document.body);
  };
  const follow = (records) => {
    const last = trail.at(-1);
    if (!last || isLeft || !isNowhere()) return;
    const isFirst = !place;
    for (const { target, removedNodes, nextSibling: next, previousSibling: previous } of records) {
      for (const gone of removedNodes) {
        if (gone.contains(place?.parent ?? last)) place = { parent: target, next, previous };
        if (place && gone === place.next) place.next = next;
        if (place && gone === place.previous) place.previous = previous;
      }
    }
    if (isFirst && place) requestAnimationFrame(() => setTimeout(mend));
  };
  new MutationObserver(follow).observe(document.body, { childList: true, subtree: true });
}

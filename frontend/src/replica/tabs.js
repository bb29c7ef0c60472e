// Other tabs of this browser: one channel, and one lock that the leader holds.

export function openChannel(name, onMessage) {
  if (typeof BroadcastChannel === "undefined") return () => {};
  const channel = new BroadcastChannel(name);
  channel.onmessage = (event) => onMessage(event.data);
  return (message) => channel.postMessage(message);
}

// Calls `onHeld` whenever this tab gets the lock, and `onLost` when another tab took it over; it then waits for the
// lock again. Returns what takes it over. Without Web Locks each tab is its own leader: the server takes a command
// that comes twice once.
export function lead(name, onHeld, onLost) {
  if (!hasLocks()) {
    onHeld();
    return () => {};
  }
  let waiting;
  const ask = (options) => {
    let held = false;
    const hold = () => {
      held = true;
      onHeld();
      return new Promise(() => {});
    };
    navigator.locks.request(name, options, hold).catch(() => {
      if (held) onLost();
      if (held || options.steal) wait();
    });
  };
  const wait = () => {
    waiting?.abort();
    waiting = new AbortController();
    ask({ signal: waiting.signal });
  };
  wait();
  // A page that is shown again has lost the lock without a word, and heard nothing meanwhile.
  addEventListener("pageshow", ({ persisted }) => persisted && (onLost(), wait()));
  return () => {
    // Tabs that can't hear each other must not take it from each other for ever.
    if (typeof BroadcastChannel === "undefined") return;
    waiting.abort();
    ask({ steal: true });
  };
}

export function hasLocks() {
  return Boolean(navigator.locks);
}

export function isVisible() {
  return document.visibilityState === "visible";
}

// Other tabs of this browser: one channel, and one lock that the leader holds.

export function openChannel(name, onMessage) {
  if (typeof BroadcastChannel === "undefined") return () => {};
  const channel = new BroadcastChannel(name);
  channel.onmessage = (event) => onMessage(event.data);
  return (message) => channel.postMessage(message);
}

// Calls `onHeld` once this tab holds the lock; it is held until the tab is gone. Without Web Locks each tab is its
// own leader: the server takes a command that comes twice once.
export function lead(name, onHeld) {
  if (!navigator.locks) return onHeld();
  navigator.locks.request(name, () => {
    onHeld();
    return new Promise(() => {});
  }).catch(() => {});
}

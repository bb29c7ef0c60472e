// Giving way to the browser, and waiting for it to have nothing to do.

const breaths = [];
const channel = new MessageChannel();
channel.port1.onmessage = () => breaths.shift()?.();

// Lets the browser paint, handle input and do what else is due before going on. `scheduler.yield` comes back before
// anything else that waits, and `setTimeout` only after four milliseconds.
export function breathe() {
  return new Promise((resolve) => {
    breaths.push(resolve);
    channel.port2.postMessage(0);
  });
}

// Lets some time go by.
export function wait(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

// Calls back in an idle moment; WebKit has no idea of them, there it is soon.
export function whenIdle(callback, atMostMs) {
  if (globalThis.requestIdleCallback) requestIdleCallback(() => callback(), { timeout: atMostMs });
  else setTimeout(callback, 200);
}

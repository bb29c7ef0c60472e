// Giving way to the browser, and waiting for it to have nothing to do.

// Lets the browser paint and handle input before going on.
export function breathe() {
  return new Promise((resolve) => {
    if (globalThis.scheduler?.yield) scheduler.yield().then(resolve);
    else setTimeout(resolve);
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

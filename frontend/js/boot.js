// Runs before first paint, as a classic script: theme, density and language, then glue and WebAssembly.
// Knows nothing of the app; crash.js shows what goes wrong here.
(() => {
  'use strict';
  const root = document.documentElement;
  const slipway = (window.slipway ??= {});

  // Settings are written as JSON by the app; storage may be blocked.
  const setting = (name) => {
    try {
      return JSON.parse(localStorage.getItem(`slipway.${name}`));
    } catch {
      return null;
    }
  };

  const theme = setting('theme');
  if (theme === 'light' || theme === 'dark') {
    root.dataset.theme = theme;
    const colour = document.querySelector(`meta[name="theme-color"][media*="${theme}"]`)?.content;
    for (const meta of document.querySelectorAll('meta[name="theme-color"]')) meta.content = colour ?? meta.content;
  }
  if (setting('density') === 'comfortable') root.dataset.density = 'comfortable';
  // A zone that this browser does not know is passed over: it would fail wherever a time is shown.
  try {
    const zone = setting('zone');
    if (typeof zone === 'string' && new Intl.DateTimeFormat('en', { timeZone: zone })) root.dataset.zone = zone;
  } catch {
    // The device's own, then.
  }
  const spoken = setting('language') ?? navigator.languages?.find((tag) => /^(en|fr)\b/i.test(tag)) ?? 'en';
  root.lang = /^fr/i.test(spoken) ? 'fr' : 'en';

  // Chromium offers to install once, early; the settings page asks for it later.
  window.addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    slipway.installPrompt = event;
  });

  // Only an abort of the WebAssembly poisons the app; a broken extension must not put up the crash screen.
  const fatal = (error) => typeof WebAssembly === 'object' && error instanceof WebAssembly.RuntimeError;
  window.addEventListener('error', (event) => {
    if (fatal(event.error)) slipway.crashed?.(String(event.error.stack ?? event.message));
    else slipway.note?.(`error: ${event.message}`);
  });
  window.addEventListener('unhandledrejection', (event) => {
    if (fatal(event.reason)) slipway.crashed?.(String(event.reason.stack ?? event.reason));
    else slipway.note?.(`rejection: ${event.reason}`);
  });

  // A start that fails is tried again by itself, twice in a minute at most: the usual cause is a server being replaced.
  const mayRetry = () => {
    try {
      const now = Date.now();
      const tries = (JSON.parse(sessionStorage.getItem('slipway.retries')) ?? []).filter((at) => now - at < 60_000);
      if (tries.length >= 2) return false;
      sessionStorage.setItem('slipway.retries', JSON.stringify([...tries, now]));
      return true;
    } catch {
      return false;
    }
  };

  const start = async () => {
    const boot = document.querySelector('meta[name="app-boot"]');
    if (typeof WebAssembly !== 'object') return slipway.crashed?.('no WebAssembly', 'no-wasm');
    if (!boot) return slipway.crashed?.('no app-boot in the page');
    try {
      const glue = await import(boot.dataset.js);
      await glue.default({ module_or_path: boot.dataset.wasm });
    } catch (error) {
      if (slipway.crash) return;
      if (!fatal(error) && mayRetry()) setTimeout(() => location.reload(), 1500);
      else slipway.crashed?.(String(error?.stack ?? error));
    }
  };
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start);
  else start();
})();

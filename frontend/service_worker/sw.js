// Keeps the app itself for use without a network. Data lives in IndexedDB and is never touched here.
// The build replaces the two placeholders; with an empty list (trunk serve) everything goes to the network.
'use strict';

const BUILD = '__BUILD_ID__';
const PRECACHE = /*__PRECACHE__*/[];
const PREFIX = 'slipway-';
const CACHE = PREFIX + BUILD;
const LIST = '/__precache';
const SHELL = '/index.html';
// Not the app's: answered by the server or not at all.
const SERVER = /^\/(api|health|calendar)(\/|$)|^\/metrics$|^\/sw\.js$/;

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(activate()));
self.addEventListener('message', (event) => {
  // The page asks, after its person agreed; taking over unasked could pull the code from under an edit.
  if (event.data?.type === 'SKIP_WAITING') event.waitUntil(self.skipWaiting());
});

async function install() {
  const previous = await keptFiles();
  const cache = await caches.open(CACHE);
  await Promise.all(PRECACHE.map((file) => keep(cache, file, previous.get(file.sha256 + file.url))));
  await cache.put(LIST, Response.json(PRECACHE));
}

/** What earlier builds hold: hash and address of a file, to the cache that has it. */
async function keptFiles() {
  const kept = new Map();
  for (const name of await oldCaches()) {
    const cache = await caches.open(name);
    const list = await cache.match(LIST);
    for (const file of list ? await list.json() : []) kept.set(file.sha256 + file.url, cache);
  }
  return kept;
}

async function keep(cache, file, before) {
  const copy = await before?.match(file.url);
  if (copy) return cache.put(file.url, copy);
  const response = await fetch(new Request(file.url, { cache: 'reload' }));
  if (!response.ok) throw new Error(`${file.url}: ${response.status}`);
  // A server replaced while we install would mix two builds; the hash refuses that, and the browser tries again later.
  const digest = await crypto.subtle.digest('SHA-256', await response.clone().arrayBuffer());
  const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (hex !== file.sha256) throw new Error(`${file.url}: not the file this build was made with`);
  return cache.put(file.url, response);
}

async function activate() {
  // The first install may take the open page at once: no older build can be running in it.
  const first = (await oldCaches()).length === 0;
  if (first) await self.clients.claim();
  await dropOldCaches();
}

async function oldCaches() {
  return (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
}

// Pages this worker has served. After a restart it is empty, and pages not in it count as old.
const ours = new Set();

/** Deletes the files of earlier builds, unless a page of one may still be open. */
async function dropOldCaches() {
  const open = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  if (!open.every((client) => ours.has(client.id))) return;
  await Promise.all((await oldCaches()).map((name) => caches.delete(name)));
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin || SERVER.test(url.pathname)) return;
  if (request.mode === 'navigate') {
    ours.add(event.resultingClientId);
    event.respondWith(shell(request));
    event.waitUntil(dropOldCaches());
  } else if (!request.headers.has('range')) {
    event.respondWith(file(request, url.pathname));
  }
});

async function shell(request) {
  const kept = await (await caches.open(CACHE)).match(SHELL);
  return kept ?? fetch(request).catch(() => gone('text/html', '<!doctype html><title>Slipway</title><p>Offline.'));
}

/** Own build first, then any: a page of the previous build may still ask for its files. */
async function file(request, path) {
  const kept = (await (await caches.open(CACHE)).match(path)) ?? (await caches.match(path));
  return kept ?? fetch(request).catch(() => gone('text/plain', 'offline'));
}

function gone(type, text) {
  return new Response(text, { status: 503, headers: { 'content-type': type } });
}

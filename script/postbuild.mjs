// Runs after Trunk wrote the app and before it replaces frontend/dist: adds the second WebAssembly file
// (script/second_file.mjs), fills the service worker's precache list and build id in, writes .br and .gz siblings, and
// fails the build when the first load grows over its limit.
import { createHash } from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { addSecondFile } from './second_file.mjs';

// What the app is to fit in, and what it may not grow beyond meanwhile: docs/decisions/0015-size-of-the-app.md has the
// profile of what is over the target, and what would bring it down.
const TARGET = { 'first load': 480_000, 'main wasm': 360_000 };
const LIMIT = { 'first load': 696_000, 'main wasm': 627_000 };
const COMPRESSIBLE = /\.(html|css|m?js|json|webmanifest|svg|wasm|txt|xml|ttf)$/;
// The service worker can't list itself, and nobody needs these offline.
const NOT_PRECACHED = /^\/(sw\.js|screenshots\/.*|.*\.(map|txt))$/;
// Fetched after the first paint, though the style sheet names it.
const LATE_FONT = /mono/i;

const dir = process.env.TRUNK_STAGING_DIR;
const release = process.env.TRUNK_PROFILE !== 'debug';

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`.padStart(10);

async function readApp() {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const paths = entries.filter((e) => e.isFile()).map((e) => join(e.parentPath ?? e.path, e.name));
  const files = new Map();
  for (const path of paths.sort()) {
    const url = encodeURI(`/${posix.relative(dir, path)}`);
    files.set(url, { path, bytes: await readFile(path) });
  }
  return files;
}

// The build id changes with any byte of the app, the service worker's own included.
async function fillServiceWorker(files) {
  const worker = files.get('/sw.js');
  if (!worker) throw new Error('there is no sw.js in the app');
  const template = worker.bytes.toString();
  for (const placeholder of ['/*__PRECACHE__*/[]', '__BUILD_ID__']) {
    if (!template.includes(placeholder)) throw new Error(`sw.js has no ${placeholder}`);
  }
  const hashes = [...files].map(([url, { bytes }]) => `${url} ${sha256(bytes)}\n`);
  const precache = [...files]
    .filter(([url]) => !NOT_PRECACHED.test(url))
    .map(([url, { bytes }]) => ({ url, sha256: sha256(bytes), bytes: bytes.length }));
  const filled = template
    .replace('/*__PRECACHE__*/[]', () => JSON.stringify(precache))
    .replaceAll('__BUILD_ID__', sha256(hashes.join('')).slice(0, 16));
  worker.bytes = Buffer.from(filled);
  await writeFile(worker.path, worker.bytes);
}

const brotli = (bytes) =>
  promisify(brotliCompress)(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: 24,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });

// Sets `sent`, the bytes that go over the wire.
async function compress(url, file) {
  file.sent = file.bytes.length;
  if (!COMPRESSIBLE.test(url)) return;
  const [br, gz] = await Promise.all([brotli(file.bytes), promisify(gzip)(file.bytes, { level: 9 })]);
  if (br.length < file.bytes.length) {
    await writeFile(`${file.path}.br`, br);
    file.sent = br.length;
  }
  if (gz.length < file.bytes.length) await writeFile(`${file.path}.gz`, gz);
}

// What a file makes the browser fetch at once; the page's own icons and the manifest can wait.
function named(url, text, urls) {
  const found = (pattern, within = text) => [...within.matchAll(pattern)].map(([, address]) => address);
  switch (posix.extname(url)) {
    case '.html':
      return (text.match(/<[a-z][^>]*>/g) ?? [])
        .filter((tag) => !/rel="?(icon|apple-touch-icon|manifest)\b/.test(tag))
        .flatMap((tag) => found(/\b(?:href|src|data-js|data-wasm)="?([^\s">]+)/g, tag));
    case '.css':
      return found(/url\(["']?([^"')]+)/g).filter((address) => !LATE_FONT.test(address));
    case '.js': // the script that fetches the second file names it, and fetches it later
      return found(/\b(?:from|import)\s*["']([^"']+)["']/g);
    case '.wasm': // the pictures the code names
      return urls.filter((address) => address.endsWith('.svg') && text.includes(address));
    default:
      return [];
  }
}

// Everything a browser fetches until the board is usable.
function firstLoad(files) {
  const reached = new Set();
  const visit = (url) => {
    if (reached.has(url) || !files.has(url)) return;
    reached.add(url);
    const addresses = named(url, files.get(url).bytes.toString(), [...files.keys()]);
    addresses.forEach((address) => visit(new URL(address, `http://app${url}`).pathname));
  };
  visit('/index.html');
  return reached;
}

function report(files, first) {
  const mainWasm = [...first].filter((url) => url.endsWith('.wasm'));
  if (mainWasm.length !== 1) throw new Error(`the page names ${mainWasm.length} wasm files, not one`);
  const sum = (urls) => urls.reduce((total, url) => total + files.get(url).sent, 0);
  const sizes = { 'first load': sum([...first]), 'main wasm': sum(mainWasm), 'whole app': sum([...files.keys()]) };

  const rows = [...files].sort(([, a], [, b]) => b.sent - a.sent).slice(0, 20);
  console.log('  original       sent  file (* is part of the first load)');
  for (const [url, { bytes, sent }] of rows) {
    console.log(`${kB(bytes.length)} ${kB(sent)} ${first.has(url) ? '*' : ' '}${url}`);
  }
  for (const [name, size] of Object.entries(sizes)) {
    console.log(`${' '.repeat(10)} ${kB(size)}  ${name}${TARGET[name] ? ` (target ${kB(TARGET[name]).trim()}, limit ${kB(LIMIT[name]).trim()})` : ''}`);
  }
  const over = Object.keys(LIMIT).filter((name) => sizes[name] > LIMIT[name]);
  if (over.length) throw new Error(`over the limit: ${over.join(', ')}`);
}

try {
  await addSecondFile(dir, process.env.SLIPWAY_SPLIT, release);
  const files = await readApp();
  await fillServiceWorker(files);
  // A development build is served as it is: compressing it takes longer than building it.
  if (release) {
    await Promise.all([...files].map(([url, file]) => compress(url, file)));
    report(files, firstLoad(files));
  }
} catch (error) {
  console.error(`postbuild: ${error.message}`);
  process.exit(1);
}

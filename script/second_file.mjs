// Puts the second WebAssembly file into the app: the cut is made by script/lib/trunk/wasm-bindgen, which leaves that file and
// the script that fetches it. Each of the four parts names another, so one hash over all of them is in every name.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, readdir, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const PART = /^split_(\w+)\.wasm$/;
const LINK = '__wasm_split.js';
// What the compiler may use: the cut loses the section that says so.
const FEATURES = ['bulk-memory', 'bulk-memory-opt', 'call-indirect-overlong', 'multivalue', 'mutable-globals']
  .concat(['nontrapping-float-to-int', 'reference-types', 'sign-ext']);

// The first file's script does without the type `application/wasm` where a file server does not send it; this one fetches
// as it should, and would fail for ever.
const STREAMED = 'WebAssembly.instantiateStreaming(src, imports)';
const WHOLE = 'src.then(async (response) => { if (!response.ok) throw new Error(`${response.url}: ${response.status}`); '
  + 'return WebAssembly.instantiate(await response.arrayBuffer(), imports); })';

/** Returns the text with one string in place of another, which has to be there. */
function replaced(text, before, after) {
  if (!text.includes(before)) throw new Error(`there is no ${before} where the second file is to be named`);
  return text.replaceAll(before, after);
}

async function only(dir, pattern) {
  const names = (await readdir(dir)).filter((name) => pattern.test(name));
  if (names.length !== 1) throw new Error(`${names.length} files are like ${pattern}, not one`);
  return names[0];
}

/** Makes a part as small as Trunk makes the first file. */
async function optimise(path) {
  const features = FEATURES.map((name) => `--enable-${name}`);
  await promisify(execFile)('wasm-opt', ['-Oz', '--strip-debug', ...features, path, '-o', path]);
}

/** Adds the files in `split` to the app in `dir`. */
export async function addSecondFile(dir, split, release) {
  const part = await only(split, PART);
  if (release) await optimise(join(split, part));
  const [glue, wasm] = [await only(dir, /^slipway-frontend-\w+\.js$/), await only(dir, /^slipway-frontend-\w+_bg\.wasm$/)];
  const paths = [join(dir, wasm), join(split, part), join(dir, glue), join(split, LINK)];
  const [main, pages, glueText, linkText] = await Promise.all(paths.map((path) => readFile(path)));
  const hash = createHash('sha256');
  // What this script writes into them counts as well.
  for (const bytes of [main, pages, glueText, linkText, await readFile(new URL(import.meta.url))]) hash.update(bytes);
  const id = hash.digest('hex').slice(0, 16);
  const names = { glue: `slipway-${id}.js`, main: `slipway-${id}.wasm`, link: `parts-${id}.js`, part: `${PART.exec(part)[1]}-${id}.wasm` };

  await writeFile(join(dir, names.part), pages);
  const named = replaced(replaced(linkText.toString(), `./${part}`, `./${names.part}`), './main.js', `./${names.glue}`);
  const link = replaced(named, STREAMED, WHOLE);
  await writeFile(join(dir, names.link), link);
  await writeFile(join(dir, names.glue), replaced(glueText.toString(), ` from "./${LINK}"`, ` from "./${names.link}"`));
  await rename(join(dir, wasm), join(dir, names.main));
  await unlink(join(dir, glue));
  const index = join(dir, 'index.html');
  const html = replaced((await readFile(index)).toString(), `/${wasm}`, `/${names.main}`);
  await writeFile(index, replaced(html, `/${glue}`, `/${names.glue}`));
}

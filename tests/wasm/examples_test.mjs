// The examples of the page, as a browser would run them.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import { IndexedDb, Worker } from './browser.mjs';
import { compilePets, load, modelFolder, modelPath, packageFolder, ringlet, root, run } from './support.mjs';

const folder = path.join(modelFolder, 'examples');
rmSync(folder, { recursive: true, force: true });
mkdirSync(path.join(folder, 'node_modules'), { recursive: true });
symlinkSync(packageFolder, path.join(folder, 'node_modules/ringlet'));
cpSync(path.join(root, 'ports/wasm/examples'), folder, { recursive: true });

const page = { text: '', titles: [], keys: [] };
globalThis.location = { href: pathToFileURL(path.dirname(modelPath('storyteller')) + '/').href };
globalThis.document = {
  body: { append: (text) => { page.text += text; } },
  set title(title) { page.titles.push(title); },
  addEventListener: (type, listener) => page.keys.push(listener),
};
globalThis.Worker = Worker;
globalThis.indexedDB = new IndexedDb();

let runs = 0;
async function example(name) {
  page.text = '';
  await import(`${pathToFileURL(path.join(folder, name)).href}?run=${++runs}`);
  return page.text;
}

function told(...flags) {
  return run('run', modelPath('storyteller'), '-p', 'Once upon a time', '--threads', 1, '-q', '--seed', 1, ...flags);
}
const asPrinted = (text) => (text.endsWith('\n') ? text : `${text}\n`);

test('story.mjs', async () => {
  assert.equal(asPrinted(`Once upon a time${await example('story.mjs')}`),
    told('-n', 100, '--context', 256, '--kv', 'int8'));
});

test('worker.mjs', async () => {
  const text = await example('worker.mjs');
  assert.equal(asPrinted(`Once upon a time${text}`),
    told('-n', 200, '--context', 64, '--kv', 'int4', '--hot-window', 16));
  const [position, sinks, cold, hot] = page.titles.at(-1).match(/\d+/g).map(Number);
  assert.ok(position > 64);
  assert.deepEqual([sinks, cold, hot], [4, 44, 16]);
  page.keys[0]({ key: 'Escape' });
});

test('check.mjs', async () => {
  const lines = [];
  const { log } = console;
  console.log = (line) => lines.push(String(line));
  try {
    await example('check.mjs');
  } finally {
    console.log = log;
  }
  const plan = JSON.parse(run('plan', modelPath('storyteller'), '--threads', 1, '--context', 128, '--kv', 'int4', '--json'));
  assert.deepEqual(lines.slice(0, 2),
    [String(plan.ram_bytes), run('digest', modelPath('storyteller'), '--kv', 'int8').trim()]);
  assert.match(lines[2], /\[context: 512\]$/);
});

test('snapshot.mjs goes on where it ended', async () => {
  const first = await example('snapshot.mjs');
  const second = await example('snapshot.mjs');
  const session = (await load('storyteller')).createSession({ seed: 1 });
  let whole = '';
  for (const { text } of session.events('Once upon a time', { tokens: 100, ignoreEnd: true })) whole += text;
  assert.equal(first + second, whole);
});

test('answer.mjs', async () => {
  compilePets(folder);
  const { fetch } = globalThis;
  const files = { 'storyteller.ringlet': modelPath('storyteller_trie') };
  globalThis.fetch = async (address) => new Response(readFileSync(files[address] ?? path.join(folder, address)));
  try {
    const [told] = run('run', modelPath('storyteller_trie'), '--grammar', path.join(folder, 'pets.rglg'), '--lists',
      path.join(folder, 'pets.words'), '--temperature', 0, '-p', 'the old dog ran home', '--json', '-q').split('\n');
    const { text, confidence } = JSON.parse(told);
    assert.equal(await example('answer.mjs'), confidence < 0.5 ? `not sure: ${text}` : JSON.parse(text).pet);
  } finally {
    globalThis.fetch = fetch;
  }
});

test('snapshots in IndexedDB have names', async () => {
  const { saveSnapshot, loadSnapshot, deleteSnapshot, listSnapshots } = ringlet;
  assert.equal(await loadSnapshot('none'), null);
  await saveSnapshot('b', new Uint8Array([1, 2]));
  await saveSnapshot('b', new Uint8Array([3]));
  assert.deepEqual(await loadSnapshot('b'), new Uint8Array([3]));
  assert.deepEqual(await listSnapshots(), ['b', 'tale']);
  await deleteSnapshot('b');
  assert.deepEqual(await listSnapshots(), ['tale']);
});

test('a worker whose script cannot be loaded is an error, and so is a closed one', async () => {
  const broken = ringlet.connect(new Worker('file:///nowhere.js', { type: 'module' }));
  await assert.rejects(broken.load('storyteller.ringlet'), { message: /nowhere/ });
  broken.close();
  const worker = ringlet.connect();
  const answer = worker.load('storyteller.ringlet');
  worker.close();
  await assert.rejects(answer, { message: 'worker: has been closed' });
});

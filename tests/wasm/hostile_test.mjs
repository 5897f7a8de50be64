// Hostile files: refused with the line that this machine prints, and never a trap.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { load, modelPath, refusal, ringlet } from './support.mjs';

const folder = mkdtempSync(path.join(os.tmpdir(), 'ringlet-wasm-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const whole = readFileSync(modelPath('storyteller'));

async function compare(bytes, what) {
  const file = path.join(folder, 'damaged.ringlet');
  writeFileSync(file, bytes);
  const there = refusal(file, 'verify');
  let here = null;
  try {
    await ringlet.Model.load(bytes);
  } catch (error) {
    assert.equal(error.name, 'RingletError', `${what}: ${error.stack}`);
    here = error.message;
  }
  assert.equal(here, there.accepted ? null : there.line, what);
  return here;
}

test('files that end too early', async () => {
  for (const size of [1, 63, 64, 65, 1000, 4096, 100000, whole.length - 1]) {
    assert.ok(await compare(whole.subarray(0, size), `${size} bytes`));
  }
});

test('files with one changed bit, in every part', async () => {
  const reasons = new Set();
  // The preamble densely, tables and weights by steps that meet every kind of place.
  const places = [...Array(64).keys()];
  for (let i = 64; i < whole.length; i += 13007) places.push(i);
  for (const place of places) {
    const bytes = Buffer.from(whole);
    bytes[place] ^= 0x10;
    reasons.add((await compare(bytes, `byte ${place}`))?.replace(/[0-9,]+/g, 'N'));
  }
  assert.ok(reasons.size >= 4, [...reasons].join('\n'));
});

test('files of other kinds', async () => {
  for (const text of ['GGUF', '', '{"model": 1}', '\0'.repeat(4096), 'RINGLET'.padEnd(640, '\xff')]) {
    await assert.rejects(ringlet.Model.load(Buffer.from(text, 'latin1')), { name: 'RingletError' });
  }
  await assert.rejects(ringlet.Model.load(42), { name: 'TypeError', message: /^source: must be/ });
});

test('an error has all that the runtime knows', async () => {
  await assert.rejects(ringlet.Model.load(whole.subarray(0, 100000)), (error) => {
    assert.equal(error.code, 'invalid_model');
    assert.equal(error.where, 'file');
    assert.ok(error.message.startsWith(`${error.where}: ${error.what}`), error.message);
    assert.equal(error.actual, 100000n);
    return true;
  });
});

test('a model loads in every form, and without a check of its weights', async () => {
  const blob = new Blob([whole]);
  const hash = (await ringlet.Model.load(whole)).hash;
  const buffer = whole.buffer.slice(whole.byteOffset, whole.byteOffset + whole.length);
  for (const source of [blob, new Response(blob), buffer, new URL(`file://${modelPath('storyteller')}`)]) {
    assert.equal((await ringlet.Model.load(source)).hash, hash);
  }
  await assert.rejects(ringlet.Model.load(new Response('', { status: 404 })), { message: /HTTP status 404/ });
  const damaged = Buffer.from(whole);
  damaged[whole.length - 100] ^= 1;
  await assert.rejects(ringlet.Model.load(damaged), { code: 'checksum_mismatch' });
  assert.equal((await ringlet.Model.load(damaged, { verify: false })).hash, hash);
});

test('snapshots that are damaged or of another session', async () => {
  const session = (await load('storyteller')).createSession({ seed: 1 });
  for (const _ of session.events('Once upon a time', { tokens: 20 }));
  const snapshot = session.snapshot();
  const logits = session.logits();
  for (let place = 0; place < snapshot.length; place += 4099) {
    const damaged = snapshot.slice();
    damaged[place] ^= 2;
    assert.throws(() => session.restore(damaged), { name: 'RingletError' }, `byte ${place}`);
  }
  assert.throws(() => session.restore(snapshot.subarray(0, 100)), { name: 'RingletError' });
  assert.deepEqual(session.logits(), logits);
  const other = (await load('storyteller')).createSession({ sinks: 2 });
  assert.throws(() => other.restore(snapshot), { name: 'RingletError', where: /sinks/ });
});

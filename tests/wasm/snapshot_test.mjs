// Snapshots: a session continues from bytes, here and on this machine.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { collect, load, modelPath, run } from './support.mjs';

const prompt = 'Once upon a time';

for (const options of [{ seed: 1 }, { seed: 2, kv: 'int4', context: 64 }, { seed: 3, kv: 'f16', repeatPenalty: 1.2 }]) {
  test(`a story goes on from a snapshot: ${JSON.stringify(options)}`, async () => {
    const session = (await load('storyteller')).createSession(options);
    await collect(session.generate(prompt, { tokens: 100, ignoreEnd: true }));
    const snapshot = session.snapshot();
    const rest = await collect(session.generate('', { tokens: 100, ignoreEnd: true }));
    const other = (await load('storyteller')).createSession({ ...options, seed: 77 });
    other.restore(snapshot);
    assert.equal(other.position, session.position - 100);
    assert.deepEqual(other.snapshot(), snapshot);
    assert.equal(await collect(other.generate('', { tokens: 100, ignoreEnd: true })), rest);
    assert.deepEqual(other.logits(), session.logits());
  });
}

test('a story that this machine began goes on in the browser, and back', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'ringlet-wasm-'));
  try {
    const file = path.join(folder, 'tale.session');
    const flags = ['--threads', 1, '-q', '--ignore-eos'];
    const begun = ['run', modelPath('storyteller'), '-p', prompt, '--seed', 6, ...flags];
    const start = run(...begun, '-n', 60, '--session', file).slice(0, -1);
    const whole = run(...begun, '-n', 120);
    const session = (await load('storyteller')).createSession({ seed: 0 });
    session.restore(readFileSync(file));
    const there = await collect(session.generate('', { tokens: 30, ignoreEnd: true }));
    writeFileSync(file, session.snapshot());
    const back = run('run', modelPath('storyteller'), '-n', 30, ...flags, '--session', file);
    assert.ok(there.length > 20);
    assert.equal(start + there + back, whole);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

// The bits: digests of the logits are those of every other machine.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { goldenDigests, goldenOptions, load, modelPath, root, run } from './support.mjs';

const tables = {
  storyteller: 'bundled_digests',
  storyteller_int8: 'bundled_digests',
  random_int8: 'random_int8_digests',
  random_hybrid: 'random_hybrid_digests',
  random_delta: 'random_delta_digests',
  random_layered: 'random_layered_digests',
};

for (const [name, table] of Object.entries(tables)) {
  test(`${name} has the golden digests`, async () => {
    const model = await load(name);
    const golden = goldenDigests(table);
    assert.deepEqual(Object.keys(golden), ['f32', 'f16', 'int8', 'int4']);
    for (const [kv, value] of Object.entries(golden)) {
      assert.equal(model.digest({ ...goldenOptions(), kv }), value, kv);
      assert.equal(model.digest({ ...goldenOptions(), kv, chunk: 16 }), value, `${kv} in chunks`);
    }
  });
}

test('f32 weights have the digests of this machine', async () => {
  const model = await load('storyteller_f32');
  const digests = new Set();
  for (const kv of ['f32', 'int8', 'int4', 'k8v4']) {
    const value = model.digest({ kv });
    assert.equal(value, run('digest', modelPath('storyteller_f32'), '--kv', kv).trim(), kv);
    digests.add(value);
  }
  assert.equal(digests.size, 4);
});

test('everything that changes the digest here changes it there', async () => {
  const model = await load('storyteller');
  const path = modelPath('storyteller');
  assert.equal(model.digest({ tokens: 300, context: 100, sinks: 1, prefillChunk: 7, chunk: 30 }),
    run('digest', path, '-n', 300, '--context', 100, '--sinks', 1).trim());
  assert.equal(model.digest({ kv: 'int4', hotWindow: 32 }), run('digest', path, '--kv', 'int4', '--hot-window', 32).trim());
});

test('the kernels pass their self-test', async () => {
  const golden = readFileSync(path.join(root, 'tests/golden/self_test_hash.hpp'), 'utf8').match(/0x([0-9A-F]+)/)[1];
  assert.equal((await load('storyteller')).selfTest(), golden.toLowerCase().padStart(16, '0'));
});

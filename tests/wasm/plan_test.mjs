// The number: the plan is that of every other machine, and linear memory grows by it alone.
import assert from 'node:assert/strict';
import test from 'node:test';
import { load, modelPath, refusal, run } from './support.mjs';

const settings = [
  [{}, []],
  [{ kv: 'int4' }, ['--kv', 'int4']],
  [{ kv: 'k8v4', context: 200, hotWindow: 32 }, ['--kv', 'k8v4', '--context', 200, '--hot-window', 32]],
  [{ kv: 'f32', sinks: 0, prefillChunk: 64 }, ['--kv', 'f32', '--sinks', 0, '--prefill-chunk', 64]],
  [{ context: 2048, allowLongerContext: true, longestWord: 64 },
    ['--context', 2048, '--allow-longer-context', '--longest-word', 64]],
];

for (const name of ['storyteller', 'storyteller_int8', 'storyteller_f32', 'random_delta', 'random_layered']) {
  test(`the plan of ${name} is that of this machine, section by section`, async () => {
    const model = await load(name);
    for (const [options, flags] of settings) {
      const there = JSON.parse(run('plan', modelPath(name), '--threads', 1, ...flags, '--json'));
      const here = model.plan(options);
      assert.equal(here.bytes, there.ram_bytes);
      assert.equal(here.snapshotBytes, there.snapshot_bytes);
      assert.deepEqual(
        here.sections.map((s) => [s.name, s.offset, s.bytes, s.permanent, s.firstStage, s.lastStage]),
        there.sections.map((s) => [s.name, s.offset, s.bytes, s.always, s.first_stage, s.last_stage]));
    }
  });
}

test('a session has the plan that was promised, and the caches that the program reports', async () => {
  const model = await load('storyteller');
  const options = { kv: 'int4', context: 128 };
  const session = model.createSession(options);
  assert.deepEqual(session.plan(), model.plan(options));
  assert.equal(session.context, 128);
  const [cache] = JSON.parse(run('plan', modelPath('storyteller'), '--kv', 'int4', '--context', 128, '--json')).caches;
  for (const { layout } of session.ring().layers) {
    assert.deepEqual([layout.sinks, layout.window, layout.ringSlots, layout.hot, layout.coldSlots, layout.bytes],
      [cache.sinks, cache.window, cache.ring_slots, cache.hot, cache.cold_slots, cache.bytes_per_layer]);
    assert.deepEqual([layout.older.keys, layout.older.values, layout.newest.keys], ['int4', 'int4', 'int8']);
  }
});

test('linear memory holds the model and the plan and little else', async () => {
  const model = await load('storyteller');
  const before = model.memoryBytes;
  const overhead = 512 * 1024; // stack and data of the module
  assert.ok(before < model.bytes + overhead, `${before}`);
  const session = model.createSession();
  const planned = session.plan().bytes;
  assert.ok(model.memoryBytes - before <= planned + 2 * 65536);
  const grown = model.memoryBytes;
  for (const _ of session.events('Once upon a time', { tokens: 700, ignoreEnd: true }));
  assert.ok(model.memoryBytes - grown <= 65536); // the room of the prompt
  session.close();
  for (let i = 0; i < 20; ++i) model.createSession().close();
  assert.ok(model.memoryBytes - grown <= 65536);
});

test('the longest context that fits', async () => {
  const model = await load('storyteller');
  const bytes = model.plan({ context: 300 }).bytes;
  const context = model.longestContext(bytes);
  assert.ok(context >= 300);
  assert.ok(model.plan({ context }).bytes <= bytes);
  assert.ok(model.plan({ context: context + 1 }).bytes > bytes);
});

test('settings that cannot be are refused, as on this machine', async () => {
  const model = await load('storyteller');
  for (const [options, flags, where] of [
    [{ context: 4096 }, ['--context', 4096], 'allow_longer_context'],
    [{ context: 16, sinks: 20 }, ['--context', 16, '--sinks', 20], 'sinks'],
    [{ kv: 'int4', hotWindow: 4 }, ['--kv', 'int4', '--hot-window', 4], 'hot_window'],
  ]) {
    const { accepted, line } = refusal(modelPath('storyteller'), 'plan', '--threads', 1, ...flags);
    assert.equal(accepted, false);
    for (const attempt of [() => model.plan(options), () => model.createSession(options)]) {
      assert.throws(attempt, (error) => {
        assert.deepEqual([error.name, error.where], ['RingletError', where]);
        if (error.setting) assert.ok(line.includes(`--${error.setting.replaceAll('_', '-')}`), line);
        return true;
      });
    }
  }
  assert.throws(() => model.plan({ context: 4096 }),
    { numbers: 'at_most', needed: 512n, actual: 4096n, setting: 'context', suggestion: 512 });
});

test('options that are none, or not numbers, are refused by name', async () => {
  const model = await load('storyteller');
  for (const [options, words] of [
    [{ contxt: 5 }, /^contxt: is not an option/], [{ context: 1.5 }, /^context: .*got 1.5/],
    [{ sinks: -1 }, /^sinks: /], [{ kv: 'int5' }, /^kv: must be one of f32/], [{ seed: 2 ** 60 }, /^seed: /],
    [{ temperature: '1' }, /^temperature: /], [{ topP: NaN }, /^topP: /], [{ allowLongerContext: 1 }, /^allowLongerContext: /],
  ]) {
    assert.throws(() => model.plan(options), { message: words });
  }
  assert.throws(() => model.createSession({ topP: 2 }), { name: 'RingletError', where: 'top_p' });
});

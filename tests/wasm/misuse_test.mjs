// Calls that callers get wrong: each is an error that says what would be right, and the session works afterwards.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import test from 'node:test';
import { collect, load, modelPath, packageFolder, ringlet } from './support.mjs';

const prompt = 'Once upon a time';
const text = (session, given = prompt, tokens = 8) => {
  let all = '';
  for (const event of session.events(given, { tokens, ignoreEnd: true })) all += event.text;
  return all;
};

test('a snapshot that is no bytes leaves the memory as it was', async () => {
  const model = await load('storyteller');
  const expected = text(model.createSession({ seed: 1 }));
  const session = model.createSession({ seed: 1 });
  for (const wrong of [null, undefined, 'abc', [1, 2], {}, new Blob(['x']), 5]) {
    assert.throws(() => session.restore(wrong), { name: 'TypeError', message: /^snapshot: must be/ });
  }
  assert.equal(text(session), expected);
  assert.equal(text(model.createSession({ seed: 1 })), expected);
});

test('a snapshot is restored from every view of its bytes', async () => {
  const model = await load('storyteller');
  const session = model.createSession({ seed: 1 });
  text(session);
  const bytes = session.snapshot();
  const expected = text(session, '');
  const even = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  for (const form of [even, new DataView(even), new Int8Array(even)]) {
    session.restore(form);
    assert.equal(text(session, ''), expected);
  }
});

test('prompts, tokens and options of other types', async () => {
  const model = await load('storyteller');
  const session = model.createSession();
  for (const wrong of [null, 42, {}, ['Once']]) {
    assert.throws(() => session.prompt(wrong), { name: 'TypeError', message: 'prompt: must be a string' });
    assert.throws(() => session.tokenize(wrong), { name: 'TypeError', message: 'text: must be a string' });
  }
  assert.throws(() => session.append(5), TypeError);
  assert.throws(() => session.append([NaN]), RangeError);
  assert.equal(session.position, 0);
  for (const wrong of [null, 5]) assert.throws(() => model.plan(wrong), { message: 'options: must be an object' });
  assert.throws(() => model.longestContext(5e9), { message: /from 0 to 4294967295 \(got 5000000000\)/ });
  await assert.rejects(load('storyteller', { verfy: false }), { name: 'TypeError', message: /^verfy: is not an option/ });
});

test('prompts of unusual characters', async () => {
  const model = await load('storyteller');
  for (const [given, same] of [['\ud800', '\ufffd'], ['x\udc00y', 'x\ufffdy'], ['a\0b', 'a\0b']]) {
    assert.equal(text(model.createSession(), given), text(model.createSession(), same));
  }
  const session = model.createSession();
  assert.ok(session.prompt('a\0b') > session.tokenize('a').length);
});

test('another text of a session ends the earlier one', async () => {
  const model = await load('storyteller');
  const session = model.createSession({ seed: 1 });
  const first = session.generate(prompt, { tokens: 6 });
  await first.next();
  const second = session.generate('', { tokens: 6 });
  await second.next();
  await assert.rejects(first.next(), { name: 'RingletError', where: 'session', what: /has begun another text/ });
  const expected = text(model.createSession({ seed: 1 }), prompt, 7);
  assert.ok(expected.endsWith(await collect(second)));
});

test('timers go on during a text, and so a signal ends it', async () => {
  const session = (await load('storyteller')).createSession();
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 30);
  let tokens = 0;
  for await (const _ of session.tokens(prompt, { tokens: 100000, ignoreEnd: true, signal: stop.signal })) ++tokens;
  assert.ok(stop.signal.aborted);
  assert.ok(tokens > 0 && tokens < 100000);
});

test('a session far above 2 GB is as any other', async () => {
  const model = await load('storyteller');
  const options = { seed: 1, longestWord: 1 << 24 }; // a large workspace, of which little is touched
  const sessions = [];
  while (model.memoryBytes < 2.5e9) sessions.push(model.createSession(options));
  assert.equal(text(sessions.at(-1)), text(sessions[0]));
  assert.deepEqual(sessions.at(-1).snapshot(), sessions[0].snapshot());
  assert.deepEqual(sessions.at(-1).logits(), sessions[0].logits());
  assert.throws(() => {
    for (;;) sessions.push(model.createSession(options));
  }, { name: 'RingletError', code: 'not_enough_memory', where: 'memory' });
  const { memoryBytes } = model;
  for (const session of sessions) session.close();
  assert.equal(text(model.createSession({ seed: 1 })), text((await load('storyteller')).createSession({ seed: 1 })));
  assert.equal(model.memoryBytes, memoryBytes);
});

/** A script of its own process of node. */
function script(lines, ...flags) {
  const index = path.join(packageFolder, 'index.js');
  const code = `import * as ringlet from ${JSON.stringify(index)};${lines}`;
  return spawnSync(process.execPath, [...flags, '--input-type=module', '-e', code],
    { encoding: 'utf8', cwd: path.dirname(modelPath('storyteller')) });
}

test('in node, an address is relative to the working directory', async () => {
  const done = script("console.log((await ringlet.Model.load('storyteller.ringlet')).hash);");
  assert.equal(done.stdout.trim(), (await load('storyteller')).hash, done.stderr);
});

test('an address that cannot be fetched is named', async () => {
  await assert.rejects(ringlet.Model.load('http://localhost:1/m.ringlet'), { message: /^http:.*m.ringlet: cannot be fetched/ });
});

test('an engine without SIMD is told what it lacks', { skip: process.arch !== 'x64' }, () => {
  const done = script("await ringlet.Model.load('storyteller.ringlet').catch(({ message }) => console.log(message));",
    '--no-enable-sse4-1');
  assert.match(done.stdout, /has no WebAssembly with SIMD/, done.stderr);
});

test('without IndexedDB, snapshots say so', async () => {
  assert.equal(typeof indexedDB, 'undefined');
  await assert.rejects(ringlet.loadSnapshot('x'), { message: /there is no IndexedDB here/ });
});

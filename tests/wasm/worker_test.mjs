// Models and sessions in a worker: the same results, errors and texts.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import { MessageChannel, Worker } from 'node:worker_threads';
import { Worker as BrowserWorker } from './browser.mjs';
import { collect, compilePets, load, modelPath, packageFolder, ringlet } from './support.mjs';

const prompt = 'Once upon a time';

/** A worker of node that serves one end of a channel, as worker.js serves a page. */
async function withWorker(use) {
  const { port1, port2 } = new MessageChannel();
  const script = `const { workerData } = require('node:worker_threads');
    import(workerData.serve).then(({ serve }) => serve(workerData.port));`;
  const worker = new Worker(script, {
    eval: true,
    workerData: { port: port2, serve: pathToFileURL(path.join(packageFolder, 'serve.js')).href },
    transferList: [port2],
  });
  try {
    await use(ringlet.connect(port1));
  } finally {
    port1.close();
    await worker.terminate();
  }
}

test('a session in a worker is the session here', () => withWorker(async (worker) => {
  const here = await load('storyteller');
  const there = await worker.load(readFileSync(modelPath('storyteller')));
  assert.deepEqual([there.hash, there.architecture, there.bytes], [here.hash, here.architecture, here.bytes]);
  assert.deepEqual(await there.plan({ kv: 'int4' }), here.plan({ kv: 'int4' }));
  assert.equal(await there.digest({ kv: 'int4' }), here.digest({ kv: 'int4' }));
  const options = { seed: 8, context: 64, kv: 'int4' };
  const [a, b] = [here.createSession(options), await there.createSession(options)];
  assert.equal(await collect(b.generate(prompt, { tokens: 150 })), await collect(a.generate(prompt, { tokens: 150 })));
  assert.equal(await b.position(), a.position);
  assert.deepEqual(await b.ring(), a.ring());
  assert.deepEqual(await b.logits(), a.logits());
  const snapshot = await b.snapshot();
  assert.deepEqual(snapshot, a.snapshot());
  await b.reset();
  await b.restore(snapshot);
  assert.equal(await collect(b.generate('', { tokens: 20 })), await collect(a.generate('', { tokens: 20 })));
  await b.close();
}));

test('an answer in a worker is the answer here', () => withWorker(async (worker) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'ringlet-wasm-'));
  try {
    const options = { ...compilePets(folder), temperature: 0 };
    const here = (await load('storyteller_trie')).createSession(options);
    const there = await (await worker.load(readFileSync(modelPath('storyteller_trie')))).createSession(options);
    const line = 'the old dog ran home';
    assert.deepEqual(await there.answer(line, { tokens: 60 }), here.answer(line, { tokens: 60 }));
    await assert.rejects(there.answer(line, { form: 'x' }), { name: 'RingletError', where: 'form' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}));

test('events carry the ring when they are asked to', () => withWorker(async (worker) => {
  const model = await worker.load(new Blob([readFileSync(modelPath('storyteller'))]));
  const session = await model.createSession({ context: 64 });
  let events = 0;
  for await (const event of session.tokens(prompt, { tokens: 90, ignoreEnd: true, ring: true })) {
    if (event.token === null) continue;
    ++events;
    assert.equal(event.ring.position, event.position);
    assert.equal(event.ring.layers[0].hot.count + event.ring.layers[0].sinks.count, Math.min(event.position, 64));
  }
  assert.equal(events, 90);
  for await (const event of session.tokens('', { tokens: 2, ignoreEnd: true })) assert.equal(event.ring, undefined);
}));

test('a text can be stopped, and another session answers meanwhile', () => withWorker(async (worker) => {
  const model = await worker.load(pathToFileURL(modelPath('storyteller')));
  const [one, two] = [await model.createSession({ seed: 1 }), await model.createSession({ seed: 2 })];
  let tokens = 0;
  for await (const _ of one.tokens(prompt, { ignoreEnd: true })) {
    if (++tokens === 1) await two.prompt(prompt);
    if (tokens > 100) break;
  }
  assert.ok(await two.position() > 0);
  assert.ok(await one.position() >= tokens);
  const stop = new AbortController();
  for await (const _ of two.tokens('', { ignoreEnd: true, signal: stop.signal })) stop.abort();
  await collect(one.generate('', { tokens: 3 }));
}));

test('errors cross the worker whole', () => withWorker(async (worker) => {
  await assert.rejects(worker.load(Buffer.from('GGUF')), (error) => {
    assert.ok(error instanceof ringlet.RingletError);
    assert.equal(error.where, 'file');
    assert.equal(typeof error.actual, 'bigint');
    return true;
  });
  const model = await worker.load(readFileSync(modelPath('storyteller')));
  await assert.rejects(model.plan({ context: 9999 }), { name: 'RingletError', numbers: 'at_most' });
  await assert.rejects(model.createSession({ contxt: 1 }), TypeError);
  const session = await model.createSession();
  await session.close();
  await assert.rejects(session.prompt('x'), { message: /closed/ });
}));

test('calls after the worker has been closed, and a text in progress, fail', () => withWorker(async (worker) => {
  const model = await worker.load(readFileSync(modelPath('storyteller')));
  const session = await model.createSession();
  setTimeout(() => worker.close(), 20);
  await assert.rejects(collect(session.generate(prompt, { ignoreEnd: true })), { message: 'worker: has been closed' });
  await assert.rejects(model.plan(), { message: 'worker: has been closed' });
}));

test('calls of a worker that cannot be loaded fail, also later ones', async () => {
  const worker = ringlet.connect(new BrowserWorker(new URL('./none.js', import.meta.url), { type: 'module' }));
  const message = /Cannot find module/;
  await assert.rejects(worker.load('storyteller.ringlet'), { message });
  await assert.rejects(worker.load('storyteller.ringlet'), { message });
  worker.close();
});

test('messages of others on the same port are ignored on both sides', async () => {
  const { port1, port2 } = new MessageChannel();
  try {
    ringlet.serve(port2);
    const worker = ringlet.connect(port1);
    for (const message of [null, 'ready', { id: 'x' }, { id: 99 }, { call: 'load' }]) {
      port1.postMessage(message);
      port2.postMessage(message);
    }
    const model = await worker.load(readFileSync(modelPath('storyteller')));
    assert.equal(model.hash, (await load('storyteller')).hash);
  } finally {
    port1.close();
  }
});

test('another text of a session in a worker ends the earlier one', () => withWorker(async (worker) => {
  const model = await worker.load(readFileSync(modelPath('storyteller')));
  const session = await model.createSession();
  const first = session.generate(prompt, { ignoreEnd: true });
  await first.next();
  await collect(session.generate('', { tokens: 3 }));
  await assert.rejects(collect(first), { name: 'RingletError', message: /has begun another text/ });
}));

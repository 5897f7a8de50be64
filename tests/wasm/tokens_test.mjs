// Tokens as numbers, and attention weights, as pages use them.
import assert from 'node:assert/strict';
import test from 'node:test';
import { load, modelPath, ringlet, run } from './support.mjs';

const prompt = 'Once upon a time there was a fox';
const bits = (logits) => new Uint32Array(logits.buffer);

test('tokens are those of the program, and give the text again', async () => {
  const session = (await load('storyteller')).createSession({ context: 64 });
  const tokens = session.tokenize(prompt);
  const told = run('tokenize', modelPath('storyteller'), prompt).match(/\d+/g).map(Number);
  assert.deepEqual(tokens.map(({ token }) => token).filter((token) => token !== 1), told.filter((token) => token !== 1));
  assert.equal(tokens.map(({ text }) => text).join(''), prompt);
  assert.match(session.textOf(tokens[1].token), /^ ?On$/);
});

test('a prompt as tokens is the prompt', async () => {
  const model = await load('storyteller');
  const [a, b] = [model.createSession({ context: 64 }), model.createSession({ context: 64 })];
  a.prompt(prompt);
  b.append(b.tokenize(prompt).map(({ token }) => token));
  assert.equal(a.position, b.position);
  assert.deepEqual(bits(a.logits()), bits(b.logits()));
  assert.throws(() => b.append([model.architecture.vocabSize]), ringlet.RingletError);
  assert.throws(() => b.append([-1]), RangeError);
});

test('watching attention changes no bit, and weights sum to 1', async () => {
  const model = await load('storyteller');
  const options = { context: 64, kv: 'int4', hotWindow: 16, seed: 5 };
  const [a, b] = [model.createSession(options), model.createSession(options)];
  assert.equal(b.attention(), null);
  for (const layer of [1, 3]) assert.equal(b.watchAttention(layer), true); // the second replaces the first
  assert.equal(b.watchAttention(model.architecture.layers), false);
  assert.equal(b.watchAttention(3), true);
  const text = (session) => [...session.events(prompt, { tokens: 120 })].map((event) => event.text).join('');
  assert.equal(text(b), text(a));
  assert.deepEqual(bits(b.logits()), bits(a.logits()));
  const weights = b.attention();
  assert.equal(weights.length, 64);
  assert.ok(Math.abs(weights.reduce((sum, weight) => sum + weight, 0) - 1) < 1e-5);
  assert.ok(weights.every((weight) => weight >= 0));
  b.close();
});

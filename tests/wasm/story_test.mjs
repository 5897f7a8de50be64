// The text: what a page tells is what `ringlet run` tells.
import assert from 'node:assert/strict';
import test from 'node:test';
import { collect, load, modelPath, run } from './support.mjs';

const prompt = 'Once upon a time';

async function tell(options, generation, name = 'storyteller') {
  const session = (await load(name)).createSession(options);
  return prompt + await collect(session.generate(prompt, generation));
}

function told(name, ...flags) {
  return run('run', modelPath(name), '-p', prompt, '--threads', 1, '-q', ...flags);
}

/** The program ends every text with a newline. */
const asPrinted = (text) => (text.endsWith('\n') ? text : `${text}\n`);

test('a story with the same seed is the same story', async () => {
  for (const seed of [0, 1, 7n, 18446744073709551615n]) {
    const story = await tell({ seed }, { tokens: 120 });
    assert.ok(story.length > 200, story);
    assert.equal(asPrinted(story), told('storyteller', '-n', 120, '--seed', seed));
  }
});

test('with every option of sampling and every cache', async () => {
  for (const [options, flags] of [
    [{ temperature: 0 }, ['--temperature', 0]],
    [{ temperature: 1.3, topK: 40 }, ['--temperature', 1.3, '--top-k', 40]],
    [{ topP: 0.5, minP: 0.05 }, ['--top-p', 0.5, '--min-p', 0.05]],
    [{ repeatPenalty: 1.3 }, ['--repeat-penalty', 1.3]],
    [{ kv: 'int4', context: 64 }, ['--kv', 'int4', '--context', 64]],
    [{ kv: 'int8', context: 64, sinks: 0 }, ['--kv', 'int8', '--context', 64, '--sinks', 0]],
  ]) {
    assert.equal(asPrinted(await tell({ seed: 3, ...options }, { tokens: 150 })),
      told('storyteller', '-n', 150, '--seed', 3, ...flags));
  }
});

test('with INT8 and f32 weights, to the end of the text', async () => {
  for (const name of ['storyteller_int8', 'storyteller_f32']) {
    assert.equal(asPrinted(await tell({ seed: 5 }, {}, name)), told(name, '-n', 100000, '--seed', 5));
  }
});

test('far beyond the context', async () => {
  const text = await tell({ seed: 2, context: 64, kv: 'int4' }, { tokens: 1000, ignoreEnd: true });
  assert.ok(text.length > 2000);
});

test('pieces are whole characters, and are the events', async () => {
  const session = (await load('storyteller')).createSession({ seed: 9, temperature: 3 });
  let text = '';
  let position = 0;
  for await (const event of session.tokens('Élan ☃ 🐙', { tokens: 200, ignoreEnd: true })) {
    assert.equal(Buffer.from(event.text, 'utf8').toString('utf8'), event.text);
    assert.ok(!/[\uD800-\uDFFF]$/.test(event.text.slice(-1)) || event.text.codePointAt(event.text.length - 2) > 0xFFFF);
    if (position > 0 && event.token !== null) assert.equal(event.position, position + 1);
    position = event.position;
    text += event.text;
  }
  const again = (await load('storyteller')).createSession({ seed: 9, temperature: 3 });
  assert.equal(await collect(again.generate('Élan ☃ 🐙', { tokens: 200, ignoreEnd: true })), text);
});

test('a session continues, goes back and begins again', async () => {
  const session = (await load('storyteller')).createSession({ seed: 4 });
  const first = await collect(session.generate(prompt, { tokens: 50 }));
  const position = session.position;
  const logits = session.logits();
  const second = await collect(session.generate('', { tokens: 20 }));
  assert.equal(asPrinted(prompt + first + second), told('storyteller', '-n', 70, '--seed', 4));
  session.truncate(position - 1);
  assert.equal(session.position, position - 1);
  assert.equal(session.logits(), null);
  assert.equal(logits.length, 1024);
  session.reset();
  assert.equal(session.position, 0);
  assert.equal(await collect(session.generate(prompt, { tokens: 50 })), first);
});

test('an aborted text ends after its token and can go on', async () => {
  const session = (await load('storyteller')).createSession({ seed: 4 });
  const whole = await collect((await load('storyteller')).createSession({ seed: 4 }).generate(prompt, { tokens: 40 }));
  const stop = new AbortController();
  let text = '';
  for await (const event of session.tokens(prompt, { signal: stop.signal })) {
    text += event.text;
    if (text.length > 60) stop.abort();
  }
  assert.ok(text.length < whole.length);
  text += await collect(session.generate('', { tokens: 40 }));
  assert.ok(text.startsWith(whole));
});

test('a model without a tokenizer tells no stories and has its digest', async () => {
  const model = await load('without_tokenizer');
  assert.throws(() => model.createSession().prompt('Once'), { name: 'RingletError', code: 'unsupported' });
  assert.equal(model.digest(), run('digest', modelPath('without_tokenizer')).trim());
});

test('a closed session says so', async () => {
  const session = (await load('storyteller')).createSession();
  session.close();
  session.close();
  assert.throws(() => session.prompt('x'), { name: 'RingletError', where: 'session' });
});

test('the ring says what attention sees', async () => {
  const session = (await load('storyteller')).createSession({ context: 64, sinks: 4, kv: 'int4', hotWindow: 16 });
  session.prompt(prompt);
  while (session.position < 300) {
    const { position, layers } = session.ring();
    for (const { layout, sinks, cold, hot } of layers) {
      // By the definition at the top of runtime/cache/ring.hpp, position by position, for the query at position − 1.
      const seen = { sinks: [], cold: [], hot: [] };
      const newest = position - 1 - layout.sinks;
      for (let p = 0; p < position; ++p) {
        const r = p - layout.sinks;
        if (r < 0) seen.sinks.push(p);
        else if (r > newest - layout.hot) seen.hot.push(p);
        else if (r > newest - layout.window) seen.cold.push(p);
      }
      for (const [name, span] of Object.entries({ sinks, cold, hot })) {
        assert.deepEqual(Array.from({ length: span.count }, (_, i) => span.first + i), seen[name], `${name} at ${position}`);
      }
      assert.ok(sinks.count + cold.count + hot.count <= session.context);
    }
    for (const event of session.events('', { tokens: 1, ignoreEnd: true, ring: true })) {
      if (event.token !== null) assert.deepEqual(event.ring, session.ring());
    }
  }
});

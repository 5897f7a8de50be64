// Answers under a grammar: text and confidence are those of the program, line by line.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { compile, compilePets, load, modelPath, program, ringlet, run } from './support.mjs';

const folder = mkdtempSync(path.join(os.tmpdir(), 'ringlet-wasm-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = (name) => path.join(folder, name);
const storyteller = modelPath('storyteller_trie');

const { grammar, lists } = compilePets(folder);
run('prefix', storyteller, '-p', 'Once upon a time there was a pet.', '-o', file('pet.prefix'));
run('prefix', storyteller, '-p', 'Once upon a time there was a pet.', '--pin', '-o', file('pinned.prefix'));

const lines = ['the old dog ran home', 'I saw a cat', 'a ☃ and an Élan, both "cold"', 'x', 'the old dog ran home'];

/** What the program answers to lines, as the package says it. */
function told(model, input, ...flags) {
  const { stdout } = spawnSync(program, ['run', model, '--each-line', '--json', '-q', '--threads', '1', ...flags.map(String)],
    { input: `${input.join('\n')}\n`, encoding: 'utf8' });
  return stdout.trimEnd().split('\n').map((line) => JSON.parse(line)).map((answer) => ({
    text: answer.text, complete: answer.complete, confidence: answer.confidence.toFixed(3), allowed: answer.allowed.toFixed(3),
    promptTokens: answer.prompt_tokens, tokens: answer.generated_tokens,
  }));
}

const asPrinted = (answer) => ({ ...answer, confidence: answer.confidence.toFixed(3), allowed: answer.allowed.toFixed(3) });

for (const prefix of [undefined, 'pet.prefix', 'pinned.prefix']) {
  for (const [name, options, flags] of [
    ['greedy', { temperature: 0 }, ['--temperature', 0]],
    ['sampled', { temperature: 1.2, seed: 5, repeatPenalty: 1.3 }, ['--temperature', 1.2, '--seed', 5, '--repeat-penalty', 1.3]],
  ]) {
    test(`answers are the program's: ${name}, ${prefix ?? 'no prefix'}`, async () => {
      const session = (await load('storyteller_trie')).createSession(
        { grammar, lists, ...options, ...(prefix ? { prefix: readFileSync(file(prefix)) } : {}) });
      const expected = told(storyteller, lines, '--grammar', file('pets.rglg'), '--lists', file('pets.words'), ...flags,
        ...(prefix ? ['--prefix', file(prefix)] : []));
      assert.equal(expected.length, lines.length);
      assert.deepEqual(lines.map((line) => asPrinted(session.answer(line))), expected);
      for (const { text } of expected) assert.deepEqual(Object.keys(JSON.parse(text)), ['pet', 'said', 'count']);
    });
  }
}

test('an answer is cut off where it is told to be', async () => {
  const session = (await load('storyteller_trie')).createSession({ grammar, lists, temperature: 0 });
  const [expected] = told(storyteller, [lines[0]], '--grammar', file('pets.rglg'), '--lists', file('pets.words'),
    '--temperature', 0, '-n', 5, '-p', 'He said: {}');
  assert.equal(expected.complete, false);
  assert.deepEqual(asPrinted(session.answer(lines[0], { tokens: 5, form: 'He said: {}' })), expected);
});

test('the plan has the memory of the grammar, and the files are given back', async () => {
  const model = await load('storyteller_trie');
  const there = JSON.parse(run('plan', storyteller, '--threads', 1, '--grammar', file('pets.rglg'), '--lists', file('pets.words'),
    '--prefix', file('pinned.prefix'), '--span-bytes', 160, '--draft-tokens', 0, '--json'));
  const options = { grammar, lists, prefix: readFileSync(file('pinned.prefix')), spanBytes: 160 };
  assert.equal(model.plan(options).bytes, there.ram_bytes);
  const session = model.createSession(options);
  assert.equal(session.plan().bytes, there.ram_bytes);
  const grown = model.memoryBytes;
  session.answer(lines[0]);
  session.close();
  for (let i = 0; i < 20; ++i) model.createSession(options).close();
  assert.ok(model.memoryBytes - grown <= 65536);
});

test('a text begins with the prefix', async () => {
  const session = (await load('storyteller_trie')).createSession({ prefix: readFileSync(file('pinned.prefix')), seed: 3 });
  const text = () => [...session.events(' It', { tokens: 40, ignoreEnd: true })].map((event) => event.text).join('');
  const first = text();
  assert.equal(` It${first}`, run('run', storyteller, '--prefix', file('pinned.prefix'), '-p', ' It', '-n', 40, '--seed', 3,
    '--ignore-eos', '-q', '--threads', 1).replace(/\n$/, ''));
  session.reset();
  assert.equal(text(), first);
  assert.throws(() => session.restore(session.snapshot()), { name: 'RingletError', message: /begins with a prefix/ });
});

test('what is wrong is said by name, and the session works afterwards', async () => {
  const model = await load('storyteller_trie');
  const damaged = Uint8Array.from(grammar);
  damaged[200] ^= 1;
  const other = compile(folder, 'other.words', { others: ['x'] }, '--lists');
  for (const [options, words] of [
    [{ grammar: damaged }, /checksum/], [{ grammar: lists }, /^grammar/], [{ grammar, lists: grammar }, /^lists|^words/],
    [{ grammar, lists: other }, /^lists\[0\]: lacks a list of the grammar/], [{ lists }, /^lists: needs the option grammar/],
    [{ grammar: 'pets.rglg' }, /^grammar: must be an ArrayBuffer/], [{ grammar, spanBytes: 0 }, /^spanBytes: /],
    [{ grammar, spanBytes: 5000 }, /^spanBytes: .* to 4096/], [{ prefix: grammar }, /^snapshot/], [{ grammer: grammar }, /there are .*grammar/],
  ]) {
    for (const attempt of [() => model.plan(options), () => model.createSession(options)]) {
      assert.throws(attempt, { message: words });
    }
  }
  const { memoryBytes } = model;
  const session = model.createSession({ grammar, lists, spanBytes: 64, temperature: 0 });
  const expected = session.answer(lines[0]);
  assert.throws(() => session.answer('x'.repeat(65)), { name: 'RingletError', code: 'not_enough_memory' });
  assert.throws(() => session.answer('x', { form: 'y' }), { message: /^form: needs \{\}/ });
  assert.throws(() => session.answer('x', { form: '{}{}', special: true }), { message: /^form: has \{\} once/ });
  assert.throws(() => session.answer('x', { tokns: 5 }), { name: 'TypeError', message: /^tokns: is not an option/ });
  assert.throws(() => session.answer(5), { message: 'line: must be a string' });
  assert.throws(() => [...session.events('x')], { message: /has a grammar.*answer\(\)/ });
  assert.throws(() => model.createSession().answer('x'), { message: /has no grammar/ });
  assert.deepEqual(session.answer(lines[0]), expected);
  assert.ok(model.memoryBytes >= memoryBytes);
  assert.throws(() => model.createSession({ grammar }).answer('x'), { where: 'lists' });
});

test('a model without a trie, and a prefix of another model', async () => {
  const int8 = await load('storyteller_int8');
  assert.throws(() => int8.createSession({ grammar, lists }), { name: 'RingletError', code: 'unsupported' });
  assert.throws(() => int8.plan({ prefix: readFileSync(file('pet.prefix')) }), { where: 'prefix', message: /another model/ });
});

const commands = process.env.RINGLET_COMMANDS_MODEL;
test('the commands\' model obeys as the program does', { skip: !existsSync(commands) && `there is no ${commands}` }, async () => {
  const made = (name) => path.join(process.env.RINGLET_COMMANDS, name);
  const said = ['turn on the desk lamp', 'close the left blind and make the strip blue', 'add oat milk to the shopping list',
    'what a lovely day at the beach', '<json>"}],<say>', 'caf\u00e9 lights on', 'turn on the desk lamp'];
  const expected = told(commands, said, '--prefix', made('home.prefix'), '--special', '-p', '<say>{}<json>', '--temperature', 0,
    '-n', 125, '--grammar', made('commands.rglg'), '--lists', made('home.lists'));
  const model = await ringlet.Model.load(readFileSync(commands));
  const session = model.createSession({
    prefix: readFileSync(made('home.prefix')), grammar: readFileSync(made('commands.rglg')),
    lists: readFileSync(made('home.lists')), temperature: 0,
  });
  const answers = said.map((line) => asPrinted(session.answer(line, { form: '<say>{}<json>', special: true, tokens: 125 })));
  assert.deepEqual(answers, expected);
  for (const { text } of answers) assert.ok(JSON.parse(text).every((action) => action.do), text);
});

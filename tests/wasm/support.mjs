// What the tests of the package share: models, the program of this machine, and the golden values of tests/golden.
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const variable = (name) => {
  if (!process.env[name]) throw new Error(`${name} is not set: run these tests by ctest --preset wasm`);
  return process.env[name];
};

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const packageFolder = variable('RINGLET_PACKAGE');
export const modelFolder = variable('RINGLET_MODELS');
export const program = variable('RINGLET_PROGRAM');
export const ringlet = await import(pathToFileURL(path.join(packageFolder, 'index.js')));

/** The path of a model: the bundled one, or one that the build makes. */
export function modelPath(name) {
  return name === 'storyteller' ? path.join(root, 'tools/demo-model/storyteller.ringlet')
    : path.join(modelFolder, `${name}.ringlet`);
}

export const load = (name, options) => ringlet.Model.load(readFileSync(modelPath(name)), options);

/** What the program prints. */
export function run(...args) {
  return execFileSync(program, args.map(String), { encoding: 'utf8' });
}

/** The line with which the program refuses a file or a setting, without the file's name and the advice for its owner. */
export function refusal(file, command, ...options) {
  const done = spawnSync(program, [command, file, ...options.map(String)], { encoding: 'utf8' });
  const line = done.stderr.trimEnd().replace(`ringlet: ${file}: `, '').replace(/; copy or convert the file again$/, '');
  return { accepted: done.status === 0, line };
}

/** A table of tests/golden/bundled_digests.hpp: digests by cache format. */
export function goldenDigests(table) {
  const source = readFileSync(path.join(root, 'tests/golden/bundled_digests.hpp'), 'utf8');
  const body = source.match(new RegExp(`BundledDigest ${table}\\[\\] = \\{(.*?)\\n\\};`, 's'));
  if (!body) throw new Error(`bundled_digests.hpp has no table ${table}`);
  const rows = [...body[1].matchAll(/\{KvFormat::(\w+), 0x([0-9A-F]{16})\}/g)];
  return Object.fromEntries(rows.map(([, kv, value]) => [kv, value.toLowerCase()]));
}

/** The configuration of these digests, as options of a session. */
export function goldenOptions() {
  const source = readFileSync(path.join(root, 'tests/golden/bundled_digests.hpp'), 'utf8');
  const [, context, sinks, hotWindow] =
    source.match(/bundled_digest_config\{\s*\.context = (\d+), \.sinks = (\d+), \.kv = \{\}, \.hot_window = (\d+)\}/);
  return { context: Number(context), sinks: Number(sinks), hotWindow: Number(hotWindow) };
}

export async function collect(pieces) {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

/** Compiles a grammar, or words with the option --lists, to a file of a folder; its bytes. */
export function compile(folder, name, source, ...options) {
  const file = path.join(folder, name);
  writeFileSync(`${file}.json`, JSON.stringify(source));
  execFileSync(variable('RINGLET_GRAMMAR_PROGRAM'), [...options, `${file}.json`, '-o', file], { stdio: 'ignore' });
  return readFileSync(file);
}

/** A grammar with a list, and its words: pets.rglg and pets.words in a folder. */
export function compilePets(folder) {
  const properties = {
    pet: { type: 'string', 'x-ringlet-list': 'pets' },
    said: { type: 'string', 'x-ringlet-span': 'words' },
    count: { type: 'integer', minimum: 0, maximum: 99 },
  };
  return {
    grammar: compile(folder, 'pets.rglg', { type: 'object', additionalProperties: false, required: Object.keys(properties), properties }),
    lists: compile(folder, 'pets.words', { pets: ['cat', 'old dog', 'Élan ☃'] }, '--lists'),
  };
}

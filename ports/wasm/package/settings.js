// Options of a session, checked here and given to the module one by one. What is left out keeps the runtime's default.

export const formats = ['f32', 'f16', 'int8', 'int4'];
const caches = { f32: [0, 0], f16: [1, 1], int8: [2, 2], int4: [3, 3], k8v4: [2, 3] };

function refuse(name, must, value) {
  throw new RangeError(`${name}: must be ${must} (got ${typeof value === 'string' ? `'${value}'` : String(value)})`);
}

function whole(name, value) {
  if (!Number.isInteger(value) || value < 0 || value > 0xFFFFFFFF) refuse(name, 'a whole number from 0 to 4294967295', value);
  return value;
}

function number(name, value) {
  if (typeof value !== 'number' || !Number.isFinite(value)) refuse(name, 'a number', value);
  return value;
}

function yesOrNo(name, value) {
  if (typeof value !== 'boolean') refuse(name, 'true or false', value);
  return value ? 1 : 0;
}

function seed(name, value) {
  const must = 'a whole number from 0 to 18446744073709551615; above 2^53 a BigInt';
  if (typeof value !== 'bigint' && !Number.isSafeInteger(value)) refuse(name, must, value);
  const big = BigInt(value);
  if (big < 0n || big > 0xFFFFFFFFFFFFFFFFn) refuse(name, must, value);
  return big;
}

const settings = {
  context: ['set_context', whole],
  sinks: ['set_sinks', whole],
  hotWindow: ['set_hot_window', whole],
  prefillChunk: ['set_prefill_chunk', whole],
  longestWord: ['set_longest_word', whole],
  repeatWindow: ['set_repeat_window', whole],
  allowLongerContext: ['set_allow_longer_context', yesOrNo],
  temperature: ['set_temperature', number],
  topK: ['set_top_k', whole],
  topP: ['set_top_p', number],
  minP: ['set_min_p', number],
  repeatPenalty: ['set_repeat_penalty', number],
  seed: ['set_seed', seed],
};

/** What a seat takes beside settings (seat.js). */
const files = ['prefix', 'grammar', 'lists', 'spanBytes'];

/** Applies options to a seat. Throws a RangeError or TypeError that names the option. */
export function applySettings(exports, seat, options) {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (name === 'kv') {
      if (!Object.hasOwn(caches, value)) refuse(name, `one of ${Object.keys(caches).join(', ')}`, value);
      exports.set_kv(seat, ...caches[value]);
    } else if (Object.hasOwn(settings, name)) {
      const [setter, check] = settings[name];
      exports[setter](seat, check(name, value));
    } else {
      throw new TypeError(`${name}: is not an option; there are kv, ${[...Object.keys(settings), ...files].join(', ')}`);
    }
  }
}

/** A count of an option that is not the module's. */
export function count(name, value, least, most = 0xFFFFFFFF) {
  if (!Number.isInteger(value) || value < least || value > most) refuse(name, `a whole number from ${least} to ${most}`, value);
  return value;
}

/** Options, which are an object. */
export function object(name, value) {
  if (typeof value !== 'object' || value === null) throw new TypeError(`${name}: must be an object`);
  return value;
}

/** A text, because anything else would become one: null the word null. */
export function string(name, value) {
  if (typeof value !== 'string') throw new TypeError(`${name}: must be a string`);
  return value;
}

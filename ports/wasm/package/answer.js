// An answer to one line under the grammar of a session.
import { ownError } from './error.js';
import { count, object, string } from './settings.js';

const encoder = new TextEncoder();
const mark = '{}'; // stands for the line in the form of a request
const answerOptions = ['form', 'special', 'tokens'];

function check(options) {
  for (const name of Object.keys(object('options', options))) {
    if (!answerOptions.includes(name)) throw new TypeError(`${name}: is not an option; there are ${answerOptions.join(', ')}`);
  }
  const form = string('form', options.form ?? mark);
  const special = options.special ?? false;
  if (typeof special !== 'boolean') throw new TypeError('special: must be true or false');
  const parts = form.split(mark);
  if (parts.length < 2) throw ownError('invalid_argument', 'form', 'needs {} for the line');
  if (special && parts.length > 2) throw ownError('invalid_argument', 'form', 'has {} once where it can have control tokens');
  return { parts, special, limit: options.tokens === undefined ? 256 : count('tokens', options.tokens, 1) };
}

/** The answer of `ringlet run --each-line --json`; `textAt` reads a text of the seat. */
export function answer(instance, seat, line, options, textAt) {
  const { exports: e } = instance;
  const { parts, special, limit } = check(options);
  const said = encoder.encode(string('line', line));
  const request = encoder.encode(parts.join(line));
  const begin = encoder.encode(parts[0]).byteLength;
  // A text has at most about one token for each byte, and the room must hold those of its longest word.
  const room = Math.max(request.byteLength, e.longest_word(seat)) + 2;
  const roomAt = Math.ceil((request.byteLength + said.byteLength) / 4) * 4;
  const bytes = new Uint8Array(roomAt);
  bytes.set(request);
  bytes.set(said, request.byteLength);
  return instance.withCopy(bytes, 4 * room, (address) => {
    instance.check(e.answer_begin(seat, address + request.byteLength, said.byteLength));
    instance.check(e.answer_prompt(seat, address, request.byteLength, begin, said.byteLength, special ? 1 : 0,
      address + roomAt, room));
    const promptTokens = Number(e.seat_number(seat));
    const { text, tokens } = generate(instance, seat, limit, textAt);
    return {
      text, complete: e.answer_complete(seat) !== 0, confidence: e.answer_confidence(seat), allowed: e.answer_allowed(seat),
      promptTokens, tokens,
    };
  });
}

function generate(instance, seat, limit, textAt) {
  const { exports: e } = instance;
  if (e.session_logits(seat) === 0) throw ownError('invalid_argument', 'line', 'is empty; give a text');
  let text = '';
  let tokens = 0;
  while (e.answer_sample(seat) !== 0) {
    const token = Number(BigInt.asUintN(64, e.seat_number(seat)));
    text += textAt(e.answer_text(seat));
    if (++tokens === limit) break;
    instance.check(e.session_step(seat, token));
  }
  return { text: text + textAt(e.text_finish(seat)), tokens };
}

// A session: a text in progress. Its iterators return one token at a time and block the thread for as long as that takes;
// a page uses a worker (remote.js).
import { answer } from './answer.js';
import { ownError } from './error.js';
import { positionsOf, readLayout } from './ring.js';
import { beginSeat, Copies, readPlan } from './seat.js';
import { count, string } from './settings.js';
import { bytesOfBuffer } from './source.js';
import { sharingThread } from './turns.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const generationOptions = ['tokens', 'ignoreEnd', 'signal', 'ring', 'attention'];

function checkGeneration(options) {
  for (const name of Object.keys(options)) {
    if (!generationOptions.includes(name)) {
      throw new TypeError(`${name}: is not an option; there are ${generationOptions.join(', ')}`);
    }
  }
  return {
    limit: options.tokens === undefined ? Infinity : count('tokens', options.tokens, 0),
    ignoreEnd: options.ignoreEnd ?? false,
    signal: options.signal,
    ring: options.ring ?? false,
    attention: options.attention ?? false,
  };
}

export class Session {
  #instance;
  #seat;
  #vocabulary;
  #memory; // address of the session's memory
  #bytes; // its size: the plan's number
  #copies; // of what it reads in place
  #hasPrefix;
  #layouts;
  #watch = null; // block of the observer of a layer
  #texts = 0; // begun so far; only the newest goes on

  constructor(instance, model, architecture, options) {
    const { exports: e, memory } = instance;
    const seatBytes = e.seat_object_bytes();
    const seat = memory.take(seatBytes);
    const copies = new Copies(memory);
    let planned = 0;
    let address = 0;
    try {
      beginSeat(instance, seat, model, options, copies);
      planned = Number(e.plan_total(seat));
      address = memory.take(planned);
      instance.check(e.session_create(seat, address, planned));
      if (options.grammar !== undefined) instance.check(e.answer_create(seat));
    } catch (error) {
      copies.give();
      if (address !== 0) memory.give(address, planned);
      memory.give(seat, seatBytes);
      throw error;
    }
    this.#instance = instance;
    this.#seat = seat;
    this.#memory = address;
    this.#bytes = planned;
    this.#copies = copies;
    this.#hasPrefix = options.prefix !== undefined;
    this.#vocabulary = architecture.vocabSize;
    this.#layouts = Object.freeze(Array.from({ length: architecture.layers }, (_, i) => readLayout(e, seat, i)));
  }

  /** The seat of an open session. */
  get #open() {
    if (this.#seat === 0) throw ownError('invalid_argument', 'session', 'has been closed; create another one');
    return this.#seat;
  }

  /** Number of tokens so far, those of prompts included. */
  get position() {
    return Number(this.#instance.exports.session_position(this.#open));
  }

  get context() {
    return this.#instance.exports.session_context(this.#open);
  }

  plan() {
    return readPlan(this.#instance, this.#open);
  }

  /** Appends a text and returns the number of its tokens. */
  prompt(text) {
    const seat = this.#open;
    const { exports: e } = this.#instance;
    const bytes = encoder.encode(string('prompt', text));
    // A text has at most about one token for each byte, and the room must hold those of its longest word.
    const room = Math.max(bytes.byteLength, e.longest_word(seat)) + 2;
    const textBytes = Math.ceil(bytes.byteLength / 4) * 4;
    const padded = new Uint8Array(textBytes);
    padded.set(bytes);
    this.#instance.withCopy(padded, 4 * room, (address) => {
      this.#instance.check(e.session_prompt(seat, address, bytes.byteLength, address + textBytes, room));
    });
    return Number(e.seat_number(seat));
  }

  /** The text that follows a prompt, piece by piece; every piece is whole characters. */
  async *generate(prompt = '', options = {}) {
    for await (const event of this.tokens(prompt, options)) {
      if (event.text !== '') yield event.text;
    }
  }

  /** The same as events: a token, its text, the session's position with it and, if asked for, the ring. */
  async *tokens(prompt = '', options = {}) {
    yield* sharingThread(this.events(prompt, options));
  }

  /** The same for a thread that may be blocked. */
  *events(prompt = '', options = {}) {
    const { limit, ignoreEnd, signal, ring, attention } = checkGeneration(options);
    const { exports: e } = this.#instance;
    signal?.throwIfAborted();
    if (e.answers(this.#open) !== 0) {
      throw ownError('invalid_argument', 'session', 'has a grammar, which texts do not follow; call answer()');
    }
    const text = ++this.#texts;
    this.prompt(prompt);
    if (limit > 0 && e.session_logits(this.#open) === 0) {
      throw ownError('invalid_argument', 'prompt', 'is empty, and this model has no begin-of-text token; give a text');
    }
    for (let i = 0; i < limit && !signal?.aborted; ++i) {
      const token = e.session_sample(this.#open) >>> 0;
      if (!ignoreEnd && e.ends_text(this.#open, token) !== 0) break;
      this.#instance.check(e.session_step(this.#open, token));
      yield {
        token, text: this.#text(e.text_of_token(this.#open, token)), position: this.position,
        ...(ring ? { ring: this.ring() } : {}), ...(attention ? { attention: this.attention() } : {}),
      };
      if (text !== this.#texts) throw ownError('invalid_argument', 'session', 'has begun another text, so this one has ended');
    }
    const rest = this.#text(e.text_finish(this.#open));
    if (rest !== '') yield { token: null, text: rest, position: this.position };
  }

  /** Answers a line under the grammar, from where texts begin. */
  answer(line, options = {}) {
    if (this.#instance.exports.answers(this.#open) === 0) {
      throw ownError('invalid_argument', 'session', 'has no grammar; create it with the option grammar');
    }
    ++this.#texts;
    return answer(this.#instance, this.#open, line, options, (address) => this.#text(address));
  }

  /** The scores of the next token, a copy; null before the first token. */
  logits() {
    const address = this.#instance.exports.session_logits(this.#open) >>> 0;
    return address === 0 ? null : this.#instance.memory.floats(address, this.#vocabulary).slice();
  }

  /** Which positions each layer remembers now. */
  ring() {
    const position = this.position;
    return {
      position,
      layers: this.#layouts.map((layout) => ({ layout, ...positionsOf(layout, position) })),
    };
  }

  /** The tokens that a text would be as the next prompt, with their texts; control tokens have none. */
  tokenize(text) {
    const seat = this.#open;
    const { exports: e, memory } = this.#instance;
    const bytes = encoder.encode(string('text', text));
    const room = Math.max(bytes.byteLength, e.longest_word(seat)) + 2;
    const padded = new Uint8Array(Math.ceil(bytes.byteLength / 4) * 4);
    padded.set(bytes);
    const tokens = this.#instance.withCopy(padded, 4 * room, (address) => {
      const list = address + padded.byteLength;
      this.#instance.check(e.text_encode(seat, address, bytes.byteLength, list, room));
      return memory.numbers(list, Number(e.seat_number(seat))).slice();
    });
    e.pieces_begin(seat);
    return Array.from(tokens, (token) => ({ token, text: this.#text(e.piece_of_token(seat, token)) }));
  }

  /** The text of a token that follows those of tokenize() and of the last calls: whole characters. */
  textOf(token) {
    return this.#text(this.#instance.exports.piece_of_token(this.#open, count('token', token, 0)));
  }

  /** Appends tokens. */
  append(tokens) {
    const numbers = Uint32Array.from([...tokens], (token) => count('token', token, 0));
    const bytes = new Uint8Array(numbers.buffer);
    this.#instance.withCopy(bytes, 4, (address) => {
      this.#instance.check(this.#instance.exports.session_prefill(this.#open, address, numbers.length));
    });
  }

  /** Observes the attention of a layer from the next text on. Returns whether the weights of that layer can be computed. */
  watchAttention(layer) {
    const { exports: e, memory } = this.#instance;
    this.#unwatch();
    const bytes = e.attention_bytes(this.#open, count('layer', layer, 0));
    if (bytes === 0) return false;
    this.#watch = { address: memory.take(bytes), bytes };
    e.attention_begin(this.#open, layer, this.#watch.address);
    return true;
  }

  /**
   * The weights of the newest token in the watched layer, averaged over its heads: of the sinks, then of the other positions
   * in memory, in order. Null if the layer is not watched from the beginning of the text.
   */
  attention() {
    const { exports: e, memory } = this.#instance;
    if (!this.#watch) return null;
    const weights = e.attention_weights(this.#watch.address);
    return weights === 0 ? null : memory.floats(e.attention_address(this.#watch.address) >>> 0, weights).slice();
  }

  /** Resets the session and returns the digest of the fixed sequence. */
  digest({ tokens = 128, chunk = 1 } = {}) {
    const e = this.#instance.exports;
    this.#instance.check(e.session_digest(this.#open, count('tokens', tokens, 1), count('chunk', chunk, 1)));
    return BigInt.asUintN(64, e.seat_number(this.#open)).toString(16).padStart(16, '0');
  }

  /** Goes back to an earlier position. */
  truncate(position) {
    const e = this.#instance.exports;
    this.#instance.check(e.session_truncate(this.#open, BigInt(count('position', position, 0))));
  }

  /** Begins a new text with the same seed. */
  reset() {
    this.#instance.check(this.#instance.exports.session_reset(this.#open));
  }

  /** The session as bytes: cache, position, logits and sampler. */
  snapshot() {
    const { exports: e, memory } = this.#instance;
    const seat = this.#open;
    this.#instance.check(e.snapshot_bytes_now(seat));
    const most = Number(e.seat_number(seat));
    const address = memory.take(most);
    try {
      this.#instance.check(e.session_save(seat, address, most));
      return memory.view(address, Number(e.seat_number(seat))).slice();
    } finally {
      memory.give(address, most);
    }
  }

  /** Continues from a snapshot of any machine: the same model, sinks and cache. */
  restore(snapshot) {
    const bytes = bytesOfBuffer('snapshot', snapshot);
    if (this.#hasPrefix) {
      throw ownError('invalid_argument', 'session', 'begins with a prefix; restore a snapshot in one without');
    }
    this.#instance.withCopy(bytes, 0, (address) => {
      this.#instance.check(this.#instance.exports.session_restore(this.#open, address, bytes.byteLength));
    });
  }

  /** Gives the session's memory back to its model, for another session. */
  close() {
    if (this.#seat === 0) return;
    const { exports: e, memory } = this.#instance;
    this.#unwatch();
    memory.give(this.#memory, this.#bytes);
    this.#copies.give();
    memory.give(this.#seat, e.seat_object_bytes());
    this.#seat = 0;
  }

  #unwatch() {
    if (!this.#watch) return;
    this.#instance.exports.attention_end(this.#open);
    this.#instance.memory.give(this.#watch.address, this.#watch.bytes);
    this.#watch = null;
  }

  #text(address) {
    const size = this.#instance.exports.seat_text_size(this.#open);
    return size === 0 ? '' : decoder.decode(this.#instance.memory.view(address >>> 0, size));
  }
}

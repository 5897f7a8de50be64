// A model file in linear memory.
import { Instance } from './module.js';
import { readPlan, withSeat } from './seat.js';
import { Session } from './session.js';
import { count } from './settings.js';
import { bytesOf } from './source.js';

const hex = (value) => BigInt.asUintN(64, value).toString(16).padStart(16, '0');

const loadOptions = ['verify', 'wasm'];

export class Model {
  #instance;
  #object;

  /** Loads a model file and verifies it. */
  static async load(source, options = {}) {
    for (const name of Object.keys(options)) {
      if (!loadOptions.includes(name)) throw new TypeError(`${name}: is not an option; there are ${loadOptions.join(', ')}`);
    }
    const bytes = await bytesOf(source);
    const instance = await Instance.create(options.wasm);
    return new Model(instance, bytes, options.verify ?? true);
  }

  constructor(instance, bytes, verify) {
    const { exports: e, memory } = instance;
    const object = memory.take(e.model_object_bytes());
    const file = memory.take(bytes.byteLength);
    memory.view(file, bytes.byteLength).set(bytes);
    instance.check(e.model_open(object, file, bytes.byteLength));
    if (verify) instance.check(e.model_verify(object));
    this.#instance = instance;
    this.#object = object;
    this.bytes = bytes.byteLength;
    this.hash = hex(e.model_hash(object));
    this.architecture = Object.freeze({
      vocabSize: e.model_vocab_size(object),
      dim: e.model_dim(object),
      hiddenDim: e.model_hidden_dim(object),
      layers: e.model_layers(object),
      heads: e.model_heads(object),
      kvHeads: e.model_kv_heads(object),
      headDim: e.model_head_dim(object),
      trainedContext: e.model_trained_context(object),
    });
    this.kernels = instance.text(e.kernels_name());
  }

  /** A hash of what the kernels compute of fixed data, which is the same on every machine. */
  selfTest() {
    return hex(this.#instance.exports.kernels_self_test());
  }

  /** Bytes of linear memory: this model, its sessions and the module's own. */
  get memoryBytes() {
    return this.#instance.memory.bytes;
  }

  /** The memory of a session with these options, before there is one. */
  plan(options = {}) {
    return withSeat(this.#instance, this.#object, options, (seat) => readPlan(this.#instance, seat));
  }

  /** The longest context with which a session fits into so many bytes, or 0. */
  longestContext(bytes, options = {}) {
    return withSeat(this.#instance, this.#object, options,
      (seat) => this.#instance.exports.plan_longest_context(seat, BigInt(count('bytes', bytes, 0))));
  }

  createSession(options = {}) {
    return new Session(this.#instance, this.#object, this.architecture, options);
  }

  /** The digest of the logits of a fixed sequence, as `ringlet digest` prints it. */
  digest({ tokens, chunk, ...options } = {}) {
    const context = Math.min(64, this.architecture.trainedContext);
    const session = this.createSession({ context, ...options });
    try {
      return session.digest({ tokens, chunk });
    } finally {
      session.close();
    }
  }
}

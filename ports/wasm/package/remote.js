// Models and sessions in a worker, so that the page never waits. The same calls as of Model and Session, but every one
// returns a promise.
import { RingletError } from './error.js';
import { absolute } from './source.js';

const errors = { RangeError, TypeError, Error };

class Channel {
  #port;
  #waiting = new Map();
  #last = 0;
  #ended = null; // why nothing is answered any more

  constructor(port) {
    this.#port = port;
    port.addEventListener('message', ({ data }) => this.#settle(data));
    port.addEventListener('error', (event) => this.#fail(new Error(event.message || 'worker: its script cannot be loaded')));
    port.start?.();
  }

  call(object, call, ...values) {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#port.postMessage({ id, object, call, arguments: values });
    });
  }

  #settle(answer) {
    const { id, result, error } = answer ?? {};
    if (!this.#waiting.has(id)) return; // not an answer, or of a call that has failed
    const { resolve, reject } = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (!error) resolve(result);
    else if (error.ringlet) reject(new RingletError(error.ringlet.message, error.ringlet.facts));
    else reject(new (errors[error.name] ?? Error)(error.message));
  }

  close() {
    this.#fail(new Error('worker: has been closed'));
  }

  /** A worker that has ended answers nothing, and a call of it would wait for ever. */
  #fail(error) {
    this.#ended ??= error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/** A source as a message can carry it: an address relative to the page becomes an absolute one. */
function portable(source) {
  return typeof source === 'string' || source instanceof URL ? absolute(source).href : source;
}

function startWorker() {
  return new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
}

/** The models of a new worker, or of another port at whose other end serve() listens. */
export function connect(port = startWorker()) {
  const channel = new Channel(port);
  return {
    /** Ends the worker and all that it computes. */
    close() {
      channel.close();
      if (port.terminate) port.terminate();
      else port.close();
    },

    async load(source, options = {}) {
      const sent = { ...options, ...(options.wasm === undefined ? {} : { wasm: portable(options.wasm) }) };
      const { object, facts } = await channel.call(0, 'load', portable(source), sent);
      return new RemoteModel(channel, object, facts);
    },
  };
}

export class RemoteModel {
  #channel;
  #object;

  constructor(channel, object, facts) {
    this.#channel = channel;
    this.#object = object;
    Object.assign(this, facts);
  }

  memoryBytes() {
    return this.#channel.call(this.#object, 'memoryBytes');
  }

  plan(options = {}) {
    return this.#channel.call(this.#object, 'plan', options);
  }

  longestContext(bytes, options = {}) {
    return this.#channel.call(this.#object, 'longestContext', bytes, options);
  }

  digest(options = {}) {
    return this.#channel.call(this.#object, 'modelDigest', options);
  }

  async createSession(options = {}) {
    return new RemoteSession(this.#channel, await this.#channel.call(this.#object, 'createSession', options));
  }

  /** Lets the worker forget the model; its sessions end when they are closed. */
  unload() {
    return this.#channel.call(this.#object, 'unload');
  }
}

export class RemoteSession {
  #channel;
  #object;

  constructor(channel, object) {
    this.#channel = channel;
    this.#object = object;
  }

  #call(name, ...values) {
    return this.#channel.call(this.#object, name, ...values);
  }

  async *generate(prompt = '', options = {}) {
    for await (const event of this.tokens(prompt, options)) {
      if (event.text !== '') yield event.text;
    }
  }

  /** Events of tokens. After an abort, those that the worker already has are the last. */
  async *tokens(prompt = '', { signal, ...options } = {}) {
    signal?.throwIfAborted();
    const text = await this.#call('begin', prompt, options);
    let done = false;
    try {
      while (!done && !signal?.aborted) {
        const answer = await this.#channel.call(text, 'more');
        done = answer.done;
        yield* answer.batch;
      }
    } finally {
      if (!done) await this.#channel.call(text, 'end');
    }
  }

  plan() {
    return this.#call('sessionPlan');
  }

  prompt(text) {
    return this.#call('prompt', text);
  }

  answer(line, options = {}) {
    return this.#call('answer', line, options);
  }

  position() {
    return this.#call('position');
  }

  ring() {
    return this.#call('ring');
  }

  logits() {
    return this.#call('logits');
  }

  digest(options = {}) {
    return this.#call('digest', options);
  }

  tokenize(text) {
    return this.#call('tokenize', text);
  }

  textOf(token) {
    return this.#call('textOf', token);
  }

  append(tokens) {
    return this.#call('append', tokens);
  }

  watchAttention(layer) {
    return this.#call('watchAttention', layer);
  }

  attention() {
    return this.#call('attention');
  }

  truncate(position) {
    return this.#call('truncate', position);
  }

  reset() {
    return this.#call('reset');
  }

  snapshot() {
    return this.#call('snapshot');
  }

  restore(snapshot) {
    return this.#call('restore', snapshot);
  }

  close() {
    return this.#call('close');
  }
}

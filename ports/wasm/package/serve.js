// The worker's side of remote.js: it owns models and sessions and answers requests in their order. A request is
// {id, object, call, arguments}, an answer {id, result} or {id, error}.
import { RingletError } from './error.js';
import { Model } from './model.js';

const batchMilliseconds = 8; // how long tokens are collected for one answer, so that pages stay smooth

export function serve(port) {
  const objects = new Map(); // models, sessions and running texts, by number
  let last = 0;
  const keep = (object) => {
    objects.set(++last, object);
    return last;
  };
  const of = (number) => {
    if (!objects.has(number)) throw new Error('worker: this object has been closed');
    return objects.get(number);
  };

  const calls = {
    async load(_, source, options) {
      const model = await Model.load(source, options);
      const { bytes, hash, architecture, kernels } = model;
      return { object: keep(model), facts: { bytes, hash, architecture, kernels } };
    },
    plan: (object, options) => of(object).plan(options),
    longestContext: (object, bytes, options) => of(object).longestContext(bytes, options),
    modelDigest: (object, options) => of(object).digest(options),
    memoryBytes: (object) => of(object).memoryBytes,
    createSession: (object, options) => keep(of(object).createSession(options)),
    sessionPlan: (object) => of(object).plan(),
    prompt: (object, text) => of(object).prompt(text),
    begin: (object, prompt, options) => keep(of(object).events(prompt, options)),
    more(object) {
      const events = of(object);
      const batch = [];
      const until = performance.now() + batchMilliseconds;
      do {
        const begin = performance.now();
        const { value, done } = events.next();
        const milliseconds = performance.now() - begin;
        if (done) {
          objects.delete(object);
          return { batch, done };
        }
        batch.push({ ...value, milliseconds });
      } while (performance.now() < until);
      return { batch, done: false };
    },
    end: (object) => void objects.delete(object),
    answer: (object, line, options) => of(object).answer(line, options),
    position: (object) => of(object).position,
    ring: (object) => of(object).ring(),
    logits: (object) => of(object).logits(),
    tokenize: (object, text) => of(object).tokenize(text),
    textOf: (object, token) => of(object).textOf(token),
    append: (object, tokens) => of(object).append(tokens),
    watchAttention: (object, layer) => of(object).watchAttention(layer),
    attention: (object) => of(object).attention(),
    digest: (object, options) => of(object).digest(options),
    truncate: (object, position) => of(object).truncate(position),
    reset: (object) => of(object).reset(),
    snapshot: (object) => of(object).snapshot(),
    restore: (object, bytes) => of(object).restore(bytes),
    close(object) {
      of(object).close();
      objects.delete(object);
    },
    unload: (object) => void objects.delete(object),
  };

  const answer = async ({ id, object, call, arguments: values }) => {
    try {
      if (!Object.hasOwn(calls, call)) throw new TypeError(`worker: has no call ${call}`);
      const result = await calls[call](object, ...values);
      const transfer = result instanceof Uint8Array || result instanceof Float32Array ? [result.buffer] : [];
      port.postMessage({ id, result }, transfer);
    } catch (error) {
      const facts = error instanceof RingletError ? { ringlet: error.toMessage() } : {};
      port.postMessage({ id, error: { name: error.name, message: error.message, ...facts } });
    }
  };
  let turn = Promise.resolve();
  port.addEventListener('message', ({ data }) => {
    if (typeof data?.id !== 'number' || typeof data.call !== 'string') return; // a message of somebody else
    turn = turn.then(() => answer(data));
  });
  port.start?.();
}

// What compare_browser.py calls in the page. Each program loads a model once and then decodes texts of a given length, in a
// worker of its own; the text always takes the most likely token and does not end early.
import { connect } from '/ringlet/index.js';

/** Our package: a session in its worker. The page's clock runs from the request for the tokens to the last one. */
class Ringlet {
  static async load(file, options) {
    const worker = connect();
    const model = await worker.load(file);
    const session = await model.createSession({ ...options, temperature: 0 });
    return new Ringlet(worker, model, session);
  }

  constructor(worker, model, session) {
    Object.assign(this, { worker, model, session });
  }

  about() {
    return { isa: this.model.kernels };
  }

  async #take(tokens) {
    let count = 0;
    for await (const { token } of this.session.tokens('', { tokens, ignoreEnd: true })) {
      if (token !== null) ++count;
    }
    if (count !== tokens) throw new Error(`ringlet: returned ${count} tokens instead of ${tokens}`);
  }

  async decode(tokens) {
    await this.session.reset();
    await this.#take(1); // with it, the begin-of-text token
    const started = performance.now();
    await this.#take(tokens);
    return { speed: (1000 * tokens) / (performance.now() - started) };
  }

  close() {
    this.worker.close();
  }
}

/** wllama: a completion in its worker, one thread, no WebGPU. Its own clock runs from the first token to the last one. */
class Llama {
  static async load(file, { context, kv }) {
    const { Wllama } = await import('/wllama/esm/index.js');
    const quiet = () => {};
    const wllama = new Wllama({ default: '/wllama/esm/wasm/wllama.wasm' },
      { suppressNativeLog: true, logger: { debug: quiet, log: quiet, warn: quiet, error: console.error } });
    wllama.setCompat(null);
    const model = await (await fetch(file)).blob();
    await wllama.loadModel([model], { n_threads: 1, n_gpu_layers: 0, n_ctx: context, n_parallel: 1,
      cache_type_k: kv, cache_type_v: kv });
    return new Llama(wllama, Wllama.getLibllamaVersion());
  }

  constructor(wllama, version) {
    Object.assign(this, { wllama, version });
  }

  about() {
    return { 'llama.cpp': this.version, threads: this.wllama.getNumThreads() };
  }

  async decode(tokens) {
    const started = performance.now();
    const { timings } = await this.wllama.createCompletion({ prompt: 'a', max_tokens: tokens + 1, ignore_eos: true,
      temperature: 0, samplers: ['temperature'], cache_prompt: false });
    const page = performance.now() - started;
    if (timings.predicted_n !== tokens + 1) throw new Error(`wllama: returned ${timings.predicted_n} tokens instead of ${tokens + 1}`);
    return { speed: (1000 * tokens) / timings.predicted_ms, page_ms: page, timings };
  }

  close() {
    return this.wllama.exit();
  }
}

const programs = { ringlet: Ringlet, wllama: Llama };
const loaded = {};

globalThis.measure = {
  async load(name, file, options) {
    loaded[name] = await programs[name].load(file, options);
    return loaded[name].about();
  },
  decode: (name, tokens) => loaded[name].decode(tokens),
};

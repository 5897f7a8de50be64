// A text in progress: starts, stops and continues a session in the worker, at the pace of the reader.

const longestView = 20000; // characters in view

export class Story {
  #model;
  #session = null;
  #stop = null; // AbortController of the running text
  #running = Promise.resolve();
  #show;

  /** `show` has the functions token, began and state. */
  constructor(model, show) {
    this.#model = model;
    this.#show = show;
  }

  get isRunning() {
    return this.#stop !== null;
  }

  /** Begins a text. Rejects with the runtime's error, after which the earlier text can still continue. */
  async start(options, layer, prompt, pace) {
    await this.stop();
    const session = await this.#model.createSession(options);
    try {
      const tokens = await session.tokenize(prompt);
      const watched = layer >= 0 && await session.watchAttention(layer);
      await this.#session?.close();
      this.#session = session;
      this.#show.began({ prompt, tokens, watched, ring: await session.ring() });
    } catch (error) {
      await session.close();
      throw error;
    }
    this.#run(prompt, pace);
  }

  continue(pace) {
    if (this.#session && !this.isRunning) this.#run('', pace);
  }

  /** Resolves when the last tokens are in view. */
  stop() {
    this.#stop?.abort();
    return this.#running;
  }

  async close() {
    await this.stop();
    await this.#session?.close();
    this.#session = null;
  }

  #run(prompt, pace) {
    this.#stop = new AbortController();
    this.#running = this.#read(prompt, pace, this.#stop.signal).catch((error) => this.#show.failed(error)).finally(() => {
      this.#stop = null;
      this.#show.state(false);
    });
    this.#show.state(true);
  }

  async #read(prompt, pace, signal) {
    const events = this.#session.tokens(prompt, { ignoreEnd: true, ring: true, attention: true, signal });
    let due = performance.now();
    for await (const event of events) {
      this.#show.token(event);
      const perSecond = pace();
      // After a stop, the tokens that the worker has computed already are shown at once.
      if (perSecond === 0 || signal.aborted) continue;
      due = Math.max(due + 1000 / perSecond, performance.now());
      await rest(due - performance.now(), signal);
    }
  }
}

function rest(milliseconds, signal) {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end);
  });
}

/** The text of a story in an element that follows it. */
export class StoryText {
  #element;
  #text = document.createTextNode('');

  constructor(element) {
    this.#element = element;
  }

  begin(prompt) {
    const given = document.createElement('span');
    given.className = 'given';
    given.textContent = prompt;
    this.#text = document.createTextNode('');
    this.#element.replaceChildren(given, this.#text);
    this.#element.scrollTop = 0;
  }

  append(text) {
    const { scrollTop, scrollHeight, clientHeight } = this.#element;
    const atEnd = scrollHeight - clientHeight - scrollTop < 40;
    this.#text.appendData(text);
    if (this.#text.length > longestView) this.#text.deleteData(0, this.#text.length - longestView);
    if (atEnd) this.#element.scrollTop = this.#element.scrollHeight;
  }
}

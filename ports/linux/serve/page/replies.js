// Replies that are being written, one at most for each conversation.
import { messagesTo, textTo } from './conversations.js';
import { Failure, streamReply } from './server.js';

const tries = 5; // of a request that the server is too busy for

/** Seconds until a reply is asked for again, unless `now` is called before. */
function pauseFor(seconds, signal) {
  let now;
  const over = new Promise((resolve, reject) => {
    now = resolve;
    setTimeout(resolve, seconds * 1000);
    signal.addEventListener('abort', () => reject(signal.reason));
  });
  return { over, now };
}

class Run {
  stopper = new AbortController();
  asked = performance.now();
  first = 0; // when the first and the newest piece came
  newest = 0;
  pieces = 0;
  usage = null;
  wait = null; // {until, words, now} before another try

  piece() {
    this.newest = performance.now();
    this.first ||= this.newest;
    this.pieces += 1;
  }

  stats() {
    if (this.pieces === 0) return undefined;
    const count = this.usage?.completion_tokens ?? this.pieces;
    const seconds = (this.newest - this.first) / 1000;
    return {
      ...(this.usage ? { tokens: this.usage.completion_tokens, prompt: this.usage.prompt_tokens } : { pieces: this.pieces }),
      first: (this.first - this.asked) / 1000,
      ...(count > 1 && seconds > 0 ? { speed: (count - 1) / seconds } : {}),
    };
  }
}

export class Replies {
  #runs = new Map(); // by conversation
  #show;

  /** `show` has changed(conversation, index), text(conversation, piece), ended(conversation, index) and failed(failure). */
  constructor(show) {
    this.#show = show;
  }

  of(conversation) {
    return this.#runs.get(conversation.id);
  }

  stop(conversation) {
    this.of(conversation)?.stopper.abort();
  }

  /** Writes the reply that node `index` will hold. A server that does not chat goes on with the text. */
  async start(conversation, index, { model, chats }) {
    this.stop(conversation);
    const run = new Run();
    const node = conversation.nodes[index];
    run.index = index;
    this.#runs.set(conversation.id, run);
    Object.assign(node, { content: '', model });
    for (const name of ['reasoning', 'end', 'error', 'stats']) delete node[name];
    this.#show.changed(conversation, index);
    let failure = null;
    try {
      await this.#write(conversation, node, run, chats);
    } catch (error) {
      if (error.name === 'AbortError') node.end = 'stopped';
      else failure = error instanceof Failure ? error : new Failure('refused', String(error));
    }
    if (failure) Object.assign(node, { end: 'failed', error: failure.message });
    node.stats = run.stats();
    if (this.of(conversation) === run) this.#runs.delete(conversation.id);
    this.#show.ended(conversation, index);
    if (failure) this.#show.failed(failure);
  }

  async #write(conversation, node, run, chats) {
    const said = chats ? { messages: messagesTo(conversation, node.parent) } : { prompt: textTo(conversation, node.parent) };
    const request = { ...(node.model ? { model: node.model } : {}), ...said, ...conversation.sampling };
    for (let attempt = 1; ; ++attempt) {
      try {
        run.asked = performance.now();
        await streamReply(request, run.stopper.signal, this.#into(conversation, node, run));
        return;
      } catch (failure) {
        if (failure.kind !== 'busy' || !failure.seconds || attempt === tries || run.pieces > 0) throw failure;
        await this.#wait(conversation, run, failure);
      }
    }
  }

  async #wait(conversation, run, { message, seconds }) {
    const { over, now } = pauseFor(seconds, run.stopper.signal);
    run.wait = { until: performance.now() + seconds * 1000, words: message, now };
    const clock = setInterval(() => this.#show.changed(conversation, run.index), 1000);
    this.#show.changed(conversation, run.index);
    try {
      await over;
    } finally {
      clearInterval(clock);
      run.wait = null;
    }
    this.#show.changed(conversation, run.index);
  }

  #into(conversation, node, run) {
    const piece = (name, words) => {
      run.piece();
      node[name] = (node[name] ?? '') + words;
      node.stats = run.stats();
      if (name === 'content') this.#show.text(conversation, words);
      this.#show.changed(conversation, run.index);
    };
    return {
      text: (words) => piece('content', words),
      reasoning: (words) => piece('reasoning', words),
      tool: () => run.piece(),
      usage: (usage) => { run.usage = usage; },
      end: (reason) => { node.end = reason; },
    };
  }
}

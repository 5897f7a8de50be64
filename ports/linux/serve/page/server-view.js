// The state of the server: asked again and again, so that the page notices a restart; its memory and its figures.
import { byId, make } from './dom.js';
import { showPlan } from './plan-view.js';
import { firstModel, health, metrics, plan } from './server.js';

const calm = 10000; // milliseconds between questions while all is well
const eager = [1000, 2000, 3000, 5000]; // and while the server does not answer

const states = {
  connecting: ['Connecting', ''],
  ready: ['Ready', ''],
  starting: ['Starting', 'The server is not ready yet.'],
  lost: ['Not reachable', 'The server cannot be reached. This page keeps trying; conversations stay in this browser.'],
  key: ['Key needed', ''],
  fault: ['Fault', 'The server answers, but not as this page expects.'],
};
const stateOf = { lost: 'lost', busy: 'starting', key: 'key' }; // by kind of Failure

/** The samples of a Prometheus text as [description, value]; the description is the server's HELP. */
export function samples(text) {
  const help = new Map();
  const found = [];
  for (const line of text.split('\n')) {
    const described = /^# HELP (\S+) (.*)$/.exec(line);
    if (described) help.set(described[1], described[2]);
    const sample = /^([a-zA-Z_:][\w:]*)(\{[^}]*\})? (\S+)/.exec(line);
    if (!sample || /_bucket$/.test(sample[1])) continue;
    const [, name, labels = '', value] = sample;
    const number = Number(value);
    found.push([`${help.get(name) ?? name}${labels ? ` ${labels.slice(1, -1)}` : ''}`,
      Number.isFinite(number) ? number.toLocaleString('en', { maximumSignificantDigits: 12 }) : value]);
  }
  return found;
}

export class ServerView {
  #state = 'connecting';
  #failures = 0;
  #timer = null;
  #figures = null; // timer of the open dialog
  #known = false; // model and plan of the running server
  #actions;
  model = '';
  chats = true; // otherwise the model goes on with texts

  /** `actions` has askKey(words) and changed(state). */
  constructor(actions) {
    this.#actions = actions;
    byId('server').addEventListener('close', () => clearInterval(this.#figures));
    document.addEventListener('visibilitychange', () => { if (!document.hidden) this.ask(); });
    window.addEventListener('online', () => this.ask());
  }

  get state() {
    return this.#state;
  }

  /** Asks now, and again later. */
  async ask() {
    clearTimeout(this.#timer);
    try {
      await health();
      if (!this.#known) await this.#learn();
      this.#enter('ready');
    } catch (failure) {
      this.#known = false;
      this.#enter(stateOf[failure.kind] ?? 'fault');
      if (failure.kind === 'key') this.#actions.askKey(failure.message);
    }
    this.#failures = this.#state === 'ready' ? 0 : this.#failures + 1;
    const pause = this.#state === 'ready' || document.hidden ? calm : eager[Math.min(this.#failures, eager.length) - 1];
    clearTimeout(this.#timer);
    if (this.#state !== 'key') this.#timer = setTimeout(() => this.ask(), pause);
  }

  async #learn() {
    const { id, capabilities } = await firstModel();
    this.model = id;
    this.chats = capabilities?.includes('chat') ?? true;
    byId('model').textContent = id;
    byId('task').textContent = this.chats ? 'Ask something.' : 'Begin a text: this model does not chat, it goes on with what you write.';
    showPlan(await plan());
    this.#known = true;
  }

  #enter(state) {
    if (state === this.#state) return;
    this.#state = state;
    const [words, banner] = states[state];
    byId('state').textContent = words;
    byId('state-dot').className = `dot ${state}`;
    byId('server-state').textContent = words;
    byId('banner').textContent = banner;
    this.#actions.changed(state);
  }

  open() {
    byId('server').showModal();
    const show = async () => {
      try {
        byId('metrics').replaceChildren(...samples(await metrics()).map(([words, value]) =>
          make('tr', {}, make('th', { scope: 'row' }, words), make('td', {}, value))));
      } catch { /* the state says so */ }
    };
    show();
    this.#figures = setInterval(show, 2000);
  }
}

// The ring with its words: which token is in which slot, for pointers, keys and screen readers.
import { RingView } from './ring-view.js';

const percent = (weight) => `${(100 * weight).toFixed(1)} %`;

export class RingPanel {
  #element;
  #view;
  #words = new Map(); // texts of tokens by position
  #chosen = null;
  #last = null; // {positions, weights} of the newest event
  #drawn = false;

  constructor(element) {
    this.#element = element;
    this.#view = new RingView(element);
    this.#view.onPoint = (position) => this.#choose(position);
    element.addEventListener('keydown', (event) => this.#key(event));
    element.addEventListener('blur', () => this.#choose(null));
    element.addEventListener('pointerleave', () => this.#choose(null));
  }

  /** A new text in a layer; `tokens` are those of its prompt. */
  begin(layout, tokens, watched) {
    this.#words = new Map(tokens.map(({ text }, position) => [position, text]));
    this.#last = null;
    this.#chosen = null;
    this.#view.begin(layout);
    const newest = layout.hot === 0 ? layout.window : layout.hot;
    document.getElementById('hot-words').textContent =
      layout.hot === 0 ? `the newest ${newest} tokens, ${bits(layout.newest)}` : `hot: the newest ${newest} tokens, ${bits(layout.newest)}`;
    const cold = document.getElementById('cold-words');
    cold.parentElement.hidden = layout.hot === 0;
    cold.textContent = `cold: ${layout.window - layout.hot} older tokens, ${bits(layout.older)}`;
    document.getElementById('ray-words').parentElement.hidden = !watched;
    document.getElementById('ray-note').textContent = watched
      ? 'Rays are true weights of the layer in view, averaged over its heads and computed from its keys before they are '
        + 'rounded for the cache. A ray is as wide as its weight; below 0.4 % none is drawn.'
      : 'The weights of this layer cannot be shown, so there are no rays.';
    this.#say();
  }

  token(event, layer) {
    const newest = event.position - 1;
    if (event.token !== null) this.#words.set(newest, event.text);
    const positions = event.ring.layers[layer];
    if (positions.layout.window === 0) return; // a layer without attention
    for (const position of this.#words.keys()) {
      if (position >= positions.sinks.count && position < newest - positions.layout.window) this.#words.delete(position);
    }
    this.#last = { positions, weights: event.attention ?? null, newest };
    if (this.#drawn) return;
    this.#drawn = true;
    requestAnimationFrame(() => {
      this.#drawn = false;
      this.#draw();
    });
  }

  /** The facts of the ring as drawn. */
  get state() {
    const { positions, weights, newest } = this.#last ?? {};
    return { positions, newest, weights: weights && [...weights], words: [...this.#words] };
  }

  #draw() {
    if (!this.#last) return;
    const { positions, weights, newest } = this.#last;
    if (this.#chosen !== null && !this.#inMemory().includes(this.#chosen)) this.#chosen = null;
    this.#view.show({ positions, weights, word: this.#words.get(newest) ?? '', chosen: this.#chosen });
    this.#say();
  }

  #inMemory() {
    if (!this.#last) return [];
    const { sinks, cold, hot } = this.#last.positions;
    return [sinks, cold, hot].flatMap(({ first, count }) => Array.from({ length: count }, (_, i) => first + i));
  }

  #choose(position) {
    if (position === this.#chosen) return;
    this.#chosen = position;
    this.#draw();
  }

  #key(event) {
    const all = this.#inMemory();
    if (all.length === 0) return;
    const at = this.#chosen === null ? all.length : all.indexOf(this.#chosen);
    const to = { ArrowLeft: at - 1, ArrowDown: at - 1, ArrowRight: at + 1, ArrowUp: at + 1, PageDown: at - 10, PageUp: at + 10,
      Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.#choose(all[Math.min(Math.max(to, 0), all.length - 1)]);
  }

  /** Describes the chosen position, or the newest one. */
  #say() {
    const line = document.getElementById('slot');
    if (!this.#last) {
      line.textContent = '\u00A0';
      this.#element.setAttribute('aria-valuetext', 'empty');
      return;
    }
    const { positions, weights, newest } = this.#last;
    const position = this.#chosen ?? newest;
    const { tier, slot } = this.#view.where(position, positions);
    const word = this.#words.get(position) ?? '';
    const name = word === '' ? 'a token without text' : `“${word.replace(/\n/g, '↵')}”`;
    const weight = weights ? `, attention ${percent(weights[this.#inMemory().indexOf(position)])}` : '';
    const words = `position ${position}: ${name}, ${tier} slot ${slot}${weight}`;
    line.textContent = words;
    this.#element.setAttribute('aria-valuemax', String(newest));
    this.#element.setAttribute('aria-valuenow', String(position));
    this.#element.setAttribute('aria-valuetext', words);
  }
}

function bits({ keys, values }) {
  const name = (format) => format.toUpperCase();
  return keys === values ? `in ${name(keys)}` : `in ${name(keys)} and ${name(values)}`;
}

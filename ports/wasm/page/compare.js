// The same text with and without the cache, side by side, and the time of each token as two curves.
import { svg } from './svg.js';

const tokens = 96;
const width = 640;
const height = 220;
const left = 44;
const right = 80;
const bottom = 30;

const byId = (id) => document.getElementById(id);

export class Compare {
  // Loaded with the page, which may be without a network when the reader asks for it.
  #worker = new Worker(new URL('./compare-worker.js', import.meta.url), { type: 'module' });
  #failed = ''; // why the worker cannot run
  #run = 0; // of the answers that count
  #running = false;
  #points = [];
  #equal = true;
  file = null; // of the current model
  prompt = '';

  constructor() {
    byId('compare').addEventListener('click', () => (this.#running ? this.#end('Stopped.') : this.#begin()));
    this.#worker.addEventListener('message', ({ data }) => {
      if (this.#running && data.run === this.#run) this.#take(data);
    });
    this.#worker.addEventListener('error', (event) => {
      this.#failed = event.message || 'The worker cannot be loaded.';
      if (this.#running) this.#end(this.#failed);
    });
  }

  /** Ends a run, because the model changes. */
  reset() {
    if (this.#running) this.#end('');
  }

  #begin() {
    const problem = this.#failed || (this.file ? '' : 'There is no model.');
    if (problem) {
      byId('compare-status').textContent = problem;
      return;
    }
    this.#points = [];
    this.#equal = true;
    for (const pane of ['with', 'without']) {
      byId(`${pane}-text`).textContent = this.prompt;
      byId(`${pane}-ms`).textContent = '';
    }
    byId('compare').textContent = 'Stop both';
    byId('compare-status').textContent = 'Running.';
    this.#running = true;
    this.#worker.postMessage({ run: ++this.#run, file: this.file, prompt: this.prompt, tokens });
  }

  #take(data) {
    if (data.error) this.#end(data.error);
    else if (data.done) this.#end(this.#summary());
    else this.#point(data);
  }

  #point({ n, pieces, withCache, without, equal }) {
    this.#points.push({ n, withCache, without });
    this.#equal &&= equal;
    byId('with-text').append(pieces[0]);
    byId('without-text').append(pieces[1]);
    byId('with-ms').textContent = `${withCache.toFixed(1)} ms for token ${n}`;
    byId('without-ms').textContent = `${without.toFixed(1)} ms for token ${n}`;
    for (const pane of ['with-text', 'without-text']) byId(pane).scrollTop = byId(pane).scrollHeight;
    if (this.#points.length % 4 === 0) this.#draw();
  }

  #summary() {
    const sum = (key) => this.#points.reduce((total, point) => total + point[key], 0);
    const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(2)} s`;
    const bits = this.#equal ? 'The same tokens, and the same bits in all logits.' : 'The texts differ.';
    return `${this.#points.length} tokens: ${seconds(sum('withCache'))} with the cache, ${seconds(sum('without'))} without. ${bits}`;
  }

  #end(words) {
    this.#running = false;
    this.#worker.postMessage({ run: 0 });
    byId('compare').textContent = 'Run both';
    byId('compare-status').textContent = words;
    if (this.#points.length > 0) this.#draw();
  }

  #draw() {
    const points = this.#points;
    const most = Math.max(...points.map(({ without, withCache }) => Math.max(without, withCache)), 1);
    const longest = points[0].n + tokens - 1;
    const x = (n) => left + ((width - left - right) * n) / longest;
    const y = (milliseconds) => height - bottom - ((height - bottom - 24) * milliseconds) / most;
    const curve = (name, key) => svg('polyline', {
      class: name, points: points.map((point) => `${x(point.n).toFixed(1)},${y(point[key]).toFixed(1)}`).join(' '),
    });
    const last = points[points.length - 1];
    const label = (name, words, key) => svg('text', { class: name, x: x(last.n) + 6, y: y(last[key]) + 4 }, words);
    byId('chart').replaceChildren(svg('svg', { viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' },
      svg('line', { x1: left, y1: height - bottom, x2: width - right, y2: height - bottom }),
      svg('line', { x1: left, y1: y(most), x2: width - right, y2: y(most) }),
      svg('text', { x: left - 6, y: y(most) + 4, 'text-anchor': 'end' }, most.toFixed(0)),
      svg('text', { x: left - 6, y: height - bottom + 4, 'text-anchor': 'end' }, '0'),
      svg('text', { x: 0, y: 12 }, 'milliseconds per token'),
      svg('text', { x: x(longest), y: height - 8, 'text-anchor': 'end' }, `${longest} tokens in the text`),
      curve('without', 'without'), curve('with', 'withCache'),
      label('without', 'without', 'without'), label('with', 'with', 'withCache')));
    byId('chart').setAttribute('aria-label', `Milliseconds per token: with the cache ${last.withCache.toFixed(1)} for token `
      + `${last.n}, without it ${last.without.toFixed(1)}`);
  }
}

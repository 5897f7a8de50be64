// The ring of one layer: its true slots, what is in them, and what the newest query looks at. The sinks are the innermost
// arc, the hot tier is the ring around it, and the cold tier the outermost one.
import { arc, svg } from './svg.js';

const darkAfter = 1200; // milliseconds after the last token
const leastWeight = 0.004; // of a ray that is drawn
const rayWidth = 28; // of weight 1

export class RingView {
  #figure = svg('g');
  #cells = []; // {element, turn, radius, tier, slot}
  #rays = svg('g', { class: 'rays' });
  #word = svg('text', { class: 'word', y: 40 });
  #timer = null;

  constructor(element) {
    const picture = svg('svg', { viewBox: '-205 -205 410 410', 'aria-hidden': 'true', focusable: 'false' }, this.#figure);
    element.replaceChildren(picture);
    picture.addEventListener('pointermove', ({ target }) => {
      const cell = this.#cells.find((one) => one.element === target);
      if (cell?.position !== undefined) this.onPoint?.(cell.position);
    });
  }

  /** Draws the empty slots of a layer. */
  begin(layout) {
    this.layout = layout;
    this.#cells = [];
    const add = (tier, slots, inner, outer, from, to) => {
      for (let slot = 0; slot < slots; ++slot) {
        const width = (to - from) / slots;
        const gap = Math.min(0.0016, width / 6);
        const begin = from + slot * width;
        const element = svg('path', { class: 'cell', d: arc(inner, outer, begin + gap, begin + width - gap) });
        this.#cells.push({ element, tier, slot, turn: begin + width / 2, radius: inner });
      }
    };
    add('sink', layout.sinks, 66, 88, -0.2, 0.2);
    add('hot', layout.ringSlots, layout.hot === 0 ? 160 : 110, layout.hot === 0 ? 196 : 146, 0, 1);
    if (layout.hot > 0) add('cold', layout.coldSlots, 160, 196, 0, 1);
    this.#figure.replaceChildren(...this.#cells.map(({ element }) => element), this.#rays,
      svg('circle', { class: 'query', r: 17 }), svg('text', { class: 'q', y: 7 }, 'q'), this.#word);
    this.#rays.replaceChildren();
    this.#word.textContent = '';
    this.#figure.classList.add('dark');
  }

  /** The cell in which a position is now. */
  #cellOf(position, { sinks, hot }) {
    const { layout } = this;
    if (position < sinks.count) return this.#cells[position];
    const behind = position - layout.sinks;
    if (position >= hot.first) return this.#cells[layout.sinks + behind % layout.ringSlots];
    return this.#cells[layout.sinks + layout.ringSlots + behind % layout.coldSlots];
  }

  /** Shows the memory after a token. `weights` belongs to the positions in order, or is null. */
  show({ positions, weights, word, chosen }) {
    for (const cell of this.#cells) cell.position = undefined;
    const rays = [];
    let index = 0;
    for (const { first, count } of [positions.sinks, positions.cold, positions.hot]) {
      for (let position = first; position < first + count; ++position) {
        const cell = this.#cellOf(position, positions);
        cell.position = position;
        const weight = weights?.[index++] ?? 0;
        if (weight >= leastWeight) rays.push(this.#ray(cell, weight));
      }
    }
    const newest = positions.hot.first + positions.hot.count - 1;
    for (const { element, tier, position } of this.#cells) {
      const own = position === undefined ? '' : ` ${tier}`;
      const mark = position === undefined ? '' : position === chosen ? ' chosen' : position === newest ? ' newest' : '';
      element.setAttribute('class', `cell${own}${mark}`);
    }
    this.#rays.replaceChildren(...rays);
    this.#word.textContent = word.trim() === '' ? '' : `“${word.trim()}”`;
    this.#light();
  }

  /** Where a position is: its tier and slot. */
  where(position, positions) {
    const { tier, slot } = this.#cellOf(position, positions);
    return { tier, slot };
  }

  #ray({ turn, radius }, weight) {
    const angle = 2 * Math.PI * turn;
    const end = (r) => [r * Math.sin(angle), -r * Math.cos(angle)].map((value) => value.toFixed(2));
    const [x1, y1] = end(19);
    const [x2, y2] = end(radius - 2);
    return svg('line', { x1, y1, x2, y2, 'stroke-width': (rayWidth * weight).toFixed(2) });
  }

  /** The query is lit, and goes dark when no token follows. */
  #light() {
    this.#figure.classList.remove('dark');
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#figure.classList.add('dark'), darkAfter);
  }
}

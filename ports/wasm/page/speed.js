// Tokens per second that the worker computes, whatever the pace at which they are shown.

const last = 64; // tokens that count

export class Speed {
  #element;
  #times = [];

  constructor(element) {
    this.#element = element;
  }

  reset() {
    this.#times = [];
    this.#element.textContent = '–';
  }

  add(milliseconds) {
    this.#times.push(milliseconds);
    if (this.#times.length > last) this.#times.shift();
    const sum = this.#times.reduce((total, time) => total + time, 0);
    // Browsers round their clocks, so a few tokens are no measurement.
    if (this.#times.length >= 16 && sum > 0) this.#element.textContent = ((1000 * this.#times.length) / sum).toFixed(0);
  }
}

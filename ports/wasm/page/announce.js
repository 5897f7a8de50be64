// What a screen reader says: whole sentences, a few at a time, and what the buttons did.

const pause = 6000; // milliseconds between announcements
const most = 300; // characters

export class Announcer {
  #element;
  #waiting = '';
  #timer = null;

  constructor(element) {
    this.#element = element;
  }

  /** Text that arrives in pieces. Of a fast text, only the newest sentences are said. */
  text(piece) {
    this.#waiting += piece;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      const end = Math.max(...['. ', '! ', '? ', '.\n', '."'].map((mark) => this.#waiting.lastIndexOf(mark))) + 1;
      if (end > 0) {
        this.#element.textContent = this.#waiting.slice(0, end).trim().slice(-most);
        this.#waiting = this.#waiting.slice(end);
      }
    }, pause);
  }

  say(words) {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#waiting = '';
    this.#element.textContent = words;
  }
}

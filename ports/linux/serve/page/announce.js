// What a screen reader says of a reply: finished sentences in their order, not tokens.

const betweenSayings = 2500; // milliseconds between announcements
const mostSayings = 30; // announcements that stay in the page
const sentenceEnd = /[.!?…:]["”’)*_]*\s|[。！？]|\n/g;

const plain = (text) => text.replace(/[*_`#|>~]+/g, ' ').replace(/\s+/g, ' ').trim();

export class Announcer {
  #region;
  #waiting = '';
  #timer = null;

  constructor(region) {
    this.#region = region;
  }

  /** Text of a reply that arrives in pieces. */
  text(piece) {
    this.#waiting += piece;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      let end = 0;
      for (const { 0: mark, index } of this.#waiting.matchAll(sentenceEnd)) end = index + mark.length;
      this.say(this.#waiting.slice(0, end));
      this.#waiting = this.#waiting.slice(end);
    }, betweenSayings);
  }

  /** The rest of a reply, and how it ended. */
  end(words) {
    const rest = this.#waiting;
    this.clear();
    this.say(`${rest} ${words}`);
  }

  /** Another reply is in view. */
  clear() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#waiting = '';
  }

  say(words) {
    if (plain(words) === '') return;
    const line = document.createElement('p');
    line.textContent = plain(words);
    this.#region.append(line);
    while (this.#region.children.length > mostSayings) this.#region.firstChild.remove();
  }
}

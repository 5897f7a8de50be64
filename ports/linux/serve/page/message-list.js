// The messages of the open conversation, and the place to which they are scrolled.
import { path } from './conversations.js';
import { MessageView } from './message-view.js';

const near = 60; // pixels from the end that count as the end

export class MessageList {
  #scroller;
  #list;
  #toEnd;
  #actions;
  #conversation = null;
  #views = new Map(); // by index of the node
  #follows = true;
  #end = 0; // where it was scrolled to last

  constructor(scroller, list, toEnd, actions) {
    this.#scroller = scroller;
    this.#list = list;
    this.#toEnd = toEnd;
    this.#actions = { ...actions, drawn: () => this.#scroll() };
    scroller.addEventListener('scroll', () => {
      this.#follows = scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop < near;
      toEnd.hidden = this.#follows;
    });
    toEnd.addEventListener('click', () => this.follow());
    const observer = new ResizeObserver(() => this.#scroll());
    observer.observe(scroller);
    observer.observe(list);
  }

  #scroll() {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    // The reader may have left the end, while the event that says so is still to come.
    if (scrollTop < Math.min(this.#end, scrollHeight - clientHeight) - near) this.#follows = false;
    if (this.#follows) {
      this.#scroller.scrollTop = scrollHeight;
      this.#end = this.#scroller.scrollTop;
    } else this.#toEnd.hidden = false;
  }

  /** Scrolls to the end, and stays there as the text grows. */
  follow() {
    this.#end = 0;
    this.#follows = true;
    this.#scroll();
  }

  /** Shows a conversation, of which `run` may be writing a reply. */
  show(conversation, run) {
    if (conversation !== this.#conversation) {
      this.#views.clear();
      this.#list.replaceChildren();
      this.#conversation = conversation;
      this.#end = 0;
      this.#follows = true;
    }
    const indices = path(conversation);
    for (const [index, view] of this.#views) {
      if (indices.includes(index)) continue;
      view.element.remove();
      this.#views.delete(index);
    }
    for (const index of indices) {
      let view = this.#views.get(index);
      if (!view) {
        view = new MessageView(conversation, index, this.#actions);
        this.#views.set(index, view);
        this.#list.append(view.element);
      }
      view.update(run?.index === index ? run : null);
    }
    this.#scroll();
  }

  changed(index, run) {
    this.#views.get(index)?.changed(run);
  }

  view(index) {
    return this.#views.get(index);
  }
}

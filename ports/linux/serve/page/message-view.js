// One message: its text, what can be done with it, and how a reply came about.
import { siblings } from './conversations.js';
import { button, commas, copyButton, make } from './dom.js';
import { MarkdownView } from './markdown-view.js';

const ends = {
  length: 'The reply was cut off at the limit of tokens.',
  stopped: 'Stopped.',
  tool_calls: 'The model asked for a tool. This page has none.',
};

/** "52 tokens, 12.3 per second, first after 0.41 s, prompt of 120". */
export function statsText({ tokens, pieces, prompt, first, speed } = {}) {
  const words = [];
  if (tokens !== undefined) words.push(`${commas(tokens)} tokens`);
  else if (pieces !== undefined) words.push(`about ${commas(pieces)} tokens`);
  if (speed !== undefined) words.push(`${speed < 100 ? speed.toFixed(1) : commas(Math.round(speed))} tokens/s`);
  if (first !== undefined) words.push(`first after ${first.toFixed(2)} s`);
  if (prompt !== undefined) words.push(`prompt of ${commas(prompt)}`);
  return words.join(' · ');
}

export class MessageView {
  #conversation;
  #index;
  #actions;
  #drawn = 0; // milliseconds that the last drawing took
  #timer = null;
  #run = null;
  #body = make('div', { className: 'body' });
  #note = make('p', { className: 'note' });
  #stats = make('span', { className: 'stats' });
  #versions = make('span', { className: 'versions' });
  #buttons = make('span', { className: 'buttons' });
  #reasoning = make('div', { className: 'reasoned', dir: 'auto' });
  #thoughts = make('details', { className: 'reasoning', hidden: true }, make('summary', {}, 'Reasoning'), this.#reasoning);
  #copy = copyButton('Copy', () => this.node.content, { title: 'Copy the text as it was written' });
  #markdown = new MarkdownView(this.#body);

  /** `actions` has regenerate(index), edit(index, text), choose(index) and now(). */
  constructor(conversation, index, actions) {
    this.#conversation = conversation;
    this.#index = index;
    this.#actions = actions;
    const { role } = this.node;
    this.element = make('li', { className: `message ${role}` }, make('h2', {}, role === 'user' ? 'You' : 'Assistant'),
      ...(role === 'user' ? [this.#body] : [this.#thoughts, this.#body, this.#note]),
      make('div', { className: 'foot' }, this.#buttons, this.#versions, this.#stats));
    this.#buttons.append(this.#copy);
    if (role === 'user') this.#buttons.append(button('Edit', () => this.edit(), { className: 'edit' }));
    else this.#buttons.append(button('Regenerate', () => actions.regenerate(index), { className: 'regenerate' }));
  }

  get node() {
    return this.#conversation.nodes[this.#index];
  }

  /** Shows the state of the message soon: a text that is slow to draw is drawn less often. */
  changed(run) {
    this.#run = run;
    this.#timer ??= setTimeout(() => this.update(this.#run), Math.max(30, 4 * this.#drawn));
  }

  update(run = null) {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#run = run;
    const start = performance.now();
    const { node } = this;
    if (node.role === 'user') this.#showGiven();
    else this.#showReply(node, run);
    this.#stats.textContent = node.role === 'user' ? '' : statsText(node.stats);
    this.#buttons.hidden = run !== null || this.#body.querySelector('form') !== null;
    this.#copy.hidden = node.content === '';
    this.#showVersions(run);
    this.#drawn = performance.now() - start;
    this.#actions.drawn();
  }

  #showGiven() {
    if (this.#body.querySelector('form')) return; // it is being edited
    const { content } = this.node;
    if (this.#body.textContent !== content) this.#body.replaceChildren(make('p', { className: 'given', dir: 'auto' }, content));
  }

  #showReply(node, run) {
    this.#markdown.set(node.content, run !== null);
    this.#thoughts.hidden = !node.reasoning;
    const reasoning = node.reasoning ?? '';
    if (this.#reasoning.textContent !== reasoning) this.#reasoning.textContent = reasoning;
    this.element.classList.toggle('writing', run !== null);
    this.element.setAttribute('aria-busy', String(run !== null));
    this.#note.className = node.end === 'failed' ? 'note problem' : 'note';
    if (run?.wait) {
      const seconds = Math.max(0, Math.ceil((run.wait.until - performance.now()) / 1000));
      const words = `${run.wait.words} Next try in ${seconds} s. `;
      if (this.#note.firstElementChild) this.#note.firstChild.data = words;
      else this.#note.replaceChildren(words, button('Try now', () => this.#run.wait?.now(), { className: 'now' }));
    } else this.#note.textContent = run ? (run.pieces === 0 ? 'Waiting for the first token.' : '') : this.#endNote(node);
  }

  #endNote(node) {
    if (node.end === 'failed') return node.error;
    if (node.end === undefined) return 'This reply is incomplete: its page was closed, or another tab is writing it.';
    return ends[node.end] ?? (node.content ? '' : 'The reply is empty.');
  }

  #showVersions(run) {
    const all = siblings(this.#conversation, this.#index);
    const at = all.indexOf(this.#index);
    const key = `${at} ${all.length} ${run !== null}`;
    if (this.#versions.dataset.key === key) return;
    this.#versions.dataset.key = key;
    if (all.length < 2) {
      this.#versions.replaceChildren();
      return;
    }
    const step = (words, label, to) => button(words, () => this.#actions.choose(all[to]),
      { 'aria-label': label, title: label, disabled: to < 0 || to === all.length || run !== null });
    this.#versions.replaceChildren(step('‹', 'Earlier version', at - 1), make('span', {}, `${at + 1} of ${all.length}`),
      step('›', 'Later version', at + 1));
  }

  /** Turns the message into a field. Sending branches the conversation; Escape leaves everything as it was. */
  edit() {
    const field = make('textarea', { value: this.node.content, rows: 4, 'aria-label': 'Edited message', dir: 'auto' });
    const close = () => {
      this.#body.replaceChildren();
      this.update();
      this.#buttons.querySelector('.edit').focus();
    };
    const form = make('form', { className: 'editor' }, field, make('div', { className: 'buttons' },
      make('button', { type: 'submit', className: 'main' }, 'Send'), button('Cancel', close)));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      if (field.value.trim() === '') return;
      this.#body.replaceChildren();
      this.update();
      this.#actions.edit(this.#index, field.value);
    });
    form.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') {
        event.stopPropagation();
        close();
      } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    });
    this.#body.replaceChildren(form);
    this.#buttons.hidden = true;
    field.focus();
  }
}

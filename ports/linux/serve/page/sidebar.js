// The list of conversations: open, rename, export, delete; import from a file.
import { exported, imported } from './conversations.js';
import { button, byId, make } from './dom.js';

const titleOf = ({ title }) => title || 'New conversation';

function download(conversations, name) {
  const address = URL.createObjectURL(new Blob([exported(conversations)], { type: 'application/json' }));
  make('a', { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

export class Sidebar {
  #actions;
  #open = byId('open-side');
  #renames = false; // then the list stays as it is

  /** `actions` has all(), current(), isRunning(conversation), open(conversation), create(), rename(conversation), remove(conversation),
   * add(conversations) and say(words). */
  constructor(actions) {
    this.#actions = actions;
    byId('new').addEventListener('click', () => actions.create());
    byId('export').addEventListener('click', () => download(actions.all(), 'ringlet-conversations.json'));
    byId('import').addEventListener('click', () => byId('import-file').click());
    byId('import-file').addEventListener('change', () => this.#import());
    this.#open.addEventListener('click', () => this.toggle(true));
    byId('close-side').addEventListener('click', () => this.toggle(false));
  }

  /** On a narrow screen the list covers the page. */
  toggle(shown) {
    const narrow = getComputedStyle(this.#open).display !== 'none';
    document.body.classList.toggle('side', shown && narrow);
    document.querySelector('main').inert = shown && narrow;
    this.#open.setAttribute('aria-expanded', String(shown && narrow));
    if (shown) (byId('list').querySelector('[aria-current]') ?? byId('new')).focus();
    else if (narrow) this.#open.focus();
  }

  get covers() {
    return document.body.classList.contains('side');
  }

  show() {
    if (this.#renames) return;
    const list = byId('list');
    const focused = [...list.querySelectorAll('button')].indexOf(document.activeElement);
    const { all, current, isRunning, open } = this.#actions;
    const shown = current();
    list.replaceChildren(...all().map((conversation) => {
      const isOpen = conversation === shown;
      const name = button(titleOf(conversation), () => open(conversation), { className: 'name', dir: 'auto' });
      if (isOpen) name.setAttribute('aria-current', 'page');
      if (isRunning(conversation)) name.append(make('span', { className: 'dot ready', role: 'img', 'aria-label': ', being answered' }));
      return make('li', {}, name, ...(isOpen ? [this.#tools(conversation, name)] : []));
    }));
    if (focused >= 0) list.querySelectorAll('button')[focused]?.focus();
    byId('export').disabled = all().length === 0;
  }

  #tools(conversation, name) {
    return make('div', { className: 'buttons' }, button('Rename', () => this.#rename(conversation, name)),
      button('Export', () => download([conversation], 'ringlet-conversation.json')), this.#removeButton(conversation));
  }

  /** The first press asks, the second deletes. */
  #removeButton(conversation) {
    let sure = false;
    const made = button('Delete', () => {
      if (sure) {
        this.#actions.remove(conversation);
        return;
      }
      sure = true;
      made.textContent = 'Really delete?';
      this.#actions.say('Press again to delete this conversation.');
      setTimeout(() => {
        sure = false;
        made.textContent = 'Delete';
      }, 5000);
    });
    return made;
  }

  #rename(conversation, name) {
    const field = make('input', { value: conversation.title, maxLength: 200, 'aria-label': 'Title of the conversation', dir: 'auto' });
    this.#renames = true;
    const end = (keep) => {
      if (!this.#renames) return;
      this.#renames = false;
      if (keep && field.value.trim()) conversation.title = field.value.trim();
      this.#actions.rename(conversation);
      byId('list').querySelector('[aria-current]')?.focus();
    };
    field.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== 'Escape') return;
      event.preventDefault();
      event.stopPropagation();
      end(event.key === 'Enter');
    });
    field.addEventListener('blur', () => end(true));
    name.replaceWith(field);
    field.select();
  }

  async #import() {
    const input = byId('import-file');
    const [file] = input.files;
    if (!file) return;
    const said = byId('import-result');
    try {
      const conversations = imported(await file.text());
      await this.#actions.add(conversations);
      said.textContent = `${conversations.length} imported.`;
    } catch (error) {
      said.textContent = `Not imported: ${error.message}.`;
    }
    input.value = '';
  }
}

// Settings of a conversation (system prompt and sampling), and the colours of the page.
import { samplingNames } from './conversations.js';
import { byId } from './dom.js';
import { keep, kept } from './store.js';

const dark = matchMedia('(prefers-color-scheme: dark)');

/** Colours as chosen: 'auto', 'light' or 'dark'. */
function paint(theme) {
  document.documentElement.dataset.theme = theme === 'auto' ? (dark.matches ? 'dark' : 'light') : theme;
}

export function startTheme() {
  const field = byId('theme');
  field.value = kept(() => localStorage, 'ringlet-theme') ?? 'auto';
  field.addEventListener('change', () => {
    keep(() => localStorage, 'ringlet-theme', field.value);
    paint(field.value);
  });
  dark.addEventListener('change', () => paint(field.value));
  paint(field.value);
}

export class Settings {
  #dialog = byId('settings');
  #conversation = null;

  /** `changed(conversation)` is called after each change. */
  constructor(changed) {
    const take = () => {
      this.#conversation.system = byId('system').value;
      const entries = samplingNames.map((name) => [name, byId(name)]).filter(([, field]) => field.value !== '' && field.validity.valid);
      this.#conversation.sampling = Object.fromEntries(entries.map(([name, field]) => [name, field.valueAsNumber]));
      this.#showProblem();
      changed(this.#conversation);
    };
    byId('settings-form').addEventListener('input', take);
    byId('settings-form').addEventListener('submit', (event) => event.preventDefault());
    byId('defaults').addEventListener('click', () => {
      for (const name of samplingNames) byId(name).value = '';
      take();
    });
  }

  #showProblem() {
    const wrong = samplingNames.map(byId).find(({ validity }) => !validity.valid);
    byId('settings-problem').textContent = wrong ? `${wrong.labels[0].firstChild.data.trim()}: ${wrong.validationMessage}` : '';
  }

  open(conversation) {
    this.#conversation = conversation;
    byId('system').value = conversation.system;
    for (const name of samplingNames) byId(name).value = conversation.sampling[name] ?? '';
    this.#showProblem();
    this.#dialog.showModal();
  }
}

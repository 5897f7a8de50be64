// The house that obeys: a model of its own in a worker of its own, a drawing, and a line to type commands. Loaded when
// somebody opens it.
import { connect } from '../ringlet/index.js';
import { Announcer } from '../announce.js';
import { decide } from './decide.js';
import { drawHouse } from './drawing.js';
import { divideHome, readHome } from './home.js';
import { Obedience } from './obey.js';

const byId = (id) => document.getElementById(id);
const form = '<say>{}<json>';
const longestAnswer = 125; // tokens, as the firmware has
const mostEntries = 5;
const words = { act: 'acts', ask: 'asks again', ignore: 'ignores it' };

async function bytesAt(name) {
  const response = await fetch(`house/${name}`);
  if (!response.ok) throw new Error(`${name}: HTTP status ${response.status}`);
  return response;
}

function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/** Resolves when the style is there, so that nothing is drawn without it. */
function addStyle() {
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = 'house/house.css';
  document.head.append(link);
  return new Promise((resolve, reject) => {
    link.addEventListener('load', resolve);
    link.addEventListener('error', () => reject(new Error('house.css: cannot be loaded')));
  });
}

export class House {
  #session;
  #home;
  #obedience;
  #announcer = new Announcer(byId('house-announce'));
  #turn = Promise.resolve();

  /** Loads all that the house needs. */
  static async open() {
    const house = new House();
    const worker = connect();
    try {
      const [model, grammar, home, text] = await Promise.all([
        bytesAt('commands.ringlet').then((response) => response.blob()).then((blob) => worker.load(blob)),
        bytesAt('commands.rglg').then((response) => response.arrayBuffer()),
        bytesAt('home.bin').then((response) => response.arrayBuffer()).then(divideHome),
        bytesAt('home.txt').then((response) => response.text()),
        addStyle(),
      ]);
      house.#session = await model.createSession({ ...home, grammar, temperature: 0, spanBytes: 160, longestWord: 164, prefillChunk: 4 });
      house.#home = readHome(text);
      house.#obedience = new Obedience(house.#home);
      byId('house-bytes').textContent = (await house.#session.plan()).bytes.toLocaleString('en');
    } catch (error) {
      worker.close();
      throw error;
    }
    house.#show();
    return house;
  }

  get devices() {
    return this.#home.devices;
  }

  #show() {
    const rooms = this.#home.rooms.slice(1).map(({ name }) => new Option(name, name));
    byId('house-here').replaceChildren(...rooms);
    byId('house-here').addEventListener('change', () => this.#draw());
    byId('house-form').addEventListener('submit', (event) => {
      event.preventDefault();
      const said = byId('house-say').value.trim();
      byId('house-say').value = '';
      if (said) this.say(said);
    });
    for (const button of document.querySelectorAll('#house-examples button')) {
      button.addEventListener('click', () => this.say(button.textContent));
    }
    this.#draw();
  }

  #draw() {
    drawHouse(byId('house-drawing'), this.#home, byId('house-here').value);
  }

  /** Answers commands in their order. */
  say(said) {
    this.#turn = this.#turn.then(() => this.#answer(said)).catch((error) => {
      byId('house-problem').textContent = error.message;
    });
    return this.#turn;
  }

  async #answer(said) {
    byId('house-problem').textContent = '';
    const begin = performance.now();
    const answer = await this.#session.answer(said, { form, special: true, tokens: longestAnswer });
    this.take(said, answer, performance.now() - begin);
  }

  /** Shows an answer, and does what is to be done with it. */
  take(said, answer, milliseconds) {
    const actions = answer.complete ? JSON.parse(answer.text) : [];
    const decision = decide(actions, answer);
    const entry = element('li', decision);
    const told = element('p', 'told');
    entry.append(
      element('p', 'said', `“${said}”`),
      element('p', '', element('code', '', answer.text)),
      element('p', 'sure', element('strong', '', `${words[decision]}`),
        ` · confidence ${answer.confidence.toFixed(3)} · allowed ${answer.allowed.toFixed(3)} · ${milliseconds.toFixed(0)} ms`),
      told);
    byId('house-log').prepend(entry);
    while (byId('house-log').children.length > mostEntries) byId('house-log').lastElementChild.remove();
    if (decision === 'act') this.#act(actions, told);
    else if (decision === 'ask') this.#ask(actions, entry, told);
    else this.#tell(told, actions.length > 0 && actions.every((action) => action.do === 'none')
      ? actions.map((action) => this.#obedience.do(action, '')).join(' ') : 'Not sure enough to do anything.');
  }

  #tell(told, what) {
    told.textContent = what;
    this.#announcer.say(what);
  }

  #act(actions, told) {
    this.#tell(told, actions.map((action) => this.#obedience.do(action, byId('house-here').value)).join(' '));
    this.#draw();
  }

  #ask(actions, entry, told) {
    const yes = element('button', '', 'Yes, do it');
    yes.type = 'button';
    yes.addEventListener('click', () => {
      yes.remove();
      byId('house-say').focus();
      this.#act(actions, told);
    });
    this.#tell(told, 'Is that what you mean?');
    entry.append(yes);
  }
}

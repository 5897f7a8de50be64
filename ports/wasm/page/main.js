// The page: a model in a worker, and the views of what it does.
import { connect } from './ringlet/index.js';
import { Announcer } from './announce.js';
import { Compare } from './compare.js';
import { showDigest } from './digest-view.js';
import { acceptFiles } from './files.js';
import { offerHouse } from './offer-house.js';
import { showPlan } from './plan-view.js';
import { RingPanel } from './ring-panel.js';
import { memoryOptions, settings, textOptions } from './settings.js';
import { Speed } from './speed.js';
import { Story, StoryText } from './story.js';

const byId = (id) => document.getElementById(id);
const bundled = 'storyteller.ringlet';

const worker = connect();
const announcer = new Announcer(byId('announce'));
const ring = new RingPanel(byId('ring'));
const text = new StoryText(byId('story'));
const compare = new Compare();
const speed = new Speed(byId('speed'));
let current = null; // {model, story, options}
let layer = 0; // in view
let workstation;

const show = {
  began({ prompt, tokens, watched, ring: { layers } }) {
    text.begin(prompt);
    ring.begin(layers[layer].layout, tokens, watched);
    speed.reset();
    byId('position').textContent = '0';
  },
  token(event) {
    text.append(event.text);
    announcer.text(event.text);
    ring.token(event, layer);
    speed.add(event.milliseconds);
    byId('position').textContent = event.position.toLocaleString('en');
  },
  state(running) {
    byId('toggle').textContent = running ? 'Stop' : 'Continue';
    byId('toggle').disabled = false;
  },
  failed: (error) => problem(error.message),
};

function problem(words) {
  byId('problem').textContent = words;
}

const pace = () => Number(byId('pace').value);

/** Work that replaces the text or the model is done one at a time. */
let turn = Promise.resolve();
function inTurn(work) {
  turn = turn.then(work);
  return turn;
}

async function start() {
  if (!current) return; // and the problem stays in view
  problem('');
  try {
    layer = Number(byId('layer').value);
    compare.prompt = byId('prompt').value;
    await current.story.start({ ...current.options, ...textOptions() }, layer, byId('prompt').value, pace);
  } catch (error) {
    problem(error.message);
  }
}

/** Layers with a ring of their own. The one in the middle is in view at first. */
async function listLayers(model, options) {
  const session = await model.createSession(options);
  const { layers } = await session.ring();
  await session.close();
  const rings = layers.flatMap(({ layout }, i) => (layout.window > 0 ? [i] : []));
  if (rings.length === 0) rings.push(0);
  byId('layer').replaceChildren(...rings.map((i) => new Option(`${i + 1} of ${layers.length}`, String(i))));
  byId('layer').value = String(rings[Math.floor(rings.length / 2)]);
  return layers;
}

/** Replaces the model. What cannot be loaded leaves the page as it was. */
async function open(file, isBundled) {
  workstation ??= await settings();
  const model = await worker.load(file);
  const options = memoryOptions(workstation, model);
  let plan;
  let layers;
  try {
    plan = await model.plan(options);
    layers = await listLayers(model, options);
  } catch (error) {
    await model.unload();
    throw error;
  }
  await current?.story.close();
  await current?.model.unload();
  compare.reset();
  compare.file = file;
  current = { model, options, story: new Story(model, show) };
  layer = Number(byId('layer').value);
  show.began({ prompt: '', tokens: [], watched: false, ring: { layers } });
  byId('toggle').disabled = true;
  showPlan(plan, model);
  byId('kernels').textContent = model.kernels;
  await start();
  await showDigest(model, workstation, isBundled);
}

async function openOwn(file) {
  byId('file-problem').textContent = '';
  byId('file-status').textContent = `Loading ${file.name}.`;
  try {
    await open(file, false);
    byId('file-status').textContent = `${file.name} is loaded.`;
  } catch (error) {
    byId('file-status').textContent = current ? 'The earlier model is still loaded.' : 'No model is loaded.';
    byId('file-problem').textContent = `${file.name}: ${error.message}`;
  }
}

byId('settings').addEventListener('submit', (event) => {
  event.preventDefault();
  announcer.say('A new story starts.');
  inTurn(start);
});
byId('toggle').addEventListener('click', async () => {
  const { story } = current;
  if (story.isRunning) {
    await story.stop();
    announcer.say('Stopped.');
  } else {
    announcer.say('Continues.');
    story.continue(pace);
  }
});
acceptFiles((file) => inTurn(() => openOwn(file)));

/** What tests read of the page. */
window.ringletPage = { state: () => ({ ring: ring.state, running: current?.story.isRunning ?? false }) };

async function openBundled() {
  try {
    const [response] = await Promise.all([fetch(bundled), settings().then((facts) => {
      workstation = facts;
      offerHouse(facts.houseBytes);
    })]);
    if (!response.ok) throw new Error(`${bundled}: HTTP status ${response.status}`);
    await open(await response.blob(), true);
    byId('file-status').textContent = 'The bundled storyteller is loaded.';
  } catch (error) {
    problem(error.message);
    byId('file-status').textContent = 'No model is loaded.';
    byId('digest-mark').textContent = 'not computed';
  }
}
inTurn(openBundled);

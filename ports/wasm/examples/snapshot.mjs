// A story that goes on after the page was closed.
import { loadSnapshot, Model, saveSnapshot } from 'ringlet';

const model = await Model.load('storyteller.ringlet');
const session = model.createSession({ seed: 1 });
const snapshot = await loadSnapshot('tale');
if (snapshot) session.restore(snapshot);
const prompt = snapshot ? '' : 'Once upon a time';
for await (const text of session.generate(prompt, { tokens: 50, ignoreEnd: true })) {
  document.body.append(text);
}
await saveSnapshot('tale', session.snapshot());

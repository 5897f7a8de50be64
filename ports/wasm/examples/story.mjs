// Tells a story on a page, without a worker: for scripts and for a first try.
import { Model } from 'ringlet';

const model = await Model.load('storyteller.ringlet');
const session = model.createSession({ context: 256, kv: 'int8', seed: 1 });
for await (const text of session.generate('Once upon a time', { tokens: 100 })) {
  document.body.append(text);
}

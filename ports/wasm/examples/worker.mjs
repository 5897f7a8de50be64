// The same in a worker, so that the page stays smooth, with the ring of every token.
import { connect } from 'ringlet';

const worker = connect(); // starts worker.js beside the package's scripts
const model = await worker.load('storyteller.ringlet');
const session = await model.createSession({ context: 64, kv: 'int4', hotWindow: 16, seed: 1 });

const stop = new AbortController();
document.addEventListener('keydown', (event) => event.key === 'Escape' && stop.abort());
const options = { tokens: 200, ring: true, signal: stop.signal };
for await (const { text, position, ring } of session.tokens('Once upon a time', options)) {
  document.body.append(text);
  const { sinks, cold, hot } = ring.layers[0]; // positions that are in memory
  document.title = `${position}: ${sinks.count} + ${cold.count} + ${hot.count}`;
}
worker.close();

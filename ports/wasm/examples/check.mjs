// What a session will cost, and whether this browser computes what every other machine does.
import { Model, RingletError } from 'ringlet';

const model = await Model.load('storyteller.ringlet');
console.log(model.plan({ context: 128, kv: 'int4' }).bytes); // before there is a session
console.log(model.digest({ kv: 'int8' })); // what `ringlet digest --kv int8` prints
try {
  model.plan({ context: 4096 });
} catch (error) {
  if (!(error instanceof RingletError)) throw error;
  console.log(`${error.message} [${error.setting}: ${error.suggestion}]`);
}

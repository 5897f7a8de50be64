// Runs the test's module: node run_wasm.mjs MODULE MODEL
import { readFileSync } from 'node:fs';

const [file, model] = process.argv.slice(2);
const { exports } = (await WebAssembly.instantiate(readFileSync(file))).instance;
const bytes = readFileSync(model);
new Uint8Array(exports.memory.buffer, exports.storyteller_model.value).set(bytes);
new DataView(exports.memory.buffer).setUint32(exports.storyteller_model_bytes.value, bytes.length, true);
const status = exports.run();
const text = Buffer.from(exports.memory.buffer, exports.printed.value, 4096).toString('latin1');
process.stdout.write(text.slice(0, text.indexOf('\0')));
process.exitCode = status;

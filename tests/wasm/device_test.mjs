// Runs the device tests, which are a module: node device_test.mjs MODULE
import { readFileSync } from 'node:fs';

const decoder = new TextDecoder();
const { instance } = await WebAssembly.instantiate(readFileSync(process.argv[2]), {
  host: {
    print: (address, size) => process.stdout.write(
      decoder.decode(new Uint8Array(instance.exports.memory.buffer, address, size))),
  },
});
process.exitCode = instance.exports.run_tests();

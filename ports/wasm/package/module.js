// The compiled module and its instances. Each model has an instance, and so a linear memory, of its own.
import { lastError } from './error.js';
import { LinearMemory } from './memory.js';
import { bytesOf } from './source.js';

const decoder = new TextDecoder();
const beside = new URL('./ringlet.wasm', import.meta.url);
let compiled; // of the file beside this one

/** A module with one function, () => v128.const 0. */
const simd = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 22, 1, 20, 0, 253, 12,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 11);

async function compile(source) {
  if (typeof WebAssembly !== 'object' || !WebAssembly.validate(simd)) {
    throw new Error('ringlet.wasm: this engine has no WebAssembly with SIMD; Chrome 91, Firefox 89 and Safari 16.4 have it');
  }
  return source instanceof WebAssembly.Module ? source : WebAssembly.compile(await bytesOf(source));
}

/** Compiles the module once, from the file beside this one or from elsewhere. */
export function compileRinglet(source) {
  if (source !== undefined) return compile(source);
  compiled ??= compile(beside).catch((error) => {
    compiled = undefined;
    throw error;
  });
  return compiled;
}

export class Instance {
  static async create(source) {
    const instance = await WebAssembly.instantiate(await compileRinglet(source), {});
    return new Instance(instance.exports);
  }

  constructor(exports) {
    this.exports = exports;
    this.memory = new LinearMemory(exports.memory, exports.__heap_base.value);
  }

  /** The text at an address, up to a zero. */
  text(address) {
    const bytes = this.memory.view(address, this.memory.bytes - address);
    return decoder.decode(bytes.subarray(0, bytes.indexOf(0)));
  }

  /** Throws the error of a call that returned false. */
  check(succeeded) {
    if (!succeeded) throw lastError(this);
  }

  /** Calls `use` with the address of a copy of some bytes and `room` more, and gives the memory back. */
  withCopy(bytes, room, use) {
    const size = bytes.byteLength + room;
    const address = this.memory.take(size);
    try {
      this.memory.view(address, bytes.byteLength).set(bytes);
      return use(address);
    } finally {
      this.memory.give(address, size);
    }
  }
}

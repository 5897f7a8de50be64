// The only place where linear memory grows. Blocks are aligned to 64, as models and sessions need, and blocks that were
// given back are used again; WebAssembly cannot return memory to the system.
import { ownError } from './error.js';

const alignment = 64;
const page = 65536;

export class LinearMemory {
  #memory;
  #end; // of the blocks
  #free = []; // {address, size}, by address

  constructor(memory, begin) {
    this.#memory = memory;
    this.#end = Math.ceil(begin / alignment) * alignment;
  }

  /** Bytes of the whole linear memory. */
  get bytes() {
    return this.#memory.buffer.byteLength;
  }

  /** The address of a new block. */
  take(bytes) {
    if (!Number.isSafeInteger(bytes)) throw new RangeError(`memory: cannot take ${bytes} bytes`);
    const size = Math.max(Math.ceil(bytes / alignment), 1) * alignment;
    const at = this.#free.findIndex((block) => block.size >= size);
    if (at >= 0) {
      const block = this.#free[at];
      if (block.size === size) this.#free.splice(at, 1);
      else this.#free[at] = { address: block.address + size, size: block.size - size };
      return block.address;
    }
    const address = this.#end;
    const missing = Math.ceil((address + size - this.bytes) / page);
    if (missing > 0) this.#grow(missing, size);
    this.#end += size;
    return address;
  }

  /** Gives a block back; `bytes` as it was taken. */
  give(address, bytes) {
    const size = Math.max(Math.ceil(bytes / alignment), 1) * alignment;
    this.#free.push({ address, size });
    this.#free.sort((a, b) => a.address - b.address);
    const merged = [];
    for (const block of this.#free) {
      const last = merged[merged.length - 1];
      if (last && last.address + last.size === block.address) last.size += block.size;
      else merged.push({ ...block });
    }
    const last = merged[merged.length - 1];
    if (last.address + last.size === this.#end) this.#end = merged.pop().address;
    this.#free = merged;
  }

  /** A view of bytes, until the memory grows. */
  view(address, bytes) {
    return new Uint8Array(this.#memory.buffer, address, bytes);
  }

  numbers(address, count) {
    return new Uint32Array(this.#memory.buffer, address, count);
  }

  floats(address, count) {
    return new Float32Array(this.#memory.buffer, address, count);
  }

  #grow(pages, bytes) {
    try {
      this.#memory.grow(pages);
    } catch {
      throw ownError('not_enough_memory', 'memory',
        `this browser does not grant ${bytes.toLocaleString('en')} bytes; take a smaller model or context`);
    }
  }
}

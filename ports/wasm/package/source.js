// Bytes of what callers name: buffers, files, responses and addresses.

const files = 'node:fs/promises'; // a variable, because bundlers for browsers look for the module of an import

/** The bytes at an address. Of files only node reads; browsers fetch everything. */
async function fetched(url) {
  if (url.protocol === 'file:' && typeof process !== 'undefined') {
    const { readFile } = await import(/* webpackIgnore: true */ /* @vite-ignore */ files);
    return readFile(url);
  }
  const response = await fetch(url).catch((error) => {
    throw new Error(`${url}: cannot be fetched (${error.message})`, { cause: error });
  });
  return bytesOf(response);
}

/** The working directory of node, as an address. */
function workingDirectory() {
  const path = process.cwd().replaceAll('\\', '/').replace(/^\//, '');
  return `file:///${path.split('/').map(encodeURIComponent).join('/')}/`;
}

/** An address, relative to the page, or in node to the working directory. */
export function absolute(address) {
  return new URL(address, globalThis.location?.href ?? workingDirectory());
}

/** The bytes of a buffer or of a view of one, without a copy; `name` is what an error calls it. */
export function bytesOfBuffer(name, source) {
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  throw new TypeError(`${name}: must be an ArrayBuffer or a view of one`);
}

export async function bytesOf(source) {
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) return bytesOfBuffer('source', source);
  if (typeof Blob !== 'undefined' && source instanceof Blob) return new Uint8Array(await source.arrayBuffer());
  if (typeof Response !== 'undefined' && source instanceof Response) {
    if (!source.ok) throw new Error(`${source.url || 'response'}: HTTP status ${source.status}`);
    return new Uint8Array(await source.arrayBuffer());
  }
  if (typeof source === 'string' || source instanceof URL) return fetched(absolute(source));
  throw new TypeError('source: must be an ArrayBuffer, a view of one, a Blob or File, a Response, or an address');
}

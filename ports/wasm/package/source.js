// Bytes of what callers name: buffers, files, responses and addresses.

/** The bytes at an address. Of files only node reads; browsers fetch everything. */
async function fetched(url) {
  if (url.protocol === 'file:' && typeof process !== 'undefined') {
    const { readFile } = await import('node:fs/promises');
    return readFile(url);
  }
  return bytesOf(await fetch(url));
}

/** An address, relative to the page. */
export function absolute(address) {
  return new URL(address, globalThis.location?.href);
}

export async function bytesOf(source) {
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  if (typeof Blob !== 'undefined' && source instanceof Blob) return new Uint8Array(await source.arrayBuffer());
  if (typeof Response !== 'undefined' && source instanceof Response) {
    if (!source.ok) throw new Error(`${source.url || 'response'}: HTTP status ${source.status}`);
    return new Uint8Array(await source.arrayBuffer());
  }
  if (typeof source === 'string' || source instanceof URL) return fetched(absolute(source));
  throw new TypeError('source: must be an ArrayBuffer, a view of one, a Blob or File, a Response, or an address');
}

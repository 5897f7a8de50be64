// What the package uses of a browser, for node: Worker by worker_threads, and IndexedDB in memory, with the order of
// events that its standard prescribes (a transaction completes after the success of its last request).
import { Worker as NodeWorker } from 'node:worker_threads';

/** A worker of modules. Its script sees `self`. */
export class Worker extends EventTarget {
  #worker;

  constructor(url, options) {
    super();
    if (options?.type !== 'module') throw new TypeError('only module workers can import');
    const script = `const { parentPort } = require('node:worker_threads');
      globalThis.self = parentPort;
      import(${JSON.stringify(String(url))});`;
    this.#worker = new NodeWorker(script, { eval: true });
    this.#worker.on('message', (data) => this.dispatchEvent(Object.assign(new Event('message'), { data })));
    this.#worker.on('error', ({ message }) => this.dispatchEvent(Object.assign(new Event('error'), { message })));
  }

  postMessage(message, transfer) {
    this.#worker.postMessage(message, transfer);
  }

  terminate() {
    return this.#worker.terminate();
  }
}

/** Databases with one version each, whose transactions are complete when nothing is left to do. */
export class IndexedDb {
  databases = new Map();

  open(name, version) {
    const request = {};
    queueMicrotask(() => {
      const known = this.databases.get(name);
      const database = known ?? { version, stores: new Map() };
      request.result = {
        createObjectStore: (store) => database.stores.set(store, new Map()),
        transaction: (store, mode) => transaction(database.stores.get(store), mode),
        close: () => {},
      };
      if (!known) {
        this.databases.set(name, database);
        request.onupgradeneeded?.();
      }
      request.onsuccess?.();
    });
    return request;
  }
}

function transaction(store, mode) {
  if (!store) throw new DOMException('no such store', 'NotFoundError');
  const result = {};
  const changes = [];
  let active = true;
  const ask = (work) => {
    if (!active) throw new DOMException('the transaction has finished', 'TransactionInactiveError');
    const request = {};
    changes.push(() => {
      request.result = work();
      request.onsuccess?.();
    });
    return request;
  };
  const write = (work) => {
    if (mode !== 'readwrite') throw new DOMException('read only', 'ReadOnlyError');
    return ask(work);
  };
  setTimeout(() => {
    active = false;
    for (const change of changes) change();
    setTimeout(() => result.oncomplete?.());
  });
  result.objectStore = () => ({
    put: (value, key) => write(() => void store.set(key, structuredClone(value))),
    delete: (key) => write(() => void store.delete(key)),
    get: (key) => ask(() => structuredClone(store.get(key))),
    getAllKeys: () => ask(() => [...store.keys()].sort()),
  });
  return result;
}

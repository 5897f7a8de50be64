// Where conversations are kept: the browser's IndexedDB, shared by the tabs of this page.

const databaseName = 'ringlet-conversations';

/** A small text in localStorage or sessionStorage, which `storage()` gives or, where the browser forbids it, throws. */
export function kept(storage, name) {
  try {
    return storage().getItem(name);
  } catch {
    return null;
  }
}

export function keep(storage, name, value) {
  try {
    storage().setItem(name, value);
  } catch { /* then it is forgotten with the page */ }
}

const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

export class Store {
  #database = null; // null: nothing is kept
  #channel = null;

  /** `changed(id)` is called when another tab has changed a conversation. */
  async open(changed) {
    const request = indexedDB.open(databaseName, 1);
    request.onupgradeneeded = () => request.result.createObjectStore('conversations', { keyPath: 'id' });
    this.#database = await done(request);
    this.#channel = new BroadcastChannel(databaseName);
    this.#channel.onmessage = ({ data }) => changed(data);
    // A tab with a later version of the page can then take over.
    this.#database.onversionchange = () => this.#database.close();
  }

  #conversations(mode) {
    return this.#database.transaction('conversations', mode).objectStore('conversations');
  }

  async all() {
    return this.#database ? done(this.#conversations('readonly').getAll()) : [];
  }

  async get(id) {
    return this.#database ? done(this.#conversations('readonly').get(id)) : undefined;
  }

  async put(conversation) {
    if (!this.#database) return;
    await done(this.#conversations('readwrite').put(conversation));
    this.#channel.postMessage(conversation.id);
  }

  async remove(id) {
    if (!this.#database) return;
    await done(this.#conversations('readwrite').delete(id));
    this.#channel.postMessage(id);
  }
}

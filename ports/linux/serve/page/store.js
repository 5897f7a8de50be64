// Where conversations are kept: the browser's IndexedDB, shared by the tabs of this page.

const databaseName = 'ringlet-conversations';

const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

export class Store {
  #database = null; // null: nothing is kept
  #channel = new BroadcastChannel(databaseName);

  /** `changed(id)` is called when another tab has changed a conversation. */
  async open(changed) {
    this.#channel.onmessage = ({ data }) => changed(data);
    const request = indexedDB.open(databaseName, 1);
    request.onupgradeneeded = () => request.result.createObjectStore('conversations', { keyPath: 'id' });
    this.#database = await done(request);
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

// Snapshots in the browser's IndexedDB, by name.
const store = 'snapshots';

/** The result of a request, or of a transaction when it is complete. */
function finished(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = request.oncomplete = () => resolve(request.result);
    request.onerror = request.onabort = () => reject(request.error);
  });
}

async function within(mode, use) {
  if (typeof indexedDB === 'undefined') throw new Error('snapshots: there is no IndexedDB here; keep the bytes elsewhere');
  const opening = indexedDB.open('ringlet', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(store);
  const database = await finished(opening);
  try {
    const transaction = database.transaction(store, mode);
    const complete = finished(transaction);
    const request = use(transaction.objectStore(store));
    await complete; // a snapshot is stored when its transaction is
    return request.result;
  } finally {
    database.close();
  }
}

export async function saveSnapshot(name, bytes) {
  await within('readwrite', (snapshots) => snapshots.put(bytes, name));
}

/** The bytes of a snapshot, or null if there is none of that name. */
export async function loadSnapshot(name) {
  return (await within('readonly', (snapshots) => snapshots.get(name))) ?? null;
}

export async function deleteSnapshot(name) {
  await within('readwrite', (snapshots) => snapshots.delete(name));
}

export async function listSnapshots() {
  return within('readonly', (snapshots) => snapshots.getAllKeys());
}

export { RingletError } from './error.js';
export { Model } from './model.js';
export { compileRinglet } from './module.js';
export { connect, RemoteModel, RemoteSession } from './remote.js';
export { positionsOf } from './ring.js';
export { serve } from './serve.js';
export { Session } from './session.js';
export { deleteSnapshot, listSnapshots, loadSnapshot, saveSnapshot } from './snapshots.js';

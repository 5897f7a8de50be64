// Turns of a thread. A promise that is ready does not let timers, input or painting happen, so an iterator that never waits
// would stop a page, and with it the signal that should end the text.

const milliseconds = 8; // of work between two turns

/** Resolves after what else waits for this thread. */
function nextTurn() {
  if (typeof setImmediate === 'function') return new Promise((resolve) => { setImmediate(resolve); });
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel(); // a timer would wait for 4 ms
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** The events of an iterator that computes, with a turn for others now and then. */
export async function* sharingThread(events) {
  let until = performance.now() + milliseconds;
  for (const event of events) {
    yield event;
    if (performance.now() < until) continue;
    await nextTurn();
    until = performance.now() + milliseconds;
  }
}

// Writes one text twice, in a worker of its own: with the cache, and computing all tokens again for each one. Posts the
// times of each token, which are those of the forward passes alone. A message with another run ends the present one.
import { compileRinglet, Model } from './ringlet/index.js';

let current = 0; // the run that goes on

/** Resolves after the messages that have arrived. */
function messages() {
  return new Promise((resolve) => { setTimeout(resolve); });
}

function likeliest(logits) {
  let best = 0;
  for (let i = 1; i < logits.length; ++i) {
    if (logits[i] > logits[best]) best = i;
  }
  return best;
}

function timed(work) {
  const begin = performance.now();
  work();
  return performance.now() - begin;
}

function sameBits(a, b) {
  const [x, y] = [a, b].map((logits) => new Uint32Array(logits.buffer, logits.byteOffset, logits.length));
  return x.every((value, i) => value === y[i]);
}

async function write({ run, file, prompt, tokens }) {
  try {
    const model = await Model.load(file);
    const context = Math.min(256, model.architecture.trainedContext);
    const cached = model.createSession({ context });
    const forgetful = model.createSession({ context });
    const sessions = [cached, forgetful];
    const [given] = sessions.map((session) => session.tokenize(prompt).map(({ token }) => token));
    const texts = [[...given], [...given]];
    cached.append(given);
    forgetful.append(given);
    for (let n = given.length; n < Math.min(context, given.length + tokens); ++n) {
      const next = sessions.map((session) => likeliest(session.logits()));
      texts.forEach((text, i) => text.push(next[i]));
      const withCache = timed(() => cached.append([next[0]]));
      const without = timed(() => {
        forgetful.reset();
        forgetful.append(texts[1]);
      });
      const equal = next[0] === next[1] && sameBits(cached.logits(), forgetful.logits());
      const pieces = next.map((token, i) => sessions[i].textOf(token));
      self.postMessage({ run, n: n + 1, pieces, withCache, without, equal });
      await messages();
      if (run !== current) return;
    }
    self.postMessage({ run, done: true });
  } catch (error) {
    self.postMessage({ run, error: error.message });
  }
}

self.addEventListener('message', ({ data }) => {
  current = data.run;
  if (data.file) write(data);
});
compileRinglet().catch(() => {}); // while there is a network; a run says what is wrong

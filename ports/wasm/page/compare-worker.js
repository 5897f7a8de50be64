// Writes one text twice, in a worker of its own: with the cache, and computing all tokens again for each one. Posts the
// times of each token, which are those of the forward passes alone.
import { Model } from './ringlet/index.js';

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

self.addEventListener('message', async ({ data: { file, prompt, tokens } }) => {
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
      self.postMessage({ n: n + 1, pieces: next.map((token, i) => sessions[i].textOf(token)), withCache, without, equal });
    }
    self.postMessage({ done: true });
  } catch (error) {
    self.postMessage({ error: error.message });
  }
});

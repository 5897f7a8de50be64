// Compiled and never run: the package's types, used as a page uses them. Each @ts-expect-error is a mistake that they find.
import { connect, Model, RingletError, saveSnapshot, type Ring, type SessionOptions } from 'ringlet';

async function local(bytes: ArrayBuffer, file: File, response: Response): Promise<number> {
  for (const source of [bytes, new Uint8Array(bytes), file, response, 'model.ringlet', new URL('https://example.org/m')]) {
    await Model.load(source, { verify: false });
  }
  const options: SessionOptions = { context: 128, kv: 'k8v4', seed: 1n, temperature: 0 };
  const model = await Model.load(bytes);
  const session = model.createSession(options);
  for await (const text of session.generate('x', { tokens: 3 })) text.toUpperCase();
  for (const event of session.events()) event.token?.toFixed();
  await saveSnapshot('x', session.snapshot());
  const ring: Ring = session.ring();
  const logits: number = session.logits()?.[0] ?? 0;
  const answers = model.createSession({ grammar: bytes, lists: new Uint8Array(bytes), prefix: bytes, spanBytes: 160 });
  const sure: number = answers.answer('x', { form: '<say>{}', special: true, tokens: 9 }).confidence;
  // @ts-expect-error
  model.createSession({ grammar: 'pets.rglg' });
  // @ts-expect-error
  model.createSession({ kv: 'int5' });
  // @ts-expect-error
  model.plan({ contxt: 1 });
  // @ts-expect-error
  new Model();
  return logits + sure + ring.layers[0]!.hot.count + model.plan().sections[0]!.bytes;
}

async function remote(file: File): Promise<bigint> {
  const worker = connect();
  const session = await (await worker.load(file)).createSession({ sinks: 4 });
  for await (const { ring, text } of session.tokens('x', { ring: true })) text.at(ring?.layers[0]?.sinks.count ?? 0);
  (await session.answer('x')).text.at(0);
  // @ts-expect-error
  session.position.toFixed();
  const caught: unknown = await session.truncate(1).catch((error: unknown) => error);
  worker.close();
  return caught instanceof RingletError ? caught.needed : 0n;
}

void local, remote;

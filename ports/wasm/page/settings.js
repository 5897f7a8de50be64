// Settings with which all of the ring can be seen: a short context, an INT4 cache, and few tokens in its hot tier. They are
// those of the golden digests.

export async function settings() {
  const response = await fetch('workstation.json');
  if (!response.ok) throw new Error(`workstation.json: HTTP status ${response.status}`);
  return response.json();
}

/** Options of a session that fit a model. */
export function memoryOptions({ context, sinks, hotWindow, kv }, model) {
  return { context: Math.min(context, model.architecture.trainedContext), sinks, hotWindow, kv };
}

/** What the form says of the text. */
export function textOptions() {
  const number = (id) => document.getElementById(id).valueAsNumber;
  return { seed: number('seed'), temperature: Math.fround(number('temperature')) };
}

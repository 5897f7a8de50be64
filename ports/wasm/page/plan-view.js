// The plan of the memory: one number, a bar, and every section.

const groups = [
  ['sink', 'keys and values of the sinks', /^sink /],
  ['hot', 'keys and values of the newest tokens', /^(hot|ring) |^(keys|values) cache/],
  ['cold', 'keys and values of older tokens', /^cold /],
  ['other', 'logits, sampler, tokenizer and the like', /./],
];
const commas = (number) => number.toLocaleString('en');

/** Bytes by group. Sections that live for a part of a pass share their bytes; together they are what is left. */
export function grouped(plan) {
  const sums = new Map(groups.map(([name]) => [name, 0]));
  for (const { name, bytes, permanent } of plan.sections) {
    if (!permanent) continue;
    const [group] = groups.find(([, , pattern]) => pattern.test(name));
    sums.set(group, sums.get(group) + bytes);
  }
  const permanent = [...sums.values()].reduce((sum, bytes) => sum + bytes, 0);
  return [...groups.map(([name, words]) => ({ name, words, bytes: sums.get(name) })),
    { name: 'work', words: 'working memory of a pass', bytes: plan.bytes - permanent }].filter(({ bytes }) => bytes > 0);
}

function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

export function showPlan(plan, model) {
  const parts = grouped(plan);
  document.getElementById('plan-bytes').textContent = commas(plan.bytes);
  document.getElementById('headline-bytes').textContent = `${commas(plan.bytes)} bytes`;
  document.getElementById('model-bytes').textContent = commas(model.bytes);
  const bar = document.getElementById('plan-bar');
  bar.replaceChildren(...parts.map(({ name, bytes }) => {
    const part = element('span', name);
    part.style.flexGrow = String(bytes);
    return part;
  }));
  bar.setAttribute('aria-label', parts.map(({ words, bytes }) => `${words}: ${commas(bytes)} bytes`).join('; '));
  document.getElementById('plan-legend').replaceChildren(...parts.map(({ name, words, bytes }) =>
    element('li', '', element('i', `swatch ${name}`), `${words}: ${commas(bytes)}`)));
  document.getElementById('plan-rows').replaceChildren(...plan.sections.map((section) => {
    const use = section.permanent ? 'always'
      : section.firstStage === section.lastStage ? section.firstStage : `${section.firstStage} to ${section.lastStage}`;
    return element('tr', '', ...[section.name, commas(section.offset), commas(section.bytes), use].map((words) => element('td', '', words)));
  }));
}

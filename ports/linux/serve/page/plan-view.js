// The memory of the server: one number, a bar of its parts, and every section of the plan.
import { byId, commas, make } from './dom.js';

const groups = [
  ['sink', 'keys and values of the first tokens', /^sink /],
  ['hot', 'keys and values of the newest tokens', /^(hot|ring) |^(keys|values) cache/],
  ['cold', 'keys and values of older tokens', /^cold /],
  ['other', 'logits, samplers, tokenizer and the like', /./],
];

/** Bytes by group. Sections that live for a part of a pass share bytes; together they are what is left. */
export function grouped({ sections, ram_bytes: total }) {
  const sums = new Map(groups.map(([name]) => [name, 0]));
  for (const { name, bytes, always } of sections) {
    if (!always) continue;
    const [group] = groups.find(([, , pattern]) => pattern.test(name));
    sums.set(group, sums.get(group) + bytes);
  }
  const kept = [...sums.values()].reduce((sum, bytes) => sum + bytes, 0);
  const parts = groups.map(([name, words]) => ({ name, words, bytes: sums.get(name) }));
  if (sums.get('cold') === 0) parts[1].words = 'keys and values of all later tokens';
  return [...parts, { name: 'work', words: 'working memory of a pass', bytes: total - kept }].filter(({ bytes }) => bytes > 0);
}

function bar(parts) {
  return parts.map(({ name, bytes }) => {
    const part = make('span', { className: name });
    part.style.flexGrow = String(bytes);
    return part;
  });
}

function row({ name, offset, bytes, always, first_stage: first, last_stage: last }) {
  const use = always ? 'always' : first === last ? first : `${first} to ${last}`;
  return make('tr', {}, ...[name, commas(offset), commas(bytes), use].map((words) => make('td', {}, words)));
}

export function showPlan(plan) {
  const parts = grouped(plan);
  const { ram_bytes: total, pool, context, kv, flash_bytes: file } = plan;
  const seats = pool?.sessions ?? 1;
  byId('ram').hidden = false;
  byId('ram-bytes').textContent = `${commas(total)} bytes of RAM`;
  byId('plan').hidden = false;
  byId('plan-bytes').textContent = commas(total);
  byId('plan-facts').textContent = `Memory for ${commas(seats)} ${seats === 1 ? 'conversation' : 'conversations'} at once, `
    + `of ${commas(context)} tokens each, with a cache of ${kv}. The ${commas(file)} bytes of the model are read in place.`;
  for (const id of ['ram-bar', 'plan-bar']) byId(id).replaceChildren(...bar(parts));
  byId('plan-bar').setAttribute('aria-label', parts.map(({ words, bytes }) => `${words}: ${commas(bytes)} bytes`).join('; '));
  byId('plan-legend').replaceChildren(...parts.map(({ name, words, bytes }) =>
    make('li', {}, make('i', { className: `swatch ${name}` }), `${words}: ${commas(bytes)}`)));
  byId('plan-rows').replaceChildren(...plan.sections.map(row));
}

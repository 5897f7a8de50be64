// Elements. Text becomes text nodes; nothing here parses HTML.

export const byId = (id) => document.getElementById(id);

/** An element with properties (names with a dash, and role, are attributes) and children. */
export function make(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.includes('-') || key === 'role') element.setAttribute(key, value);
    else element[key] = value;
  }
  element.append(...children);
  return element;
}

export const button = (words, onclick, properties = {}) => make('button', { type: 'button', onclick, ...properties }, words);

/** A number for people: 1,234,567. */
export const commas = (number) => number.toLocaleString('en');

/** Copies text. Pages of another machine without TLS have no navigator.clipboard. */
export async function copyText(text) {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch { /* refused: the older way below */ }
  }
  const field = make('textarea', { value: text, readOnly: true, className: 'copied' });
  const focused = document.activeElement;
  (focused?.closest('dialog') ?? document.body).append(field);
  field.select();
  const copied = document.execCommand('copy');
  field.remove();
  focused?.focus();
  return copied;
}

/** A button that copies, and says so in place of its words for a moment. */
export function copyButton(words, text, properties = {}) {
  const made = button(words, async () => {
    const copied = await copyText(text());
    made.textContent = copied ? 'Copied' : 'Not copied';
    setTimeout(() => { made.textContent = words; }, 1500);
  }, properties);
  return made;
}

// Markdown as elements. A text that grows changes only its last blocks, so nothing else flickers or loses its selection.
import { copyButton, make } from './dom.js';
import { parse } from './markdown-blocks.js';
import { inline } from './markdown-inline.js';

const longest = 50000; // characters of a block with marks in them; longer ones are shown as they are

function elements(nodes) {
  return nodes.map((node) => {
    if (typeof node === 'string') return node;
    const { tag, href, nodes: children } = node;
    const link = href ? { href, rel: 'noopener noreferrer', target: '_blank', title: href } : {};
    return make(tag, link, ...elements(children));
  });
}

const text = (name, source, open, properties = {}) => make(name, { dir: 'auto', ...properties }, ...elements(inline(source, open)));

function codeBlock({ language, text: source }) {
  const code = make('code', {}, document.createTextNode(source));
  const title = language || 'code';
  return make('div', { className: 'code' },
    make('div', { className: 'code-bar' }, make('span', {}, title),
      copyButton('Copy', () => code.textContent, { 'aria-label': `Copy ${title}` })),
    make('pre', { tabIndex: 0, dir: 'ltr', role: 'region', 'aria-label': title }, code));
}

function listBlock({ start, items }, open) {
  return make(start === null ? 'ul' : 'ol', start === null || start === 1 ? {} : { start }, ...items.map((blocks) => {
    const [first] = blocks;
    if (first?.type !== 'paragraph') return make('li', {}, ...blocks.map((block) => render(block, open)));
    const item = text('li', first.text, open && blocks.length === 1);
    item.append(...blocks.slice(1).map((block) => render(block, open)));
    return item;
  }));
}

function tableBlock({ head, rows }, open) {
  const row = (name, cells) => make('tr', {}, ...cells.map((cell) => text(name, cell, open)));
  return make('div', { className: 'scroll', tabIndex: 0, role: 'region', 'aria-label': 'Table' },
    make('table', {}, make('thead', {}, row('th', head)), make('tbody', {}, ...rows.map((cells) => row('td', cells)))));
}

function render(block, open) {
  switch (block.type) {
    case 'code': return codeBlock(block);
    case 'heading': return text('h3', block.text, open, { className: `level${block.level}` });
    case 'rule': return make('hr');
    case 'quote': return make('blockquote', {}, ...block.blocks.map((inner) => render(inner, open)));
    case 'list': return listBlock(block, open);
    case 'table': return tableBlock(block, open);
    case 'plain': return make('p', { dir: 'auto' }, block.text);
    default: return text('p', block.text, open);
  }
}

/** Markdown in an element whose text is set again and again, and mostly grows. */
export class MarkdownView {
  #element;
  #text = '';
  #parts = []; // {source, open, block, node, start}

  constructor(element) {
    this.#element = element;
  }

  /** Shows the text; with `open` more of it follows. */
  set(whole, open = false) {
    // The last block and the one before it can still change, because the last line may be incomplete.
    const keep = whole.startsWith(this.#text) ? Math.max(0, this.#parts.length - 2) : 0;
    const start = keep > 0 ? this.#parts[keep].start : 0;
    this.#text = whole;
    const lines = whole.slice(start).split('\n');
    const offsets = [start];
    for (const line of lines) offsets.push(offsets.at(-1) + line.length + 1);
    const blocks = parse(lines);
    blocks.forEach((block, i) => {
      const source = whole.slice(offsets[block.from], offsets[block.to] - 1);
      this.#place(keep + i, { source, open: open && i === blocks.length - 1, block, start: offsets[block.from] });
    });
    for (const { node } of this.#parts.splice(keep + blocks.length)) node.remove();
  }

  #place(index, part) {
    const old = this.#parts[index];
    const { block, source } = part;
    if (source.length > longest && block.type !== 'code') part.block = { type: 'plain', text: source };
    if (old?.source === source && old.open === part.open && old.block.type === part.block.type) part.node = old.node;
    else if (old?.block.type === 'code' && block.type === 'code' && old.block.language === block.language) {
      part.node = old.node;
      const { firstChild: words } = old.node.querySelector('code');
      if (block.text.startsWith(words.data)) words.appendData(block.text.slice(words.length));
      else words.data = block.text;
    } else {
      part.node = render(part.block, part.open);
      if (old) old.node.replaceWith(part.node);
      else this.#element.append(part.node);
    }
    this.#parts[index] = part;
  }
}

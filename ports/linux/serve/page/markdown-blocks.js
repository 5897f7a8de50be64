// The blocks of a Markdown text: code, headings, lists, quotes, tables and paragraphs, as models write them.

const deepestNesting = 6; // lists and quotes within each other

const blank = (line) => line.trim() === '';

function indentOf(line) {
  let width = 0;
  for (const character of line) {
    if (character === ' ') width += 1;
    else if (character === '\t') width += 4;
    else break;
  }
  return width;
}

/** The line without `width` columns of its indentation. */
function dedent(line, width) {
  let at = 0;
  for (let left = width; left > 0 && (line[at] === ' ' || line[at] === '\t'); ++at) left -= line[at] === ' ' ? 1 : 4;
  return line.slice(at);
}

const fenceOf = (line) => /^ {0,3}(`{3,}|~{3,})([^`]*)$/.exec(line);
const itemOf = (line) => /^[ \t]*([-*+]|\d{1,9}[.)])([ \t]+|$)/.exec(line);
const isHeading = (line) => /^ {0,3}#{1,6}(\s|$)/.test(line);
const isQuote = (line) => /^ {0,3}>/.test(line);
const isRule = (line) => /^(-{3,}|\*{3,}|_{3,})$/.test(line.replace(/[ \t]/g, ''));

function readFence(lines, from) {
  const open = fenceOf(lines[from]);
  if (!open) return null;
  const indent = indentOf(lines[from]);
  const [, mark, info] = open;
  const text = [];
  let to = from + 1;
  for (; to < lines.length; ++to) {
    const line = lines[to].trim();
    if (line.length >= mark.length && line === mark[0].repeat(line.length)) {
      ++to;
      break;
    }
    text.push(dedent(lines[to], indent));
  }
  return { type: 'code', language: info.trim().split(/\s/)[0], text: text.join('\n'), to };
}

function readHeading(lines, from) {
  if (!isHeading(lines[from])) return null;
  const line = lines[from].trim();
  const level = /^#+/.exec(line)[0].length;
  let end = line.length;
  while (end > level && line[end - 1] === '#') --end;
  const closed = end < line.length && /\s/.test(line[end - 1]);
  return { type: 'heading', level, text: line.slice(level, closed ? end : undefined).trim(), to: from + 1 };
}

function readRule(lines, from) {
  return isRule(lines[from]) ? { type: 'rule', to: from + 1 } : null;
}

function readQuote(lines, from, depth) {
  if (!isQuote(lines[from]) || depth >= deepestNesting) return null;
  let to = from;
  while (to < lines.length && isQuote(lines[to])) ++to;
  const inner = lines.slice(from, to).map((line) => line.replace(/^ {0,3}> ?/, ''));
  return { type: 'quote', blocks: parse(inner, depth + 1), to };
}

const kindOf = (marker) => (/\d/.test(marker) ? marker.at(-1) : marker);

/** The lines of one item from its first; returns where the next line after it is. */
function readItem(lines, from, list) {
  const [head, marker] = itemOf(lines[from]);
  const width = list.indent + marker.length + 1;
  const item = [lines[from].slice(head.length).replace(/^\[([ xX])\] /, (_, mark) => (mark === ' ' ? '☐ ' : '☑ '))];
  let to = from + 1;
  for (; to < lines.length; ++to) {
    const line = lines[to];
    if (blank(line)) {
      item.push('');
      continue;
    }
    const inside = indentOf(line) >= list.indent + 2;
    const continues = !blank(lines[to - 1]) && !itemOf(line) && !startsBlock(lines, to);
    if (!inside && !continues) break;
    item.push(dedent(line, width));
  }
  while (item.length > 1 && item.at(-1) === '') item.pop();
  return { item, to };
}

function readList(lines, from, depth) {
  const first = itemOf(lines[from]);
  if (!first || depth >= deepestNesting) return null;
  const list = { indent: indentOf(lines[from]), kind: kindOf(first[1]) };
  const items = [];
  let to = from;
  while (to < lines.length) {
    const marker = itemOf(lines[to]);
    if (!marker || kindOf(marker[1]) !== list.kind || indentOf(lines[to]) >= list.indent + 2 || isRule(lines[to])) break;
    const read = readItem(lines, to, list);
    items.push(parse(read.item, depth + 1));
    to = read.to;
  }
  return { type: 'list', start: /\d/.test(first[1]) ? parseInt(first[1], 10) : null, items, to };
}

function cells(line) {
  const row = line.trim().replace(/^\|/, '');
  const found = [''];
  for (let i = 0; i < row.length; ++i) {
    if (row[i] === '\\' && row[i + 1] === '|') found[found.length - 1] += row[++i];
    else if (row[i] === '|') found.push('');
    else found[found.length - 1] += row[i];
  }
  if (found.length > 1 && blank(found.at(-1))) found.pop();
  return found.map((cell) => cell.trim());
}

function isTable(lines, at) {
  const under = lines[at + 1];
  if (under === undefined || !lines[at].includes('|') || !under.includes('-') || !/^[\s|:-]+$/.test(under)) return false;
  const marks = cells(under);
  return marks.every((mark) => /^:?-+:?$/.test(mark)) && marks.length === cells(lines[at]).length;
}

function readTable(lines, from) {
  if (!isTable(lines, from)) return null;
  const head = cells(lines[from]);
  const rows = [];
  let to = from + 2;
  for (; to < lines.length && lines[to].includes('|'); ++to) {
    const row = cells(lines[to]);
    rows.push(head.map((_, i) => row[i] ?? ''));
  }
  return { type: 'table', head, rows, to };
}

/** Whether a line ends the paragraph before it. */
function startsBlock(lines, at) {
  const line = lines[at];
  const item = itemOf(line);
  return (fenceOf(line) ?? (isHeading(line) || isRule(line) || isQuote(line) || isTable(lines, at)))
    || (item !== null && item[2] !== '' && !/^([2-9]|\d\d)/.test(item[1]));
}

function readParagraph(lines, from) {
  let to = from + 1;
  while (to < lines.length && !blank(lines[to]) && !startsBlock(lines, to)) ++to;
  return { type: 'paragraph', text: lines.slice(from, to).map((line) => line.trim()).join('\n'), to };
}

const readers = [readFence, readHeading, readRule, readQuote, readList, readTable, readParagraph];

/** The blocks of these lines, each with the lines `from` to `to` that it comes from. */
export function parse(lines, depth = 0) {
  const blocks = [];
  for (let at = 0; at < lines.length;) {
    if (blank(lines[at])) {
      ++at;
      continue;
    }
    let block = null;
    for (const read of readers) if ((block = read(lines, at, depth))) break;
    blocks.push({ ...block, from: at });
    at = block.to;
  }
  return blocks;
}

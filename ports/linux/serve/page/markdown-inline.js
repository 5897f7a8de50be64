// The text within a block of Markdown: emphasis, code and links, as strings and {tag, nodes}. Time is linear in the text.

const mostMarks = 32; // open marks at once; more are text
const tokens = /\\[!-/:-@[-`{-~]|`+|\*+|_+|~~|!?\[|\]|<br ?\/?>|<https?:\/\/[^\s<>]+>|https?:\/\/[^\s<>[\]`*]+/gi;
const tags = { '*': 'em', '**': 'strong', _: 'em', __: 'strong', '~~': 'del' };
const destination = /\(\s*<?([^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*)>?(?:\s+"[^"]*")?\s*\)/y;

/** The address if a link can have it: absolute, of the web or of mail. */
export function safeAddress(text) {
  if (!/^(https?:\/\/|mailto:)/i.test(text)) return null;
  try {
    return new URL(text).href;
  } catch {
    return null;
  }
}

/** The nodes of the part, and the marks that are open around it. */
class Frames {
  frames = [{ mark: '', nodes: [] }];

  add(node) {
    const { nodes } = this.frames.at(-1);
    if (typeof node === 'string' && typeof nodes.at(-1) === 'string') nodes[nodes.length - 1] += node;
    else if (node !== '') nodes.push(node);
  }

  open(mark) {
    if (this.frames.length < mostMarks) this.frames.push({ mark, nodes: [] });
    else this.add(mark);
  }

  find(...marks) {
    return this.frames.findLastIndex(({ mark }) => marks.includes(mark));
  }

  /** Marks above frame `index` become text. */
  unwrap(index) {
    while (this.frames.length > index + 1) {
      const { mark, nodes } = this.frames.pop();
      this.add(mark);
      nodes.forEach((node) => this.add(node));
    }
  }

  close(index, made) {
    this.unwrap(index);
    const { nodes } = this.frames.pop();
    this.add({ ...made, nodes });
  }
}

/** The mark that `left` characters close: one as long as they are, or else the innermost. */
function opener(frames, mark, left) {
  const same = left < 3 ? frames.find(mark.repeat(left)) : -1;
  return same > 0 || left === 1 ? same : frames.find(mark, mark + mark);
}

function emphasis(frames, run, before, after, open) {
  const mark = run[0];
  const inWord = mark === '_';
  const opens = after === undefined ? open : !/\s/.test(after) && !(inWord && /[\p{L}\p{N}]/u.test(before ?? ''));
  const closes = before !== undefined && !/\s/.test(before) && !(inWord && after !== undefined && /[\p{L}\p{N}]/u.test(after));
  for (let left = run.length; left > 0;) {
    const at = closes ? opener(frames, mark, left) : -1;
    if (at > 0) {
      left -= frames.frames[at].mark.length;
      frames.close(at, { tag: tags[frames.frames[at].mark] });
    } else if (opens && run.length < 4) {
      const size = left === 2 ? 2 : 1;
      left -= size;
      frames.open(mark.repeat(size));
    } else {
      frames.add(mark.repeat(left));
      return;
    }
  }
}

/** Of a ] that ends a link's words, what follows it; returns where the text continues. */
function endLink(frames, text, at) {
  const index = frames.find('[', '![');
  if (index < 0) {
    frames.add(']');
    return at + 1;
  }
  destination.lastIndex = at + 1;
  const found = text[at + 1] === '(' ? destination.exec(text) : null;
  const href = found && safeAddress(found[1]);
  if (href) {
    frames.close(index, { tag: 'a', href });
    return destination.lastIndex;
  }
  frames.unwrap(index - 1);
  frames.add(']');
  return at + 1;
}

/** An address without < and >; returns its length, to which punctuation of the sentence does not belong. */
function bareLink(frames, address) {
  let unopened = address.split(')').length - address.split('(').length;
  let end = address.length;
  for (; /[.,;:!?'"_)]/.test(address[end - 1]); --end) if (address[end - 1] === ')' && unopened-- <= 0) break;
  const words = address.slice(0, end);
  const href = frames.find('[', '![') < 0 ? safeAddress(words) : null;
  frames.add(href ? { tag: 'a', href, nodes: [words] } : words);
  return end;
}

/** A link whose address still arrives shows its words alone. */
function withoutUnfinishedLink(text) {
  const middle = text.lastIndexOf('](');
  const start = middle < 0 ? -1 : text.lastIndexOf('[', middle);
  return start >= 0 && !/[\s)]/.test(text.slice(middle + 2)) ? text.slice(0, start) + text.slice(start + 1, middle) : text;
}

/** Where each run of backticks of some length occurs last. */
function lastTicks(text) {
  const last = new Map();
  for (const { 0: run, index } of text.matchAll(/`+/g)) last.set(run.length, index);
  return last;
}

function codeEnd(text, run, from) {
  for (let at = text.indexOf(run, from); at >= 0; at = text.indexOf(run, at)) {
    let end = at;
    while (text[end] === '`') ++end;
    if (end - at === run.length) return at;
    at = end;
  }
  return -1;
}

/** Code between backticks; the spaces that part it from them do not belong to it. */
function codeWords(words) {
  return /^ .* $/s.test(words) && words.trim() !== '' ? words.slice(1, -1) : words;
}

/** The nodes of a text. With `open` more text follows: what is begun counts as complete, so that nothing flickers. */
export function inline(source, open = false) {
  const text = open ? withoutUnfinishedLink(source) : source;
  const last = lastTicks(text);
  const frames = new Frames();
  let at = 0;
  tokens.lastIndex = 0;
  for (let found; (found = tokens.exec(text)) !== null;) {
    const [token] = found;
    frames.add(text.slice(at, found.index));
    at = tokens.lastIndex;
    if (token[0] === '\\') frames.add(token[1]);
    else if (token[0] === '`') {
      const complete = last.get(token.length) > found.index;
      const end = complete ? codeEnd(text, token, at) : -1;
      if (end >= 0 || (open && at < text.length)) {
        frames.add({ tag: 'code', nodes: [codeWords(text.slice(at, end < 0 ? undefined : end))] });
        at = end < 0 ? text.length : end + token.length;
      } else if (!open) frames.add(token);
    } else if (token[0] === '*' || token[0] === '_') emphasis(frames, token, text[found.index - 1], text[at], open);
    else if (token === '~~') {
      const index = frames.find(token);
      if (index > 0) frames.close(index, { tag: 'del' });
      else frames.open(token);
    } else if (token.endsWith('[')) frames.open(token);
    else if (token === ']') at = endLink(frames, text, found.index);
    else if (/^<br/i.test(token)) frames.add('\n');
    else if (token[0] === '<') bareLink(frames, token.slice(1, -1));
    else at = found.index + bareLink(frames, token);
    tokens.lastIndex = at;
  }
  frames.add(text.slice(at));
  while (open && tags[frames.frames.at(-1).mark]) {
    const { mark, nodes } = frames.frames.at(-1);
    if (nodes.length > 0) frames.close(frames.frames.length - 1, { tag: tags[mark] });
    else frames.frames.pop();
  }
  frames.unwrap(0);
  return frames.frames[0].nodes;
}

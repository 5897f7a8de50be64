// Conversations as trees: each node is a message, its parent the message before it. An edit or another reply is a sibling, so
// nothing is lost. Nodes are only ever appended, and a parent comes before its children.

const format = 'ringlet-conversations';
export const samplingNames = ['temperature', 'top_p', 'top_k', 'min_p', 'seed', 'max_tokens'];

// crypto.randomUUID is missing on pages without TLS.
const newId = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (word) => word.toString(36)).join('');

/** An empty conversation with the settings of another. */
export function newConversation(like = {}) {
  return { id: newId(), title: '', created: Date.now(), updated: Date.now(), system: like.system ?? '',
    sampling: { ...like.sampling }, nodes: [], leaf: -1 };
}

/** The indices of the nodes in view, from the first message to the last. */
export function path({ nodes, leaf }) {
  const found = [];
  for (let i = leaf; i >= 0; i = nodes[i].parent) found.push(i);
  return found.reverse();
}

/** Appends a message below `parent` (-1: a first message) and brings it into view. */
export function append(conversation, parent, node) {
  conversation.leaf = conversation.nodes.push({ parent, at: Date.now(), ...node }) - 1;
  conversation.updated = Date.now();
  if (!conversation.title && node.role === 'user') {
    const words = node.content.trim().replace(/\s+/g, ' ');
    conversation.title = words.length > 60 ? `${words.slice(0, 57)}…` : words;
  }
  return conversation.leaf;
}

/** The node and its alternatives, oldest first. */
export function siblings({ nodes }, index) {
  return nodes.flatMap(({ parent }, i) => (parent === nodes[index].parent ? [i] : []));
}

/** Brings a node into view, with the newest of what follows it. */
export function choose(conversation, index) {
  for (let next = index; next >= 0; next = conversation.nodes.findLastIndex(({ parent }) => parent === next)) conversation.leaf = next;
}

/** The messages up to a node, as the protocol has them. Replies without a word, which failed, are left out. */
export function messagesTo(conversation, index) {
  const sent = path({ ...conversation, leaf: index }).map((i) => conversation.nodes[i])
    .filter(({ role, content }) => role === 'user' || content)
    .map(({ role, content, reasoning }) => ({ role, content, ...(reasoning ? { reasoning_content: reasoning } : {}) }));
  return conversation.system.trim() ? [{ role: 'system', content: conversation.system }, ...sent] : sent;
}

/** The messages up to a node as one text, for a model that goes on with texts. A reply has begun where its message ended. */
export function textTo(conversation, index) {
  return messagesTo(conversation, index).reduce((text, { role, content }) =>
    text + (role === 'assistant' || !text || /\s$/.test(text) ? '' : ' ') + content, '');
}

/** A file with conversations. */
export const exported = (conversations) => JSON.stringify({ format, version: 1, conversations }, null, 1);

const isText = (value) => typeof value === 'string';
const isNumber = (value) => typeof value === 'number' && Number.isFinite(value);
const textOr = (value, other) => (isText(value) ? value : other);
const numberOr = (value, other) => (isNumber(value) ? value : other);

function importedNode(node, index) {
  const right = node && Number.isInteger(node.parent) && node.parent >= -1 && node.parent < index
    && ['user', 'assistant'].includes(node.role) && isText(node.content);
  if (!right) throw new Error(`message ${index + 1} is not one of this page's`);
  const { parent, role, content, stats } = node;
  const kept = { parent, role, content, at: numberOr(node.at, Date.now()) };
  for (const name of ['reasoning', 'model', 'end', 'error']) if (isText(node[name])) kept[name] = node[name];
  if (stats && typeof stats === 'object') {
    kept.stats = Object.fromEntries(['tokens', 'pieces', 'prompt', 'first', 'speed'].filter((name) => isNumber(stats[name]))
      .map((name) => [name, stats[name]]));
  }
  return kept;
}

function importedConversation(one) {
  if (!one || !Array.isArray(one.nodes)) throw new Error('a conversation has no messages');
  const nodes = one.nodes.map(importedNode);
  const inside = Number.isInteger(one.leaf) && one.leaf >= 0 && one.leaf < nodes.length;
  const sampling = samplingNames.filter((name) => isNumber(one.sampling?.[name])).map((name) => [name, one.sampling[name]]);
  return { ...newConversation(), title: textOr(one.title, '').slice(0, 200), system: textOr(one.system, ''),
    created: numberOr(one.created, Date.now()), updated: numberOr(one.updated, Date.now()),
    sampling: Object.fromEntries(sampling), nodes, leaf: inside ? one.leaf : nodes.length - 1 };
}

/** The conversations of a file, with identifiers of their own. Throws an Error with the reason for a file of another kind. */
export function imported(text) {
  let file;
  try {
    file = JSON.parse(text);
  } catch {
    throw new Error('the file is no JSON');
  }
  if (file?.format !== format || !Array.isArray(file.conversations)) throw new Error('the file has no conversations of this page');
  if (file.version !== 1) throw new Error(`the file has version ${file.version}; this page reads version 1`);
  return file.conversations.map(importedConversation);
}

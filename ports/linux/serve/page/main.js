// The page: conversations, the replies to them, and the keyboard.
import { Announcer } from './announce.js';
import { append, choose, newConversation, path } from './conversations.js';
import { byId } from './dom.js';
import { listenForShortcuts } from './keyboard.js';
import { MessageList } from './message-list.js';
import { Replies } from './replies.js';
import { useKey } from './server.js';
import { ServerView } from './server-view.js';
import { Settings, startTheme } from './settings.js';
import { Sidebar } from './sidebar.js';
import { keep, kept, Store } from './store.js';

const saveEvery = 1000; // milliseconds, while a reply grows

const store = new Store();
const announcer = new Announcer(byId('announce'));
const conversations = new Map(); // by id
let current = newConversation();
let unanswered = null; // {conversation, index}: a reply that waits for an API key
let lastSave = 0;

const input = byId('input');
const byTime = () => [...conversations.values()].sort((a, b) => b.updated - a.updated);
const running = () => replies.of(current);

async function save(conversation) {
  lastSave = performance.now();
  if (!conversations.has(conversation.id)) return;
  try {
    await store.put(conversation);
  } catch (error) {
    byId('storage').textContent = `This browser does not keep the conversation: ${error.message}`;
  }
}

function showCurrent() {
  byId('title').textContent = current.title || 'New conversation';
  document.title = current.title ? `${current.title} – Ringlet` : 'Ringlet';
  messages.show(current, running());
  byId('empty').hidden = current.leaf >= 0;
  showButtons();
  sidebar.show();
}

function showButtons() {
  byId('stop').hidden = !running();
  byId('send').hidden = Boolean(running());
}

function endWords({ end, error, stats }) {
  if (end === 'failed') return error;
  if (end === 'stopped') return 'Stopped.';
  return stats?.tokens ? `End of the reply, ${stats.tokens} tokens.` : 'End of the reply.';
}

const replies = new Replies({
  changed(conversation, index) {
    if (conversation === current) messages.changed(index, running());
    if (performance.now() - lastSave > saveEvery) save(conversation);
  },
  text(conversation, piece) {
    if (conversation === current) announcer.text(piece);
  },
  ended(conversation, index) {
    conversation.updated = Date.now();
    save(conversation);
    if (conversation === current) announcer.end(endWords(conversation.nodes[index]));
    showCurrent();
  },
  failed({ kind, message }) {
    if (kind === 'key') askKey(message);
    if (kind === 'lost') server.ask();
  },
});

/** Starts the reply that node `index` holds. */
function reply(conversation, index) {
  unanswered = null;
  const done = replies.start(conversation, index, server);
  showCurrent();
  messages.follow();
  return done.then(() => {
    const { end } = conversation.nodes[index];
    if (end === 'failed' && !byId('key-panel').hidden) unanswered = { conversation, index };
  });
}

function send(parent, text) {
  conversations.set(current.id, current);
  const conversation = current;
  const asked = append(conversation, parent, { role: 'user', content: text });
  const index = append(conversation, asked, { role: 'assistant', content: '' });
  if (location.hash !== `#${current.id}`) history.pushState(null, '', `#${current.id}`);
  save(conversation);
  return reply(conversation, index);
}

/** Another reply beside this one; one that failed without a word is replaced. */
function regenerate(index) {
  const { parent, content, end } = current.nodes[index];
  const again = end === 'failed' && !content;
  input.focus();
  return reply(current, again ? index : append(current, parent, { role: 'assistant', content: '' }));
}

const messages = new MessageList(byId('messages'), byId('list-of-messages'), byId('to-end'), {
  regenerate,
  edit(index, text) {
    input.focus();
    send(current.nodes[index].parent, text);
  },
  choose(index) {
    choose(current, index);
    save(current);
    showCurrent();
    messages.view(index)?.element.querySelector('.versions button:enabled')?.focus();
  },
});

function open(conversation, focus = true) {
  current = conversation;
  announcer.clear();
  const hash = conversations.has(current.id) ? `#${current.id}` : '#';
  if (location.hash !== hash) history.pushState(null, '', hash === '#' ? location.pathname + location.search : hash);
  if (sidebar.covers) sidebar.toggle(false);
  showCurrent();
  if (focus) input.focus();
}

const create = () => open(newConversation(current));

const sidebar = new Sidebar({
  all: byTime,
  current: () => current,
  isRunning: (conversation) => Boolean(replies.of(conversation)),
  open,
  create,
  rename(conversation) {
    save(conversation);
    showCurrent();
  },
  async remove(conversation) {
    replies.stop(conversation);
    conversations.delete(conversation.id);
    await store.remove(conversation.id);
    announcer.say('Deleted.');
    open(byTime()[0] ?? newConversation(conversation));
  },
  async add(more) {
    for (const conversation of more) {
      conversations.set(conversation.id, conversation);
      await save(conversation);
    }
    sidebar.show();
  },
  say: (words) => announcer.say(words),
});

const settings = new Settings((conversation) => save(conversation));

function askKey(words) {
  const panel = byId('key-panel');
  byId('key-words').textContent = words;
  if (!panel.hidden) return;
  panel.hidden = false;
  byId('key').focus();
}

const server = new ServerView({
  askKey,
  changed(state) {
    if (state === 'ready') byId('key-panel').hidden = true;
  },
});

byId('key-panel').addEventListener('submit', async (event) => {
  event.preventDefault();
  useKey(byId('key').value.trim());
  byId('key').value = '';
  byId('key-panel').hidden = true;
  await server.ask();
  if (!byId('key-panel').hidden) return;
  input.focus();
  if (unanswered) reply(unanswered.conversation, unanswered.index);
});

byId('composer').addEventListener('submit', (event) => {
  event.preventDefault();
  const text = input.value;
  if (text.trim() === '' || running()) return;
  input.value = '';
  grow();
  send(current.leaf, text);
});
byId('stop').addEventListener('click', stop);

function stop() {
  replies.stop(current);
  input.focus();
}

/** The field is as high as its text, within limits. */
function grow() {
  input.style.height = 'auto';
  input.style.height = `${Math.min(input.scrollHeight + 2, innerHeight * 0.4)}px`;
  keep(() => sessionStorage, 'ringlet-draft', input.value);
}
input.addEventListener('input', grow);
input.addEventListener('keydown', (event) => {
  if (event.isComposing) return;
  // On a phone the return key makes a line, as everywhere there.
  const sends = !event.shiftKey && (event.ctrlKey || event.metaKey || !matchMedia('(pointer: coarse)').matches);
  if (event.key === 'Enter' && sends) {
    event.preventDefault();
    byId('composer').requestSubmit();
  } else if (event.key === 'ArrowUp' && input.value === '') {
    const last = path(current).findLast((index) => current.nodes[index].role === 'user');
    if (last === undefined || running()) return;
    event.preventDefault();
    messages.view(last).edit();
  }
});

listenForShortcuts({
  create,
  list: () => sidebar.toggle(true),
  settings: () => settings.open(current),
  again() {
    if (current.nodes[current.leaf]?.role === 'assistant' && !running()) regenerate(current.leaf);
  },
  leave() {
    if (sidebar.covers) sidebar.toggle(false);
    else if (running()) stop();
  },
});

byId('open-settings').addEventListener('click', () => settings.open(current));
for (const id of ['open-server', 'ram']) byId(id).addEventListener('click', () => server.open());
for (const dialog of document.querySelectorAll('dialog')) dialog.querySelector('.close').addEventListener('click', () => dialog.close());

const fromAddress = () => conversations.get(location.hash.slice(1)) ?? newConversation(current);
window.addEventListener('popstate', () => {
  const wanted = fromAddress();
  if (wanted !== current) open(wanted, false);
});
window.addEventListener('pagehide', () => { if (running()) save(current); });

/** Another tab has changed a conversation, or deleted it. */
async function changedElsewhere(id) {
  const old = conversations.get(id);
  if (old && replies.of(old)) return;
  const now = await store.get(id);
  if (now) conversations.set(id, now);
  else conversations.delete(id);
  if (old && old === current) current = now ?? newConversation(old);
  showCurrent();
}

async function start() {
  startTheme();
  byId('without-script').remove();
  server.ask();
  try {
    await store.open(changedElsewhere);
    for (const conversation of await store.all()) conversations.set(conversation.id, conversation);
  } catch (error) {
    byId('storage').textContent = `This browser keeps no conversations: ${error?.message ?? error}`;
  }
  current = fromAddress();
  byId('app').hidden = false; // no earlier, so that nobody changes a conversation that is not the one
  input.value = kept(() => sessionStorage, 'ringlet-draft') ?? '';
  showCurrent();
  grow();
  if (byId('key-panel').hidden) input.focus();
}
start();

// What the page asks of the server, and what can go wrong.
import { eventData } from './events.js';

/** A request that failed. `kind`: 'lost' (no connection), 'key', 'busy' (`seconds` until it is worth another try), 'refused'. */
export class Failure extends Error {
  constructor(kind, message, seconds = null) {
    super(message);
    this.kind = kind;
    this.seconds = seconds;
  }
}

let key = ''; // of this page alone; never stored

export function useKey(words) {
  key = words;
}

const tooLarge = 'This conversation is larger than the server accepts.';
const lost = () => new Failure('lost', 'The server cannot be reached.');

/** Retry-After: seconds or a date. */
function retryAfter(response) {
  const words = response.headers.get('Retry-After');
  if (!words) return null;
  const seconds = /^\d+$/.test(words) ? Number(words) : Math.ceil((Date.parse(words) - Date.now()) / 1000);
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 1), 3600) : null;
}

async function failureOf(response) {
  let said = '';
  try {
    said = String((await response.json()).error?.message ?? '');
  } catch { /* no JSON */ }
  const because = said ? ` The server says: ${said}` : '';
  switch (response.status) {
    case 401: return new Failure('key', key ? 'The server refuses this API key.' : 'This server asks for an API key.');
    case 403: return new Failure('refused', `The server refuses this page.${because}`);
    case 413: return new Failure('refused', `${tooLarge} Edit an earlier message, or start a new conversation.`);
    case 400:
    case 422: return new Failure('refused', `The server refuses a setting or a message.${because}`);
    case 429: return new Failure('busy', 'The server has had too many requests.', retryAfter(response));
    case 503: return new Failure('busy', said ? `The server is busy: ${said.replace(/\.$/, '')}.` : 'All seats of the server are taken.', retryAfter(response));
    default: return new Failure('refused', `HTTP status ${response.status}.${because}`);
  }
}

async function call(path, { signal, body } = {}) {
  const headers = key ? { Authorization: `Bearer ${key}` } : {};
  if (body) headers['Content-Type'] = 'application/json';
  let response;
  try {
    response = await fetch(path, { method: body ? 'POST' : 'GET', headers, body, signal, cache: 'no-store', redirect: 'error' });
  } catch (error) {
    throw error.name === 'AbortError' ? error : lost();
  }
  if (!response.ok) throw await failureOf(response);
  return response;
}

const soon = () => ({ signal: AbortSignal.timeout(10000) });
export const health = () => call('health', soon());
export const firstModel = async () => (await (await call('v1/models', soon())).json()).data[0];
export const plan = async () => (await call('plan', soon())).json();
export const metrics = async () => (await call('metrics', soon())).text();

/**
 * Streams a reply to `messages`, or what follows a `prompt`. `on` has text(piece), reasoning(piece), tool(), usage(usage) and end(reason). Rejects with a Failure, or with
 * an AbortError after the signal.
 */
export async function streamReply(request, signal, on) {
  const body = JSON.stringify({ ...request, stream: true, stream_options: { include_usage: true } });
  const response = await call(request.messages ? 'v1/chat/completions' : 'v1/completions', { body, signal });
  let ended = false;
  try {
    for await (const data of eventData(response.body)) {
      if (data === '[DONE]') return;
      const { choices, usage, error } = JSON.parse(data);
      if (error) throw new Failure('refused', `The server ended the reply: ${error.message}`);
      if (usage) on.usage(usage);
      const choice = choices?.[0];
      if (choice?.delta?.reasoning_content) on.reasoning(choice.delta.reasoning_content);
      if (choice?.delta?.content) on.text(choice.delta.content);
      if (choice?.text) on.text(choice.text);
      if (choice?.delta?.tool_calls) on.tool();
      if (choice?.finish_reason) {
        ended = true;
        on.end(choice.finish_reason);
      }
    }
  } catch (error) {
    if (error instanceof Failure || error.name === 'AbortError') throw error;
    throw new Failure('lost', error instanceof SyntaxError ? 'The server sent something that is no event of a chat.'
      : 'The connection was lost, so the reply is incomplete.');
  }
  if (!ended) throw new Failure('lost', 'The connection was lost, so the reply is incomplete.');
}

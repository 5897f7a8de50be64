/** Format of the cache of keys and values; k8v4: INT8 keys, INT4 values. */
export type CacheFormat = 'f32' | 'f16' | 'int8' | 'int4';
export type CacheChoice = CacheFormat | 'k8v4';

/** Options of a session, as those of `ringlet run`. What is left out is the runtime's or the model's default. */
export interface SessionOptions {
  /** Tokens that attention sees at once. Default: the trained context. */
  context?: number;
  /** First tokens, which are never evicted. Default: 4. */
  sinks?: number;
  /** Default: what the model recommends. */
  kv?: CacheChoice;
  /** Newest tokens that an INT4 cache keeps in INT8. Default: 48. */
  hotWindow?: number;
  /** Tokens of a prompt per forward pass. Default: 16. */
  prefillChunk?: number;
  /** Longest word of a prompt, in bytes. Default: 1024. */
  longestWord?: number;
  /** Recent tokens that the repetition penalty considers. Default: 64. */
  repeatWindow?: number;
  allowLongerContext?: boolean;
  /** 0 is greedy. This and the following: default from the model file. */
  temperature?: number;
  /** 0: all. */
  topK?: number;
  /** 1: all. */
  topP?: number;
  /** 0: off. */
  minP?: number;
  /** 1: none. */
  repeatPenalty?: number;
  /** The same seed repeats a text. Default: 0. */
  seed?: number | bigint;
  /** A file of `ringlet prefix`, with which every text begins. Context, sinks and cache are those of the file. */
  prefix?: ArrayBuffer | ArrayBufferView;
  /** A compiled grammar, a file of `ringlet-grammar`, for answer(). The model file must have a trie of tokens. */
  grammar?: ArrayBuffer | ArrayBufferView;
  /** The words of its lists, a file of `ringlet-grammar`. */
  lists?: ArrayBuffer | ArrayBufferView;
  /** Longest line of which the grammar takes pieces, in bytes. Default: 4096. */
  spanBytes?: number;
}

export interface AnswerOptions {
  /** The request, with {} for the line. Default: the line alone. */
  form?: string;
  /** Control tokens that the form spells are tokens; in the line they are text. Default: false. */
  special?: boolean;
  /** Tokens of an answer at most. Default: 256. */
  tokens?: number;
}

/** What `ringlet run --each-line --json` prints of a line. */
export interface Answer {
  text: string;
  /** Whether the text is whole, and not cut off after `tokens`. */
  complete: boolean;
  /** The probability that the model says this text, from 0 to 1. */
  confidence: number;
  /** The smallest probability that a step left to what the grammar allows. */
  allowed: number;
  promptTokens: number;
  tokens: number;
}

export interface GenerationOptions {
  /** Tokens to generate. Default: until the model ends the text. */
  tokens?: number;
  /** Continue after the model ends a text. */
  ignoreEnd?: boolean;
  /** Ends the text after the current token; in a worker, after those that it has computed. */
  signal?: AbortSignal;
  /** Events say which positions each layer has in memory. */
  ring?: boolean;
  /** Events have the weights of the watched layer. */
  attention?: boolean;
}

export interface DigestOptions {
  /** Default: 128. */
  tokens?: number;
  /** Tokens per call; does not change the digest. Default: 1. */
  chunk?: number;
}

export interface Section {
  name: string;
  offset: number;
  bytes: number;
  /** Keeps its content from one pass to the next. */
  permanent: boolean;
  firstStage: string;
  lastStage: string;
}

/** All memory that a session uses: the same numbers as on every other machine. */
export interface Plan {
  bytes: number;
  /** The largest snapshot. */
  snapshotBytes: number;
  sections: Section[];
}

export interface Architecture {
  readonly vocabSize: number;
  readonly dim: number;
  readonly hiddenDim: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly trainedContext: number;
}

/** The cache of one layer. */
export interface CacheLayout {
  /** Positions kept for ever. */
  readonly sinks: number;
  /** Positions of the ring that a query sees. */
  readonly window: number;
  /** Slots of the ring, or of its hot tier. Position p is in slot (p − sinks) mod ringSlots. */
  readonly ringSlots: number;
  /** Positions of the window in the hot tier; 0: one tier. */
  readonly hot: number;
  /** Slots of the cold tier. Position p is in slot (p − sinks) mod coldSlots. */
  readonly coldSlots: number;
  /** Formats of the ring, or of its hot tier, and of the cold tier. */
  readonly newest: { readonly keys: CacheFormat; readonly values: CacheFormat };
  readonly older: { readonly keys: CacheFormat; readonly values: CacheFormat };
  readonly bytes: number;
}

export interface Positions {
  first: number;
  count: number;
}

/** Positions that the newest token sees. With one tier all of the window is `hot`. */
export interface RingPositions {
  sinks: Positions;
  cold: Positions;
  hot: Positions;
}

export interface Ring {
  position: number;
  layers: ({ layout: CacheLayout } & RingPositions)[];
}

/** A token of a text. The end of a text can be an event without a token. */
export interface TokenEvent {
  token: number | null;
  /** Whole characters; can be empty. */
  text: string;
  /** Tokens in the session, this one included. */
  position: number;
  /** Time that the token took; only from a worker. */
  milliseconds?: number;
  /** Only if it was asked for. */
  ring?: Ring;
  /** Only if it was asked for; null if no layer is watched. */
  attention?: Float32Array | null;
}

/** An error of the runtime. The message is the line that `ringlet` prints. */
export class RingletError extends Error {
  readonly name: 'RingletError';
  readonly code: 'invalid_argument' | 'invalid_model' | 'unsupported' | 'not_enough_memory' | 'out_of_range'
    | 'checksum_mismatch' | 'cancelled' | 'invalid_snapshot' | 'not_finite' | 'not_trusted';
  /** The field or argument at fault. */
  readonly where: string;
  /** What is wrong, and how to fix it. */
  readonly what: string;
  /** The layer or entry at fault, or -1. */
  readonly index: number;
  /** What `needed` and `actual` say. */
  readonly numbers: 'none' | 'needs' | 'at_most' | 'got';
  readonly needed: bigint;
  readonly actual: bigint;
  /** A setting, as the runtime spells it, that passes the check with the value `suggestion`; or null. */
  readonly setting: string | null;
  readonly suggestion: number;
}

/** A string is an address, which is fetched; in node, a file relative to the working directory. */
export type ModelSource = ArrayBuffer | ArrayBufferView | Blob | Response | URL | string;
export type WasmSource = WebAssembly.Module | ArrayBuffer | ArrayBufferView | URL | string;

export interface LoadOptions {
  /** Check every byte of the weights. Default: true. */
  verify?: boolean;
  /** The module, if it is not ringlet.wasm beside the script. */
  wasm?: WasmSource;
}

/** Compiles the module ahead of the first model. */
export function compileRinglet(source?: WasmSource): Promise<WebAssembly.Module>;

/** A model file in a linear memory of its own. Garbage collection frees it. */
export class Model {
  private constructor();
  static load(source: ModelSource, options?: LoadOptions): Promise<Model>;
  readonly bytes: number;
  /** Identifies the model by its checksums. */
  readonly hash: string;
  readonly architecture: Architecture;
  /** The kernel set that computes. */
  readonly kernels: string;
  /** Bytes of linear memory: the model, its sessions, and the module's own. */
  readonly memoryBytes: number;
  /** A hash of what the kernels compute of fixed data, which is the same on every machine. */
  selfTest(): string;
  plan(options?: SessionOptions): Plan;
  /** The longest context with which a session fits into so many bytes, or 0. */
  longestContext(bytes: number, options?: SessionOptions): number;
  createSession(options?: SessionOptions): Session;
  /** The digest that `ringlet digest` prints, by default in its context of 64. */
  digest(options?: SessionOptions & DigestOptions): string;
}

/** A text in progress. Its iterators block the thread while a token is computed. */
export class Session {
  private constructor();
  readonly position: number;
  readonly context: number;
  plan(): Plan;
  /** Appends a text and returns the number of its tokens. */
  prompt(text: string): number;
  /** The text that follows a prompt. Without one, the session continues. Another text ends the earlier one, which throws. */
  generate(prompt?: string, options?: GenerationOptions): AsyncGenerator<string, void, undefined>;
  tokens(prompt?: string, options?: GenerationOptions): AsyncGenerator<TokenEvent, void, undefined>;
  /** The same for a thread that may be blocked. */
  events(prompt?: string, options?: GenerationOptions): Generator<TokenEvent, void, undefined>;
  /** Answers a line under the grammar of the session, each line by itself. */
  answer(line: string, options?: AnswerOptions): Answer;
  /** Scores of the next token, a copy; null before the first token. */
  logits(): Float32Array | null;
  ring(): Ring;
  /** The tokens that a text would be as the next prompt; control tokens have no text. */
  tokenize(text: string): { token: number; text: string }[];
  /** The text of a token that follows those of tokenize() and of the last calls: whole characters. */
  textOf(token: number): string;
  /** Appends tokens. */
  append(tokens: Iterable<number>): void;
  /** Observes a layer from the next text on. False: the weights of this layer cannot be computed. */
  watchAttention(layer: number): boolean;
  /**
   * Attention of the newest token in the watched layer, averaged over the heads: of the sinks, then of the other positions in
   * memory, in order. Null if the layer is not watched from the beginning of the text.
   */
  attention(): Float32Array | null;
  digest(options?: DigestOptions): string;
  truncate(position: number): void;
  /** Begins a new text with the same seed. */
  reset(): void;
  /** Cache, position, logits and sampler as bytes, for this or any other machine. */
  snapshot(): Uint8Array;
  restore(snapshot: Uint8Array | ArrayBuffer): void;
  /** Gives the memory back to the model, for another session. */
  close(): void;
}

/** What a page needs of a Worker or a MessagePort. */
export interface Port {
  postMessage(message: unknown, transfer?: Transferable[]): void;
  addEventListener(type: 'message' | 'error', listener: (event: any) => void): void;
  start?(): void;
  close?(): void;
  terminate?(): void;
}

/** Models in a worker. */
export interface RingletWorker {
  load(source: Exclude<ModelSource, Response>, options?: LoadOptions): Promise<RemoteModel>;
  /** Ends the worker and all that it computes. */
  close(): void;
}

/** Starts the worker of the package, or takes another port at whose other end serve() listens. */
export function connect(port?: Port): RingletWorker;
/** Answers the requests of connect(). */
export function serve(port: Port): void;

/** A model in a worker. */
export class RemoteModel {
  private constructor();
  readonly bytes: number;
  readonly hash: string;
  readonly architecture: Architecture;
  readonly kernels: string;
  memoryBytes(): Promise<number>;
  plan(options?: SessionOptions): Promise<Plan>;
  longestContext(bytes: number, options?: SessionOptions): Promise<number>;
  digest(options?: SessionOptions & DigestOptions): Promise<string>;
  createSession(options?: SessionOptions): Promise<RemoteSession>;
  /** Lets the worker forget the model. */
  unload(): Promise<void>;
}

/** A session in a worker. Other calls wait until the current one has ended. */
export class RemoteSession {
  private constructor();
  plan(): Promise<Plan>;
  prompt(text: string): Promise<number>;
  generate(prompt?: string, options?: GenerationOptions): AsyncGenerator<string, void, undefined>;
  tokens(prompt?: string, options?: GenerationOptions): AsyncGenerator<TokenEvent, void, undefined>;
  answer(line: string, options?: AnswerOptions): Promise<Answer>;
  position(): Promise<number>;
  ring(): Promise<Ring>;
  logits(): Promise<Float32Array | null>;
  tokenize(text: string): Promise<{ token: number; text: string }[]>;
  textOf(token: number): Promise<string>;
  append(tokens: number[]): Promise<void>;
  watchAttention(layer: number): Promise<boolean>;
  attention(): Promise<Float32Array | null>;
  digest(options?: DigestOptions): Promise<string>;
  truncate(position: number): Promise<void>;
  reset(): Promise<void>;
  snapshot(): Promise<Uint8Array>;
  restore(snapshot: Uint8Array | ArrayBuffer): Promise<void>;
  close(): Promise<void>;
}

/** The positions that the newest of `position` tokens sees in a layer. */
export function positionsOf(layout: CacheLayout, position: number): RingPositions;

/** Snapshots in IndexedDB, by name. */
export function saveSnapshot(name: string, bytes: Uint8Array): Promise<void>;
/** Null if there is none of that name. */
export function loadSnapshot(name: string): Promise<Uint8Array | null>;
export function deleteSnapshot(name: string): Promise<void>;
export function listSnapshots(): Promise<string[]>;

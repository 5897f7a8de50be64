// A seat: what the module knows of a session beside its memory. A plan needs a seat only.
import { applySettings, count, object } from './settings.js';
import { bytesOfBuffer } from './source.js';

const mostSpanBytes = 4096; // of GrammarOptions

/** Copies in linear memory of what a session reads in place: a prefix, a grammar, its lists. */
export class Copies {
  #memory;
  #blocks = [];

  constructor(memory) {
    this.#memory = memory;
  }

  /** The address and the size of a copy. */
  take(bytes) {
    const address = this.#memory.take(bytes.byteLength);
    this.#blocks.push([address, bytes.byteLength]);
    this.#memory.view(address, bytes.byteLength).set(bytes);
    return [address, bytes.byteLength];
  }

  give() {
    for (const block of this.#blocks.splice(0)) this.#memory.give(...block);
  }
}

export function withSeat(instance, model, options, use) {
  const bytes = instance.exports.seat_object_bytes();
  const seat = instance.memory.take(bytes);
  const copies = new Copies(instance.memory);
  try {
    return use(beginSeat(instance, seat, model, options, copies));
  } finally {
    copies.give();
    instance.memory.give(seat, bytes);
  }
}

/** Makes a seat of a block and plans its memory. Settings replace those of the prefix. */
export function beginSeat(instance, seat, model, options, copies) {
  const { exports: e } = instance;
  const { prefix, grammar, lists, spanBytes, ...settings } = object('options', options);
  for (const [name, value] of Object.entries({ lists, spanBytes })) {
    if (value !== undefined && grammar === undefined) throw new TypeError(`${name}: needs the option grammar`);
  }
  const copy = (name, source) => copies.take(bytesOfBuffer(name, source));
  e.seat_begin(seat, model);
  if (prefix !== undefined) instance.check(e.seat_prefix(seat, ...copy('prefix', prefix)));
  applySettings(e, seat, settings);
  if (grammar !== undefined) {
    const most = spanBytes === undefined ? 0 : count('spanBytes', spanBytes, 1, mostSpanBytes);
    instance.check(e.seat_grammar(seat, ...copy('grammar', grammar), most));
  }
  if (lists !== undefined) instance.check(e.seat_lists(seat, ...copy('lists', lists)));
  instance.check(e.seat_place_sinks(seat));
  instance.check(e.plan_create(seat));
  return seat;
}

/** The plan of a seat, as `ringlet plan --json` has it. */
export function readPlan(instance, seat) {
  const e = instance.exports;
  const sections = Array.from({ length: e.plan_sections(seat) }, (_, i) => ({
    name: instance.text(e.section_name(seat, i)),
    offset: Number(e.section_offset(seat, i)),
    bytes: Number(e.section_bytes(seat, i)),
    permanent: e.section_is_permanent(seat, i) !== 0,
    firstStage: instance.text(e.section_first_stage(seat, i)),
    lastStage: instance.text(e.section_last_stage(seat, i)),
  }));
  instance.check(e.snapshot_most_bytes(seat));
  return { bytes: Number(e.plan_total(seat)), snapshotBytes: Number(e.seat_number(seat)), sections };
}

// A seat: what the module knows of a session beside its memory. A plan needs a seat only.
import { applySettings } from './settings.js';

export function withSeat(instance, model, options, use) {
  const bytes = instance.exports.seat_object_bytes();
  const seat = instance.memory.take(bytes);
  try {
    return use(beginSeat(instance, seat, model, options));
  } finally {
    instance.memory.give(seat, bytes);
  }
}

/** Makes a seat of a block and plans its memory. */
export function beginSeat(instance, seat, model, options) {
  instance.exports.seat_begin(seat, model);
  applySettings(instance.exports, seat, options);
  instance.check(instance.exports.plan_create(seat));
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

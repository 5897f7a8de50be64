// Errors of the runtime as Error objects.

/** Names of the error codes, by number (ringlet/status.hpp). */
const codes = ['ok', 'invalid_argument', 'invalid_model', 'unsupported', 'not_enough_memory', 'out_of_range',
  'checksum_mismatch', 'cancelled', 'invalid_snapshot', 'not_finite', 'not_trusted'];
const numbers = ['none', 'needs', 'at_most', 'got'];

export class RingletError extends Error {
  constructor(message, facts) {
    super(message);
    this.name = 'RingletError';
    Object.assign(this, facts);
  }

  /** What another thread needs to throw the same error. */
  toMessage() {
    const { message, code, where, what, index, numbers, needed, actual, setting, suggestion } = this;
    return { message, facts: { code, where, what, index, numbers, needed, actual, setting, suggestion } };
  }
}

/** The last error of a module. */
export function lastError(module) {
  const e = module.exports;
  return new RingletError(module.text(e.error_line()), {
    code: codes[e.error_code()],
    where: module.text(e.error_where()),
    what: module.text(e.error_what()),
    index: Number(e.error_index()),
    numbers: numbers[e.error_numbers()],
    needed: BigInt.asUintN(64, e.error_needed()),
    actual: BigInt.asUintN(64, e.error_actual()),
    setting: e.error_setting() === 0 ? null : module.text(e.error_setting()),
    suggestion: e.error_suggestion() >>> 0,
  });
}

/** An error that JavaScript itself finds, in the same form. */
export function ownError(code, where, what) {
  return new RingletError(`${where}: ${what}`, {
    code, where, what, index: -1, numbers: 'none', needed: 0n, actual: 0n, setting: null, suggestion: 0,
  });
}

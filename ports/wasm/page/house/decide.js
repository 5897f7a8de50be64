// What is done with an answer: act, ask again, or ignore it. The thresholds are those of the firmware
// (ports/firmware/commands/decision.hpp), compared in single precision as there.
const act = Math.fround(0.5);
const careful = Math.fround(0.9); // to unlock, and to open what is or may be a door or a garage
const ask = Math.fround(0.1);
const leastAllowed = Math.fround(0.02); // below it, the model wanted to say what the home does not have

const harmlessTypes = ['curtain', 'blind', 'shade', 'shutter', 'window', 'valve'];

const opens = (what) => what === 'open' || what === 'position';
const isCareful = ({ do: what, type }) => what === 'unlock' || (opens(what) && !harmlessTypes.includes(type));

/** 'act', 'ask' or 'ignore'. An answer that does nothing is ignored. */
export function decide(actions, { confidence, allowed }) {
  if (actions.every((action) => action.do === 'none') || allowed < leastAllowed) return 'ignore';
  if (confidence >= (actions.some(isCareful) ? careful : act)) return 'act';
  return confidence >= ask ? 'ask' : 'ignore';
}

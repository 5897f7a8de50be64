// Which positions a session remembers, for pages that draw them.
import { formats } from './settings.js';

/** The cache of a layer, constant while the session lives (ringlet/cache_layout.hpp). */
export function readLayout(exports, seat, layer) {
  const fact = (i) => exports.cache_fact(seat, layer, i) >>> 0;
  return Object.freeze({
    sinks: fact(0),
    window: fact(1),
    ringSlots: fact(2),
    hot: fact(3),
    coldSlots: fact(4),
    newest: Object.freeze({ keys: formats[fact(5)], values: formats[fact(6)] }),
    older: Object.freeze({ keys: formats[fact(7)], values: formats[fact(8)] }),
    bytes: fact(9),
  });
}

const span = (first, end) => ({ first, count: Math.max(end - first, 0) });

/**
 * The positions that the newest token of a session with `position` tokens sees in a layer: the sinks, and behind them the
 * window of the ring, whose newest `hot` positions are in the hot tier. With one tier all of the window is in `hot`.
 */
export function positionsOf(layout, position) {
  const begin = Math.max(layout.sinks, position - layout.window);
  const middle = layout.hot === 0 ? begin : Math.max(begin, position - layout.hot);
  return {
    sinks: span(0, Math.min(layout.sinks, position)),
    cold: span(begin, Math.min(middle, position)),
    hot: span(middle, position),
  };
}

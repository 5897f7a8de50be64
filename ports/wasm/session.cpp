// The session of a seat: tokens in, logits out.
#include "ringlet/session.hpp"

#include "export.hpp"
#include "failure.hpp"
#include "ringlet/cache_layout.hpp"
#include "seat.hpp"

namespace ringlet::port {

/// Creates session, sampler and, if the model has one, tokenizer, in memory of the size of the
/// plan.
RINGLET_EXPORT(session_create)
bool session_create(Seat* seat, std::byte* memory, std::size_t size) {
  const KernelSet& kernels = baseline_kernels();
  seat->sampling.repeat_window = seat->config.repeat_window;
  if (!store(seat->session, Session::create(seat->model, seat->config, {memory, size}, kernels)) ||
      !store(seat->sampler, seat->session.sampler(seat->sampling))) {
    return false;
  }
  const Result<Tokenizer> tokenizer = Tokenizer::open(seat->model);
  if (tokenizer.ok()) seat->tokenizer = *tokenizer;
  seat->detokenizer = Detokenizer(seat->tokenizer);
  return seat->prefix.empty() || succeeds(begin_text(*seat));
}

RINGLET_EXPORT(session_step) bool session_step(Seat* seat, TokenId token) {
  return succeeds(seat->session.step(token));
}
RINGLET_EXPORT(session_truncate) bool session_truncate(Seat* seat, std::uint64_t position) {
  return succeeds(seat->session.truncate(position));
}
/// Begins a new text.
RINGLET_EXPORT(session_reset) bool session_reset(Seat* seat) { return succeeds(begin_text(*seat)); }

RINGLET_EXPORT(session_position) std::uint64_t session_position(const Seat* seat) {
  return seat->session.position();
}
/// The context in effect.
RINGLET_EXPORT(session_context) std::uint32_t session_context(const Seat* seat) {
  return seat->session.config().context;
}
/// The address of the logits; null if there are none.
RINGLET_EXPORT(session_logits) const float* session_logits(const Seat* seat) {
  return seat->session.logits().data();
}

/// Decodes the fixed sequence; the digest is the seat's number.
RINGLET_EXPORT(session_digest)
bool session_digest(Seat* seat, std::uint32_t tokens, std::uint32_t chunk) {
  return store(seat->number, digest(seat->session, {.tokens = tokens, .chunk = chunk}));
}
RINGLET_EXPORT(seat_number) std::uint64_t seat_number(const Seat* seat) { return seat->number; }

/// Facts of a layer's cache (ringlet/cache_layout.hpp), in the order of JavaScript's list.
RINGLET_EXPORT(cache_fact)
std::uint32_t cache_fact(const Seat* seat, std::uint32_t layer, std::uint32_t fact) {
  const CacheLayout layout = cache_layout(seat->model, seat->session.config(), layer);
  const auto number = [](KvFormat format) { return static_cast<std::uint32_t>(format); };
  switch (fact) {
    case 0:
      return layout.sinks;
    case 1:
      return layout.window;
    case 2:
      return layout.ring_slots;
    case 3:
      return layout.hot;
    case 4:
      return layout.cold_slots;
    case 5:
      return number(layout.newest.keys);
    case 6:
      return number(layout.newest.values);
    case 7:
      return number(layout.older.keys);
    case 8:
      return number(layout.older.values);
    default:
      return static_cast<std::uint32_t>(layout.bytes);
  }
}

}  // namespace ringlet::port

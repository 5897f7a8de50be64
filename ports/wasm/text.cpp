// Text of a session: a prompt becomes tokens, and tokens become text.
#include "export.hpp"
#include "failure.hpp"
#include "seat.hpp"

namespace ringlet::port {

/// Encodes a text and appends it, by way of `room` tokens; the seat's number is that of the tokens.
RINGLET_EXPORT(session_prompt)
bool session_prompt(Seat* seat, const char* text, std::size_t size, TokenId* room,
                    std::size_t room_size) {
  if (!succeeds(Tokenizer::open(seat->model).status())) return false;
  Detokenizer detokenizer(seat->tokenizer, seat->session.position() == 0);
  const PromptOptions options = {
      .sampler = &seat->sampler, .detokenizer = &detokenizer, .room = {room, room_size}};
  if (!store(seat->number, prefill_text(seat->session, seat->tokenizer, {text, size}, options))) {
    return false;
  }
  seat->detokenizer = detokenizer;
  return true;
}

/// Chooses the next token; there must be logits.
RINGLET_EXPORT(session_sample) TokenId session_sample(Seat* seat) {
  return seat->sampler.sample(seat->session.logits());
}
/// Whether a token ends the text.
RINGLET_EXPORT(ends_text) bool ends_text(const Seat* seat, TokenId token) {
  return seat->tokenizer.ends_text(token);
}

/// The text that is complete with a token: its address, until the next call, and seat_text_size().
RINGLET_EXPORT(text_of_token) const char* text_of_token(Seat* seat, TokenId token) {
  seat->text = seat->detokenizer.next(token);
  return seat->text.data();
}
/// The end of the text: U+FFFD if an incomplete character is left.
RINGLET_EXPORT(text_finish) const char* text_finish(Seat* seat) {
  seat->text = seat->detokenizer.finish();
  return seat->text.data();
}
RINGLET_EXPORT(seat_text_size) std::size_t seat_text_size(const Seat* seat) {
  return seat->text.size();
}

}  // namespace ringlet::port

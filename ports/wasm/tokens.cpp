// Tokens as numbers: those of a text, and a prompt that is given as tokens.
#include "export.hpp"
#include "failure.hpp"
#include "seat.hpp"

namespace ringlet::port {

/// Encodes a text as session_prompt would here; the seat's number is that of the tokens.
RINGLET_EXPORT(text_encode)
bool text_encode(Seat* seat, const char* text, std::size_t size, TokenId* room,
                 std::size_t room_size) {
  if (!succeeds(Tokenizer::open(seat->model).status())) return false;
  const bool beginning = seat->session.position() == 0;
  std::size_t count = 0;
  if (beginning && seat->tokenizer.adds_bos()) room[count++] = seat->tokenizer.bos();
  Encoded encoded;
  if (!store(encoded,
             seat->tokenizer.encode({text, size}, beginning, seat->session.tokenizer_workspace(),
                                    {room + count, room_size - count}))) {
    return false;
  }
  seat->number = count + encoded.tokens;
  return true;
}

/// Begins to decode the text of other tokens than those of the session.
RINGLET_EXPORT(pieces_begin) void pieces_begin(Seat* seat) {
  seat->pieces = Detokenizer(seat->tokenizer, seat->session.position() == 0);
}
RINGLET_EXPORT(piece_of_token) const char* piece_of_token(Seat* seat, TokenId token) {
  seat->text = seat->pieces.next(token);
  return seat->text.data();
}

/// Appends tokens, which the sampler observes.
RINGLET_EXPORT(session_prefill)
bool session_prefill(Seat* seat, const TokenId* tokens, std::size_t count) {
  if (!succeeds(seat->session.prefill({tokens, count}))) return false;
  for (std::size_t i = 0; i < count; ++i) seat->sampler.observe(tokens[i]);
  return true;
}

}  // namespace ringlet::port

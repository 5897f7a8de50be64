#include "c/convert.hpp"
#include "ringlet/tokenizer.hpp"

using ringlet::Detokenizer;
using ringlet::Tokenizer;
using ringlet::c::object;
using ringlet::c::to_c;

static_assert(RINGLET_NO_TOKEN == Tokenizer::none);

ringlet_status ringlet_tokenizer_open(ringlet_tokenizer* tokenizer, const ringlet_model* model) {
  return ringlet::c::place_result(*tokenizer, Tokenizer::open(object<ringlet::Model>(*model)));
}

uint64_t ringlet_tokenizer_workspace_bytes(uint32_t longest_word) {
  return Tokenizer::workspace_bytes(longest_word);
}

ringlet_status ringlet_tokenizer_encode(const ringlet_tokenizer* tokenizer, const char* text,
                                        size_t size, bool beginning, ringlet_span workspace,
                                        ringlet_token* tokens, size_t capacity,
                                        const ringlet_control_tokens* control_tokens,
                                        ringlet_encoded* encoded) {
  ringlet::ControlTokens meaning;
  if (control_tokens != nullptr) meaning = ringlet::c::from_c(*control_tokens);
  const auto result = object<Tokenizer>(*tokenizer)
                          .encode({text, size}, beginning, ringlet::c::from_c(workspace),
                                  {tokens, capacity}, meaning);
  if (result.ok()) *encoded = {result->tokens, result->bytes, result->beginning};
  return to_c(result.status());
}

ringlet_text ringlet_tokenizer_piece(const ringlet_tokenizer* tokenizer, ringlet_token token) {
  return to_c(object<Tokenizer>(*tokenizer).piece(token));
}

ringlet_token ringlet_tokenizer_find(const ringlet_tokenizer* tokenizer, const char* piece,
                                     size_t size) {
  return object<Tokenizer>(*tokenizer).find({piece, size});
}

bool ringlet_tokenizer_is_control(const ringlet_tokenizer* tokenizer, ringlet_token token) {
  return object<Tokenizer>(*tokenizer).is_control(token);
}

bool ringlet_tokenizer_is_byte(const ringlet_tokenizer* tokenizer, ringlet_token token,
                               uint8_t* value) {
  return object<Tokenizer>(*tokenizer).is_byte(token, value);
}

ringlet_token ringlet_tokenizer_bos(const ringlet_tokenizer* tokenizer) {
  return object<Tokenizer>(*tokenizer).bos();
}

ringlet_token ringlet_tokenizer_eos(const ringlet_tokenizer* tokenizer) {
  return object<Tokenizer>(*tokenizer).eos();
}

bool ringlet_tokenizer_ends_reply(const ringlet_tokenizer* tokenizer, ringlet_token token) {
  return object<Tokenizer>(*tokenizer).ends_reply(token);
}

bool ringlet_tokenizer_ends_text(const ringlet_tokenizer* tokenizer, ringlet_token token) {
  return object<Tokenizer>(*tokenizer).ends_text(token);
}

bool ringlet_tokenizer_adds_bos(const ringlet_tokenizer* tokenizer) {
  return object<Tokenizer>(*tokenizer).adds_bos();
}

bool ringlet_tokenizer_adds_space_prefix(const ringlet_tokenizer* tokenizer) {
  return object<Tokenizer>(*tokenizer).adds_space_prefix();
}

void ringlet_detokenizer_begin(ringlet_detokenizer* detokenizer, const ringlet_tokenizer* tokenizer,
                               bool beginning) {
  ringlet::c::place(*detokenizer, Detokenizer(object<Tokenizer>(*tokenizer), beginning));
}

ringlet_text ringlet_detokenizer_next(ringlet_detokenizer* detokenizer, ringlet_token token) {
  return to_c(object<Detokenizer>(*detokenizer).next(token));
}

ringlet_text ringlet_detokenizer_next_bytes(ringlet_detokenizer* detokenizer, const char* bytes,
                                            size_t size) {
  return to_c(object<Detokenizer>(*detokenizer).next_bytes({bytes, size}));
}

ringlet_text ringlet_detokenizer_finish(ringlet_detokenizer* detokenizer) {
  return to_c(object<Detokenizer>(*detokenizer).finish());
}

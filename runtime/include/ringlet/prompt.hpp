// From text to logits in one call.
#pragma once

#include "ringlet/language.hpp"  // first

#include <cstdint>
#include <span>
#include <string_view>

#include "ringlet/chat.hpp"
#include "ringlet/drafter.hpp"
#include "ringlet/sampler.hpp"
#include "ringlet/session.hpp"
#include "ringlet/status.hpp"
#include "ringlet/tokenizer.hpp"

namespace ringlet {

/// Returns the sampling settings that the model file recommends, with seed 0.
[[nodiscard]] SamplerOptions sampler_options(const Model& model) noexcept;

/// Whether the vocabulary's begin-of-text token is put before a text.
enum class Bos : std::uint8_t {
  automatic,  // at position 0, if the vocabulary asks for it
  always,     // if the vocabulary has one
  never,
};

/// How prefill_text() and prefill_turn() append a text.
struct PromptOptions {
  Bos bos = Bos::automatic;
  ControlTokens control_tokens = {};
  Sampler* sampler = nullptr;          // optional; observes the tokens, for its repetition penalty
  Detokenizer* detokenizer = nullptr;  // optional; sees the tokens, which the reply continues
  const Drafter* drafter = nullptr;    // optional; observes the tokens
  Progress progress = {};              // counts tokens of the whole text
  /// Buffer for tokens between encoding and prefill. A text is processed in pieces of at most this
  /// many tokens. If empty, a buffer of 512 tokens (64 on 32-bit targets) on the stack is used. The
  /// tokens of one word must fit into it: more are an error (invalid_argument, "room", with the
  /// number needed). Apart from that, the result does not depend on it.
  std::span<TokenId> room = {};
};

/// Encodes `text` with the session's tokenizer workspace, appends its tokens to the session, and
/// returns their number. At position 0 the text starts a new document; at any other position it
/// continues what the session holds.
///
/// Errors: those of Tokenizer::encode and Session::prefill. An encoding error leaves everything
/// unchanged. After a prefill error the session goes back to its position before the call, as by
/// Session::truncate, or to position 0 if the ring no longer allows that; sampler, detokenizer and
/// drafter are unchanged. A cancelled prefill keeps the tokens of the finished chunks, and those
/// three have seen them.
Result<std::uint64_t> prefill_text(Session& session, const Tokenizer& tokenizer,
                                   std::string_view text,
                                   const PromptOptions& options = {}) noexcept;

/// Like prefill_text(), for a turn of a conversation. The turn already contains the markup of the
/// chat format, so `options.bos` and `options.control_tokens` are ignored.
Result<std::uint64_t> prefill_turn(Session& session, const Tokenizer& tokenizer,
                                   const ChatTurn& turn,
                                   const PromptOptions& options = {}) noexcept;

}  // namespace ringlet

// Drafts from a smaller model with the same vocabulary.
#pragma once

#include "ringlet/language.hpp"  // first

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "ringlet/draft_length.hpp"
#include "ringlet/draft_pause.hpp"
#include "ringlet/drafter.hpp"
#include "ringlet/session.hpp"
#include "ringlet/status.hpp"

namespace ringlet {

/// Drafts the most likely tokens of a smaller model, greedily, also for a text that is sampled: a
/// second sampler would be accepted less often.
///
/// The draft model has a session of its own, for which Config::draft_bytes of the target's session
/// reserves memory: Session::draft_memory(). It needs no draft_tokens. Its context may be shorter:
/// it then drafts from the newest part of the text. While nobody asks for drafts, it does not read
/// the text; asked again, it begins with the newest 32 to 64 tokens.
class DraftModel {
 public:
  /// Creates an empty drafter. Only useful as a target of assignment.
  DraftModel() = default;

  /// Drafts for sessions of `target` from `session`, which should be at position 0. A model with
  /// recurrent layers needs a rewind of config.ring_chunk(), or this is an invalid_argument. Error:
  /// invalid_argument if a token has other bytes in the vocabulary of the target, whose index it
  /// names; the larger one may have more tokens. Take DraftText then.
  static Result<DraftModel> create(const Model& target, Session session) noexcept;

  /// Appends tokens to the text.
  void observe(std::span<const TokenId> tokens) noexcept;

  /// Writes the most likely continuation to `out`, and returns its number of tokens. Nothing if the
  /// draft model cannot compute it.
  std::size_t draft(std::span<TokenId> out) noexcept;

  /// This object as a drafter; it must stay where it is.
  [[nodiscard]] Drafter drafter() noexcept;

 private:
  void settle() noexcept;
  bool flush() noexcept;
  void begin_anew() noexcept;
  void make_room() noexcept;

  Session session_;
  // Tokens of the text that the session has not read yet.
  std::array<TokenId, 64> pending_{};
  std::size_t pending_count_ = 0;
  // Tokens of the last draft that the session has read, and how many of them the text has.
  std::array<TokenId, DraftLength::most_costs> drafted_{};
  std::size_t drafted_count_ = 0;
  std::size_t matched_ = 0;
  DraftPause pause_;
};

/// Whether all tokens that both vocabularies have mean the same bytes. Otherwise the error names
/// the first that does not.
Status same_vocabulary(const Model& a, const Model& b) noexcept;

}  // namespace ringlet

// What a forward pass is about: rows, each a token of some session at some position.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/features.hpp"
#include "cache/kv_cache.hpp"
#include "ringlet/formats.hpp"

namespace ringlet {

/// Consecutive tokens of one session: the rows [first, first + count) of a pass, at the positions
/// position, position + 1, ….
struct RowSpan {
  KvCache* cache = nullptr;  // of the session
  std::uint64_t position = 0;
  std::uint32_t first = 0;
  std::uint32_t count = 0;
  std::uint32_t session = 0;  // for observers

  /// The logits of the last `wanted` rows go to consecutive rows of vocab_size floats, padded
  /// to 16.
  std::uint32_t wanted = 0;
  float* logits = nullptr;

  /// At most `most` rows, without logits, after the first `done` of this span; empty if there are
  /// no more.
  [[nodiscard]] RowSpan part(std::uint32_t done, std::uint32_t most) const noexcept {
    const std::uint32_t rest = done < count ? count - done : 0;
    return {.cache = cache,
            .position = position + done,
            .first = first + done,
            .count = rest < most ? rest : most,
            .session = session};
  }
};

/// The rows of a pass. The caches of all sessions have the same geometry.
struct Pass {
  std::span<const TokenId> tokens;    // the token of each row: valid ids
  std::span<const RowSpan> sessions;  // each with at least one row; together all rows, in order
  bool is_prefill = false;            // uses prefill_threads and the accelerator

  [[nodiscard]] std::uint32_t rows() const noexcept {
    return static_cast<std::uint32_t>(tokens.size());
  }

  /// Calls visit(span) for each session, of which a build without pools has one.
  template <typename Visit>
  void for_each_session(Visit visit) const {
    if constexpr (features::pool) {
      for (const RowSpan& session : sessions) visit(session);
    } else {
      visit(sessions.front());
    }
  }
};

}  // namespace ringlet

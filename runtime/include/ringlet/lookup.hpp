// Drafts from the text itself: what followed the last time that its last tokens occurred.
#pragma once

#include "ringlet/language.hpp"  // first

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include "ringlet/drafter.hpp"
#include "ringlet/formats.hpp"
#include "ringlet/status.hpp"

namespace ringlet {

/// Remembers the newest tokens of a text in a ring and, by hash, the newest place of each sequence
/// of 4, 3 and 2 tokens (prompt lookup decoding, Saxena, 2023, with n-grams found in constant
/// time). A token costs constant time. Texts that repeat themselves or their prompt gain most:
/// code, summaries, lists, answers that quote the question.
class Lookup {
 public:
  /// Creates an empty lookup. Only useful as a target of assignment.
  Lookup() = default;

  /// Size in bytes of the workspace for `window` tokens: about 28 a token.
  static constexpr std::uint64_t workspace_bytes(std::uint32_t window) noexcept {
    return (std::uint64_t{window} + gram_sizes * table_entries(window)) * sizeof(std::uint32_t);
  }

  /// Creates a lookup for the newest `window` tokens in `workspace`, which must be aligned to 4 and
  /// hold workspace_bytes(). Session::lookup_workspace() is for Config::lookup_window. Errors:
  /// invalid_argument, naming the argument; not_enough_memory.
  static Result<Lookup> create(std::uint32_t window, std::span<std::byte> workspace) noexcept;

  /// Appends tokens to the text.
  void observe(std::span<const TokenId> tokens) noexcept;

  /// Writes what followed the newest earlier occurrence of the text's last 4, 3 or 2 tokens to the
  /// start of `out`, and returns the number of tokens: all of out, or none. A draft that reaches
  /// the end of the text goes on with itself.
  std::size_t draft(std::span<TokenId> out) const noexcept;

  /// Forgets the text.
  void reset() noexcept;

  /// This lookup as a drafter; the lookup must stay where it is.
  [[nodiscard]] Drafter drafter() noexcept;

 private:
  static constexpr std::size_t gram_sizes = 3;
  static constexpr std::size_t shortest_gram = 2;

  static constexpr std::uint64_t table_entries(std::uint32_t window) noexcept {
    return std::bit_ceil(std::uint64_t{window}) * 2;
  }

  [[nodiscard]] TokenId token(std::uint32_t place) const noexcept;
  [[nodiscard]] std::uint32_t& newest(std::size_t size) const noexcept;
  [[nodiscard]] bool repeats(std::uint32_t place, std::size_t size) const noexcept;

  std::span<TokenId> ring_;
  std::span<std::uint32_t> tables_;
  std::uint32_t end_ = 0;  // tokens so far; wraps after 2^32
};

}  // namespace ringlet

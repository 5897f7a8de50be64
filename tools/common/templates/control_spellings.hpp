// The spellings of a vocabulary's control tokens ("<|im_end|>"), and where a text has them.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "ringlet/tokenizer.hpp"

namespace ringlet::templates {

/// A range of bytes.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;

  friend bool operator==(const Span&, const Span&) = default;
};

class ControlSpellings {
 public:
  ControlSpellings() = default;
  explicit ControlSpellings(const std::vector<std::string>& spellings);
  /// Of a tokenizer with so many tokens.
  ControlSpellings(const Tokenizer& tokenizer, std::size_t vocab_size);

  /// All spellings in a text, also those that overlap, in the order of their beginnings.
  [[nodiscard]] std::vector<Span> find(std::string_view text) const;

  /// The spellings in a text that end behind its first `from` bytes. The text can be cut anywhere.
  [[nodiscard]] std::vector<Span> find_ending_behind(std::size_t from, std::string_view text) const;

  /// Whether a spelling begins before `at` and ends behind it.
  [[nodiscard]] bool divides(std::size_t at, std::string_view text) const;

  /// The ends of a text that could become a spelling where another text follows or goes before:
  /// "<|im_" at its end and "start|>" at its beginning. White space around the text does not count.
  [[nodiscard]] std::vector<Span> find_halves(std::string_view text) const;

  /// The first and the last characters of the spellings.
  [[nodiscard]] const std::set<std::string, std::less<>>& ends() const { return ends_; }

 private:
  void add(std::string spelling);

  std::unordered_set<std::string> spellings_;
  std::set<std::size_t> sizes_;
  std::set<std::string, std::less<>> ends_;
};

}  // namespace ringlet::templates

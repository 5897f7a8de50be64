// What grammars mean, by a program that shares nothing with the runtime.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/automaton.hpp"

namespace ringlet::test {

/// The words of lists, and a text for spans, as a test gives them to a grammar.
struct RunTime {
  std::map<std::string, std::vector<std::string>> lists{};
  std::string span{};
};

/// An automaton, read as its comments say.
class ReferenceMatcher {
 public:
  ReferenceMatcher(const grammar::Automaton& automaton, const RunTime& run_time);

  /// Where a text is.
  struct At {
    std::uint32_t state = 0;
    std::vector<std::uint32_t> stack{};
    std::string word{};
    bool has_space = false;  // that in front of a spaced word or run has been read
    bool is_silent = false;  // it was the last byte, and is no part of the text
  };

  /// Whether any text exists.
  [[nodiscard]] bool is_possible() const { return live_[0]; }
  [[nodiscard]] bool step(At& at, std::uint8_t byte) const;
  [[nodiscard]] bool step(At& at, std::string_view bytes) const;
  /// The same; returns the part of the bytes that belongs to the text.
  std::string text_of(At& at, std::string_view bytes) const;
  [[nodiscard]] bool may_end(const At& at) const;

 private:
  [[nodiscard]] bool goes_on(const grammar::State& state, const std::string& word) const;
  [[nodiscard]] bool is_word(const grammar::State& state, const std::string& word) const;
  [[nodiscard]] bool can_end(std::uint32_t state) const;

  const grammar::Automaton& automaton_;
  const RunTime& run_time_;
  std::vector<bool> live_;
};

}  // namespace ringlet::test

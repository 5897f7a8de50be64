// Walks an automaton over a text, on a workstation: the plain form of what runtime/grammar does.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/automaton.hpp"

namespace ringlet::grammar {

/// The words of lists by name, and the text of which spans are pieces.
struct GivenTexts {
  std::map<std::string, std::vector<std::string>> lists;
  std::string text;
};

class Walk {
 public:
  /// Throws port::Failure if a list of the automaton is not given. Both must outlive this object.
  Walk(const Automaton& automaton, const GivenTexts& given);

  /// Reads a byte. Returns false, and changes nothing, if the grammar does not allow it here.
  bool step(std::uint8_t byte);
  /// Whether the text can end here.
  [[nodiscard]] bool done() const;
  /// The bytes that step() would read.
  [[nodiscard]] std::vector<std::uint8_t> allowed() const;
  /// States on the stack.
  [[nodiscard]] std::size_t depth() const { return at_.stack.size(); }
  /// The sum of `of_state` over the current state and those on the stack.
  [[nodiscard]] std::size_t distance(const std::vector<std::uint32_t>& of_state) const;

 private:
  struct Position {
    std::uint32_t state = 0;
    std::vector<std::uint32_t> stack{};
    std::string word{};            // the bytes of the current word of a list
    std::set<std::size_t> ends{};  // where the current run of the span's text can end
    bool in_span = false;          // it has at least one byte
  };

  [[nodiscard]] bool read(Position& at, std::uint8_t byte) const;
  [[nodiscard]] bool read_list(Position& at, std::uint8_t byte) const;
  [[nodiscard]] bool read_span(Position& at, std::uint8_t byte) const;
  [[nodiscard]] bool can_leave(const Position& at) const;
  [[nodiscard]] bool is_border(std::size_t position, bool whole_words) const;
  void leave(Position& at) const;

  const Automaton& automaton_;
  const GivenTexts& given_;
  std::vector<const std::vector<std::string>*> lists_;
  Position at_;
};

/// Whether the grammar allows exactly this text.
[[nodiscard]] bool accepts(const Automaton& automaton, std::string_view text,
                           const GivenTexts& given = {});

}  // namespace ringlet::grammar

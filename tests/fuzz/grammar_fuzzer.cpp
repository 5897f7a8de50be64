// Fuzzes grammars, lists of words, tries of tokens and saved states (support/hostile_grammar.hpp).
#include <array>

#include "fuzz/target.hpp"
#include "support/hostile_grammar.hpp"

namespace ringlet::test {

Outcome run_input(std::span<const std::byte> input) {
  const Status status = exercise_grammar(input);
  if (status.ok()) return accepted();
  std::array<char, 300> line{};
  return refused(std::string(describe(status, line)));
}

std::vector<Seed> make_seeds() {
  std::vector<Seed> seeds;
  for (const GrammarInput& input : grammar_inputs()) {
    seeds.push_back({input.name, input.bytes, input.refusal});
  }
  return seeds;
}

}  // namespace ringlet::test

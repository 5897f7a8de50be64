// Fuzzes sequences of calls about answers that follow a grammar (answer_machine.hpp).
#include "fuzz/answer_machine.hpp"
#include "fuzz/target.hpp"
#include "support/random.hpp"

namespace ringlet::test {

Outcome run_input(std::span<const std::byte> input) {
  AnswerMachine machine{ByteSource(input)};
  return machine.run() > 0 ? accepted() : refused("nothing was compared");
}

std::vector<Seed> make_seeds() {
  std::vector<Seed> seeds;
  for (std::uint64_t number = 0; number < 12; ++number) {
    Random random(mix(5, number));
    // The first bytes choose vocabulary and grammar.
    std::string bytes{static_cast<char>(number % 3), static_cast<char>(number % 4)};
    while (bytes.size() < 400) bytes += static_cast<char>(random.next());
    seeds.push_back({"answers_" + std::to_string(number), std::move(bytes)});
  }
  return seeds;
}

}  // namespace ringlet::test

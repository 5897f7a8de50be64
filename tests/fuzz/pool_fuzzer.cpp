// Fuzzes sequences of calls of a pool's interfaces (pool_machine.hpp).
#include "fuzz/pool_machine.hpp"
#include "fuzz/target.hpp"
#include "support/family_models.hpp"
#include "support/random.hpp"

namespace ringlet::test {

Outcome run_input(std::span<const std::byte> input) {
  PoolMachine machine{ByteSource(input)};
  return machine.run() > 0 ? accepted() : refused("the configuration was not accepted");
}

std::vector<Seed> make_seeds() {
  std::vector<Seed> seeds;
  for (std::size_t model = 0; model <= runtime_families().size(); ++model) {
    for (std::uint64_t number = 0;; ++number) {
      Random random(mix(5, mix(model, number)));
      std::string bytes(400, static_cast<char>(model));
      for (std::size_t i = 1; i < bytes.size(); ++i) bytes[i] = static_cast<char>(random.next());
      // Random configurations are often refused; a seed is one that is not.
      if (!run_input(std::as_bytes(std::span(bytes))).accepted) continue;
      seeds.push_back({"model_" + std::to_string(model), std::move(bytes)});
      break;
    }
  }
  return seeds;
}

}  // namespace ringlet::test

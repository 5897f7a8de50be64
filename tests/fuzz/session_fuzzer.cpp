// Fuzzes sequences of calls of the session's interfaces (session_machine.hpp).
#include "fuzz/session_machine.hpp"
#include "fuzz/target.hpp"
#include "support/family_models.hpp"
#include "support/random.hpp"

namespace ringlet::test {

Outcome run_input(std::span<const std::byte> input) {
  SessionMachine machine{ByteSource(input)};
  return machine.run() > 0 ? accepted() : refused("no configuration was accepted");
}

std::vector<Seed> make_seeds() {
  std::vector<Seed> seeds;
  for (std::size_t model = 0; model <= runtime_families().size(); ++model) {
    Random random(mix(3, model));
    std::string bytes(400, static_cast<char>(model));
    for (std::size_t i = 1; i < bytes.size(); ++i) bytes[i] = static_cast<char>(random.next());
    seeds.push_back({"model_" + std::to_string(model), std::move(bytes)});
  }
  return seeds;
}

}  // namespace ringlet::test

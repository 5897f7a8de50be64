// Fuzzes snapshots of sessions (support/hostile_snapshot.hpp).
#include <array>

#include "fuzz/target.hpp"
#include "support/hostile_snapshot.hpp"

namespace ringlet::test {

Outcome run_input(std::span<const std::byte> input) {
  const Status status = exercise_snapshot(input);
  if (status.ok()) return accepted();
  std::array<char, 300> line{};
  return refused(std::string(describe(status, line)));
}

std::vector<Seed> make_seeds() {
  const auto text = [](const AlignedBytes& bytes) {
    return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  };
  std::vector<Seed> seeds;
  for (const auto& [name, input] : snapshot_inputs()) seeds.push_back({name, text(input)});
  for (const auto& [name, input] : family_snapshot_inputs()) seeds.push_back({name, text(input)});
  for (const auto& [refusal, input] : refused_snapshot_inputs()) {
    seeds.push_back({"refused_" + std::to_string(seeds.size()), text(input), refusal});
  }
  return seeds;
}

}  // namespace ringlet::test

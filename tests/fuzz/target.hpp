// What every fuzz target defines: how one input is run, and the seeds that show how far it gets.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace ringlet::test {

/// What became of one input.
struct Outcome {
  bool accepted = false;
  std::string refusal;  // where and why it was refused; empty when accepted
};

inline Outcome accepted() { return {.accepted = true, .refusal = {}}; }
inline Outcome refused(std::string why) { return {.accepted = false, .refusal = std::move(why)}; }

/// An input made for one outcome. The replay fails when the input has another.
struct Seed {
  std::string name;
  std::string bytes;
  std::string refusal = {};  // a part of the expected Outcome::refusal; empty: accepted
};

/// Runs one input. A fault ends the program.
Outcome run_input(std::span<const std::byte> input);

/// The seeds, created by the current writers of every format.
std::vector<Seed> make_seeds();

}  // namespace ringlet::test

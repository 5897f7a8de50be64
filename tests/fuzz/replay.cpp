// Runs a fuzz target without libFuzzer. Any fault ends the program.
//
//   --seeds [FOLDER]       runs the seeds, checks that each has its expected outcome, and writes
//                          them to FOLDER as a start for libFuzzer
//   --corpus FOLDER        does the same for the files of FOLDER/accepted and FOLDER/refused
//   --collected FOLDER     runs the files of FOLDER, whatever their outcomes
//   --random FIRST COUNT   runs random inputs, generated from the numbers FIRST to FIRST+COUNT-1
#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

#include "fuzz/aims.hpp"
#include "fuzz/target.hpp"
#include "support/random.hpp"

namespace ringlet::test {
namespace {

namespace fs = std::filesystem;

struct Counts {
  std::size_t accepted = 0, refused = 0, wrong = 0;

  void add(const Outcome& outcome) { ++(outcome.accepted ? accepted : refused); }
};

Outcome run(const std::string& bytes) { return run_input(std::as_bytes(std::span(bytes))); }

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void report_wrong(const std::string& name, const std::string& expected, const Outcome& outcome) {
  std::fprintf(stderr, "%s: expected %s, but was %s\n", name.c_str(),
               expected.empty() ? "acceptance" : ("a refusal with \"" + expected + "\"").c_str(),
               outcome.accepted ? "accepted" : ("refused: " + outcome.refusal).c_str());
}

Counts run_seeds(const fs::path& folder) {
  if (!folder.empty()) {
    fs::remove_all(folder);
    fs::create_directories(folder);
  }
  Counts counts;
  for (const Seed& seed : make_seeds()) {
    if (!folder.empty()) std::ofstream(folder / seed.name, std::ios::binary) << seed.bytes;
    const Outcome outcome = run(seed.bytes);
    counts.add(outcome);
    if (outcome.accepted == seed.refusal.empty() &&
        outcome.refusal.find(seed.refusal) != std::string::npos) {
      continue;
    }
    ++counts.wrong;
    report_wrong(seed.name, seed.refusal, outcome);
  }
  return counts;
}

Counts run_folder(const fs::path& folder, bool outcomes_are_known) {
  Counts counts;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    const Outcome outcome = run(read(entry.path()));
    counts.add(outcome);
    if (!outcomes_are_known) continue;
    const fs::path expected = entry.path().parent_path().filename();
    if (expected == (outcome.accepted ? "accepted" : "refused")) continue;
    ++counts.wrong;
    report_wrong(entry.path(), outcome.accepted ? "any reason" : "", outcome);
  }
  return counts;
}

/// Random inputs are as often short as long.
Counts run_random(std::uint64_t first, std::uint64_t count) {
  constexpr std::uint32_t longest = 3000;
  Counts counts;
  for (std::uint64_t number = first; number < first + count; ++number) {
    Random random(number);
    std::string bytes(1 + random.below(1 + random.below(longest)), '\0');
    for (char& byte : bytes) byte = static_cast<char>(random.next());
    std::fprintf(stderr, "\r%llu ", static_cast<unsigned long long>(number));
    counts.add(run(bytes));
  }
  std::fprintf(stderr, "\r");
  return counts;
}

int judge(const Counts& counts) {
  std::printf("%zu inputs: %zu accepted, %zu refused, %zu with another outcome than expected\n",
              counts.accepted + counts.refused, counts.accepted, counts.refused, counts.wrong);
  return counts.accepted > 0 && counts.wrong == 0 ? 0 : 1;
}

/// The same, and that enough random inputs have met every aim of the target.
int judge_random(const Counts& counts) {
  constexpr std::size_t enough_to_judge = 50;
  for (const auto& [aim, count] : aims()) {
    std::printf("  %s: %zu times\n", std::string(aim).c_str(), count);
  }
  const std::string missed = missed_aims();
  if (counts.accepted + counts.refused < enough_to_judge || missed.empty()) return judge(counts);
  std::fprintf(stderr, "BLIND: no input has met: %s\n", missed.c_str());
  return 1;
}

int replay(int argc, char** argv) {
  const std::string_view mode = argc > 1 ? argv[1] : "";
  if (mode == "--seeds" && argc <= 3) return judge(run_seeds(argc == 3 ? argv[2] : ""));
  if (mode == "--corpus" && argc == 3) return judge(run_folder(argv[2], true));
  if (mode == "--random" && argc == 4) {
    return judge_random(run_random(std::stoull(argv[2]), std::stoull(argv[3])));
  }
  if (mode == "--collected" && argc == 3) {
    const Counts counts = run_folder(argv[2], false);
    (void)judge(counts);
    return counts.accepted + counts.refused > 0 ? 0 : 1;
  }
  std::fprintf(stderr,
               "usage: %s --seeds [FOLDER] | --corpus FOLDER | --collected FOLDER | "
               "--random FIRST COUNT\n",
               argv[0]);
  return 2;
}

}  // namespace
}  // namespace ringlet::test

int main(int argc, char** argv) try {
  return ringlet::test::replay(argc, argv);
} catch (const std::exception& error) {
  std::fprintf(stderr, "replay: %s\n", error.what());
  return 1;
}

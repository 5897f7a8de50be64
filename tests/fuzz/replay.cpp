// Runs a harness over the files of folders, for compilers without libFuzzer. Any fault ends the
// program.
//   ringlet_fuzz_replay model|gguf|safetensors|config FOLDER…
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "fuzz/import_harness.hpp"
#include "fuzz/model_harness.hpp"

namespace {

using Harness = void (*)(std::span<const std::byte>);

Harness harness_named(std::string_view name) {
  if (name == "model") return ringlet::test::fuzz_model;
  if (name == "gguf") return ringlet::test::fuzz_gguf;
  if (name == "safetensors") return ringlet::test::fuzz_safetensors;
  if (name == "config") return ringlet::test::fuzz_config;
  return nullptr;
}

std::size_t replay(Harness harness, const std::filesystem::path& folder) {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    harness(std::as_bytes(std::span(bytes)));
    ++files;
  }
  return files;
}

}  // namespace

int main(int argc, char** argv) try {
  const Harness harness = argc > 2 ? harness_named(argv[1]) : nullptr;
  if (harness == nullptr) {
    std::fprintf(stderr, "usage: %s model|gguf|safetensors|config FOLDER...\n", argv[0]);
    return 2;
  }
  std::size_t files = 0;
  for (int i = 2; i < argc; ++i) files += replay(harness, argv[i]);
  std::printf("%zu inputs, no fault\n", files);
  return files > 0 ? 0 : 1;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}

#include "fuzz/import_harness.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include "common/visible_text.hpp"
#include "import/import_source.hpp"
#include "support/hostile.hpp"
#include "write/write_model.hpp"

namespace ringlet::test {
namespace {

constexpr std::uint64_t most_weights = 1U << 20;

std::uint64_t weights_of(const convert::SourceModel& model) {
  const Architecture& a = model.architecture;
  const std::uint64_t layer = std::uint64_t{a.dim} * (a.heads + a.kv_heads) * a.head_dim * 2 +
                              std::uint64_t{a.dim} * a.hidden_dim * 3;
  return layer * a.layers + std::uint64_t{a.vocab_size} * a.dim;
}

}  // namespace

MemoryFile::MemoryFile(std::span<const std::byte> bytes)
    : descriptor_(::memfd_create("fuzz", MFD_CLOEXEC)) {
  if (descriptor_ < 0 ||
      ::write(descriptor_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
    std::perror("memfd");
    std::abort();
  }
}

MemoryFile::~MemoryFile() { ::close(descriptor_); }

std::string MemoryFile::path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

Outcome outcome_of(const std::function<void()>& import) {
  try {
    import();
  } catch (const std::runtime_error& error) {
    // What it quotes of its source may be anything: whoever prints it makes one line of it.
    const std::string text = common::visible(error.what(), true);
    if (text.empty() || text.find('\n') != std::string::npos) {
      std::fprintf(stderr, "not an error in one line: %s\n", error.what());
      std::abort();
    }
    return refused(text);
  }
  return accepted();
}

convert::SourceModel import_all(const std::filesystem::path& source) {
  convert::ImportOptions options;
  options.source = source;
  options.quiet = true;
  return convert::import_source(options);
}

void convert_and_decode(const convert::SourceModel& model) {
  if (weights_of(model) > most_weights) throw std::runtime_error("too large to be tried");
  const AlignedBytes image(
      convert::write_model_to_memory(model, {.keep_codes = convert::all_classes}));
  const Exercised result = exercise(image.span());
  if (result.decoded) return;
  std::array<char, 300> line{};
  throw std::runtime_error("converted, but not decoded: " +
                           std::string(describe(result.opened, line)));
}

}  // namespace ringlet::test

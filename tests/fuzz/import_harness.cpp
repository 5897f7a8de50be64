#include "fuzz/import_harness.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

#include "gguf_import.hpp"
#include "hf_config.hpp"
#include "safetensors.hpp"
#include "support/hostile.hpp"

namespace ringlet::test {
namespace {

constexpr std::uint64_t most_weights = 1U << 20;

/// A file in memory, for importers that want a path.
class MemoryFile {
 public:
  explicit MemoryFile(std::span<const std::byte> bytes)
      : descriptor_(::memfd_create("fuzz", MFD_CLOEXEC)) {
    if (descriptor_ < 0 ||
        ::write(descriptor_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
      std::perror("memfd");
      std::abort();
    }
  }
  ~MemoryFile() { ::close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

/// Runs an importer. The only exception it may throw is a std::runtime_error in one line; anything
/// else (no memory, a length out of range) ends the program as a fault.
template <typename Import>
void expect_model_or_error(Import import) {
  try {
    import();
  } catch (const std::runtime_error& error) {
    const std::string_view text = error.what();
    if (text.empty() || text.find('\n') != std::string_view::npos) {
      std::fprintf(stderr, "not an error in one line: %s\n", error.what());
      std::abort();
    }
  }
}

std::uint64_t weights_of(const convert::SourceModel& model) {
  const Architecture& a = model.architecture;
  const std::uint64_t layer = std::uint64_t{a.dim} * (a.heads + a.kv_heads) * a.head_dim * 2 +
                              std::uint64_t{a.dim} * a.hidden_dim * 3;
  return layer * a.layers + std::uint64_t{a.vocab_size} * a.dim;
}

}  // namespace

void fuzz_gguf(std::span<const std::byte> input) {
  if (input.empty()) return;
  const MemoryFile file(input);
  expect_model_or_error([&] {
    const convert::SourceModel model = convert::import_gguf(file.path()).model;
    if (weights_of(model) > most_weights) return;
    const AlignedBytes image(
        convert::write_model_to_memory(model, {.keep_codes = convert::all_classes}));
    (void)exercise(image.span());
  });
}

void fuzz_safetensors(std::span<const std::byte> input) {
  if (input.empty()) return;
  const MemoryFile file(input);
  expect_model_or_error([&] {
    convert::TensorStore store(file.path());
    convert::add_safetensors(file.path(), store);
    store.for_each([](const convert::StoredTensor& tensor) {
      if (tensor.bytes == 0 || tensor.type->decode == nullptr) return;
      std::vector<float> row(static_cast<std::size_t>(tensor.columns()));
      tensor.read(tensor.rows() - 1, 0, row);
    });
  });
}

void fuzz_config(std::span<const std::byte> input) {
  expect_model_or_error([&] {
    const std::string_view text(reinterpret_cast<const char*>(input.data()), input.size());
    const convert::JsonDocument document(text, "config.json");
    (void)convert::read_hf_config(document.root());
  });
}

}  // namespace ringlet::test

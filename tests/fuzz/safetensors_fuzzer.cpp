// Fuzzes safetensors files: the header, and a row of every tensor that can be read.
#include "fuzz/import_harness.hpp"
#include "source/huggingface/safetensors.hpp"
#include "support/gguf_maker.hpp"

namespace ringlet::test {
namespace {

std::string file_with(const std::string& header, std::size_t data) {
  return GgufMaker::raw(std::uint64_t{header.size()}) + header + std::string(data, '\0');
}

}  // namespace

Outcome run_input(std::span<const std::byte> input) {
  if (input.empty()) return refused("empty");
  const MemoryFile file(input);
  return outcome_of([&] {
    convert::TensorStore store(file.path());
    convert::add_safetensors(file.path(), store);
    store.for_each([](const convert::StoredTensor& tensor) {
      if (tensor.bytes == 0 || tensor.type->decode == nullptr) return;
      std::vector<float> row(static_cast<std::size_t>(tensor.columns()));
      tensor.read(tensor.rows() - 1, 0, row);
    });
  });
}

std::vector<Seed> make_seeds() {
  const std::string two =
      R"({"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},)"
      R"("b":{"dtype":"BF16","shape":[4],"data_offsets":[24,32]}})";
  const std::string others = R"({"a":{"dtype":"F16","shape":[2,3],"data_offsets":[0,12]},)"
                             R"("b":{"dtype":"I64","shape":[],"data_offsets":[12,20]},)"
                             R"("c":{"dtype":"U8","shape":[0,4],"data_offsets":[20,20]}})";
  return {{"two_tensors", file_with(two, 32)},
          {"other_types", file_with(others, 20)},
          {"refused_gap", file_with(two, 33), "after its last tensor"},
          {"refused_json", file_with("{\"a\":", 0), "JSON"},
          {"refused_length", std::string(8, '\x7F'), "header"}};
}

}  // namespace ringlet::test

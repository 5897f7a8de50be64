// Fuzzes GGUF files as a source of the converter.
#include <string_view>
#include <utility>

#include "fuzz/import_harness.hpp"
#include "support/families.hpp"
#include "support/family_gguf.hpp"
#include "support/gguf_maker.hpp"

namespace ringlet::test {
namespace {

void add_types(std::vector<Seed>& seeds) {
  // The type's number and the bytes of 32 elements.
  const std::pair<std::uint32_t, std::uint64_t> types[] = {
      {0, 128}, {1, 64}, {2, 18}, {3, 20}, {6, 22}, {7, 24}, {8, 34}, {20, 18}, {30, 64}, {39, 17}};
  for (const auto& [type, bytes] : types) {
    seeds.push_back({"type_" + std::to_string(type), small_gguf(type, bytes).bytes()});
  }
  // The same for 256: IQ3_S, IQ4_XS, IQ1_M and TQ1_0.
  for (const auto& [type, bytes] :
       {std::pair<std::uint32_t, std::uint64_t>{21, 110}, {23, 136}, {29, 56}, {34, 54}}) {
    seeds.push_back({"type_" + std::to_string(type), gguf_with_wide_down(type, bytes).bytes()});
  }
}

void add_keys(std::vector<Seed>& seeds) {
  GgufMaker part = small_gguf(2, 18);
  part.entry("split.no", 2, GgufMaker::raw(std::uint16_t{0}));
  part.entry("split.count", 2, GgufMaker::raw(std::uint16_t{3}));
  part.entry("split.tensors.count", 5, GgufMaker::raw(std::int32_t{30}));
  seeds.push_back({"split", part.bytes(), "split"});
  GgufMaker keys = small_gguf(8, 34, "qwen2");
  keys.truth("a.truth", true);
  keys.entry(
      "a.list", 9,
      GgufMaker::raw(8U) + GgufMaker::raw(std::uint64_t{1}) + GgufMaker::with_length("text"));
  keys.entry("a.integer", 11, GgufMaker::raw(std::int64_t{-3}));
  seeds.push_back({"all_keys", keys.bytes()});
}

std::string texts(const std::vector<std::string>& list) {
  constexpr std::uint32_t text_type = 8;
  std::string bytes = GgufMaker::raw(text_type) + GgufMaker::raw(std::uint64_t{list.size()});
  for (const std::string& text : list) bytes += GgufMaker::with_length(text);
  return bytes;
}

/// The 20 tokens that small_gguf() has rows for: byte-level pairs with a few of the bytes.
void add_tokenizer(std::vector<Seed>& seeds) {
  constexpr std::uint32_t list_type = 9, integer_type = 5;
  GgufMaker file = small_gguf(2, 18);
  file.text("tokenizer.ggml.model", "gpt2");
  file.text("tokenizer.ggml.pre", "smollm");
  std::vector<std::string> tokens = {"h", "e", "he", "<|end|>", "<user>", "\u0120", "5"};
  std::string kinds = GgufMaker::raw(integer_type) + GgufMaker::raw(std::uint64_t{20});
  for (const std::int32_t kind : {1, 1, 1, 3, 4, 1, 1}) kinds += GgufMaker::raw(kind);
  while (tokens.size() < 20) {
    tokens.push_back("[PAD" + std::to_string(tokens.size()) + "]");
    kinds += GgufMaker::raw(std::int32_t{5});
  }
  file.entry("tokenizer.ggml.tokens", list_type, texts(tokens));
  file.entry("tokenizer.ggml.token_type", list_type, kinds);
  file.entry("tokenizer.ggml.merges", list_type, texts({"h e"}));
  file.number("tokenizer.ggml.eos_token_id", 3);
  file.text("tokenizer.chat_template",
            "{% for m in messages %}<|end|>{{ m.role }} {{ m.content }}{% endfor %}");
  seeds.push_back({"tokenizer", file.bytes()});
}

void add_families(std::vector<Seed>& seeds) {
  for (const Family& family : all_families()) {
    if (family.gguf == nullptr) continue;
    // The runtime has no place for the windows that this family takes turns with.
    const bool refused = family.gguf == std::string_view("qwen2");
    seeds.push_back({std::string("family_") + family.name, gguf_of(family.make(), family.gguf),
                     refused ? "qwen2.attention.sliding_window" : ""});
  }
}

}  // namespace

Outcome run_input(std::span<const std::byte> input) {
  if (input.empty()) return refused("empty");
  const MemoryFile file(input);
  return outcome_of([&] { convert_and_decode(import_all(file.path())); });
}

std::vector<Seed> make_seeds() {
  std::vector<Seed> seeds;
  add_types(seeds);
  add_keys(seeds);
  add_tokenizer(seeds);
  add_families(seeds);
  seeds.push_back({"refused_cut", small_gguf(2, 18).bytes().substr(0, 3000), "truncated"});
  return seeds;
}

}  // namespace ringlet::test

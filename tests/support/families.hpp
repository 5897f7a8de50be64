// Every convertible family, as a small Hugging Face folder of random weights and as its meaning:
// each make_… is the family's published definition in terms of the reference. Names of tensors and
// the config are those of its published checkpoints.
#pragma once

#include <nlohmann/json.hpp>
#include <ostream>
#include <span>

#include "reference/transformer.hpp"
#include "support/folder_maker.hpp"

namespace ringlet::test {

inline constexpr std::size_t family_vocabulary = 40;

/// Sizes of all families, except that GPT-2's width is heads · head_dim.
struct FamilySizes {
  static constexpr std::size_t dim = 48, hidden = 72, layers = 4, heads = 4, kv_heads = 2,
                               head_dim = 16;
};

/// A family's folder and its meaning.
struct MadeFamily {
  FolderMaker maker{17};
  nlohmann::json config;
  reference::Weights weights;
};

/// A family as the tests know it: comparisons with the reference and with GGUF files, snapshots,
/// and seeds of fuzz targets.
struct Family {
  const char* name;
  MadeFamily (*make)();
  /// general.architecture of its GGUF files; null: there are none.
  const char* gguf = nullptr;
  /// Brings the config to what a GGUF file can say; null: it can say everything.
  void (*adapt_to_gguf)(nlohmann::json& config) = nullptr;
  /// The folder is that of the family before; the reference is that of longer contexts.
  bool is_long = false;
  /// What is new about it is how its files are read: to the runtime it is like another.
  bool is_only_imported = false;

  friend void PrintTo(const Family& family, std::ostream* out) { *out << family.name; }
};

/// The families of the files families_….cpp: a new one is a function there and a row of that file's
/// list.
std::span<const Family> llama_families();
std::span<const Family> families_of_other_norms();
std::span<const Family> parallel_families();
std::span<const Family> gemma_families();
std::span<const Family> gpt2_families();
std::span<const Family> lfm_families();
std::span<const Family> qwen_families();

/// All of them.
std::span<const Family> all_families();
/// Those that differ to the runtime.
std::span<const Family> runtime_families();

// Those that some tests are about.
MadeFamily make_llama();  // 3.1, with every bias
MadeFamily make_qwen3();
MadeFamily make_gemma3();
/// `nano`: as nanoGPT stores it.
MadeFamily make_gpt2(bool nano);

}  // namespace ringlet::test

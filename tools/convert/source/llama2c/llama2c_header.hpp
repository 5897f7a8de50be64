// The header of a llama2.c checkpoint (github.com/karpathy/llama2.c), in its three versions:
//
//   legacy  seven int32, no magic; a negative vocab_size means that the classifier is separate
//   1       "ak42", version, the same seven int32, a byte: shared classifier; zeros up to byte 256
//   2       like 1, with an int32 after that byte: the size of the groups that share an INT8 scale
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace ringlet::convert {

struct Llama2cHeader {
  std::uint32_t version = 0;  // 0: legacy
  std::uint32_t dim = 0;
  std::uint32_t hidden_dim = 0;
  std::uint32_t layers = 0;
  std::uint32_t heads = 0;
  std::uint32_t kv_heads = 0;
  std::uint32_t vocab_size = 0;
  std::uint32_t context = 0;
  bool shared_classifier = true;
  std::uint32_t group_size = 0;  // version 2 only
  std::uint64_t bytes = 0;       // offset of the weights

  [[nodiscard]] std::uint32_t head_dim() const { return dim / heads; }
  [[nodiscard]] std::uint32_t kv_dim() const { return head_dim() * kv_heads; }
};

/// Whether the bytes begin with the magic of versions 1 and 2.
bool has_llama2c_magic(std::span<const std::byte> bytes);

/// Whether bytes without that magic can be a legacy checkpoint: their sizes are consistent and
/// plausible for a model.
bool has_legacy_llama2c_sizes(std::span<const std::byte> bytes);

/// Reads and checks a header. Every size is positive and below 2^31, heads divide dim and kv_heads
/// divide heads. Throws std::runtime_error with the file, the field and its value.
Llama2cHeader parse_llama2c_header(std::span<const std::byte> bytes, const std::string& file_name);

}  // namespace ringlet::convert

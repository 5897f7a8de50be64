// The offsets of the tensors in a llama2.c checkpoint. The file does not name the tensors: their
// order and sizes follow from the header.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "source/llama2c/llama2c_header.hpp"

namespace ringlet::convert {

/// Floats, or (if `group_size` is not 0) INT8 codes followed by one float scale per group_size
/// codes, counted over the whole tensor regardless of rows.
struct Llama2cTensor {
  std::string name;
  std::uint64_t offset = 0;
  std::uint32_t rows = 0;
  std::uint32_t columns = 0;
  std::uint32_t group_size = 0;

  [[nodiscard]] std::uint64_t elements() const { return std::uint64_t{rows} * columns; }
  [[nodiscard]] std::uint64_t scales_offset() const { return offset + elements(); }
};

struct Llama2cLayer {
  Llama2cTensor attention_norm, wq, wk, wv, wo, ffn_norm, w1, w2, w3;
};

struct Llama2cLayout {
  Llama2cTensor embedding;
  std::vector<Llama2cLayer> layers;
  Llama2cTensor final_norm;
  Llama2cTensor classifier;  // no rows if it is shared with the embedding
};

/// Determines the offset of every tensor and compares the end of the last with the size of the
/// file. Throws std::runtime_error for the first tensor that does not fit, with its offset and
/// size; for remaining bytes; for a tensor that groups do not divide; for sizes that overflow.
Llama2cLayout place_llama2c_tensors(const Llama2cHeader& header, std::uint64_t file_bytes,
                                    const std::string& file_name);

}  // namespace ringlet::convert

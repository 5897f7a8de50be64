// Where each tensor of a llama2.c checkpoint lies. The tensors are not named in the file: their
// order and their sizes follow from the header.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "llama2c_header.hpp"

namespace ringlet::convert {

/// Floats, or (`group_size` not 0) INT8 codes followed by one float scale for every group_size of
/// them, counted over the whole tensor whatever its rows are.
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
  Llama2cTensor classifier;  // no rows when it is shared with the embedding
};

/// Places every tensor and compares the end of the last with the size of the file. Throws
/// std::runtime_error: the first tensor that does not fit, with its offset and size; bytes left
/// over; a tensor that groups do not divide; sizes that overflow.
Llama2cLayout place_llama2c_tensors(const Llama2cHeader& header, std::uint64_t file_bytes,
                                    const std::string& file_name);

}  // namespace ringlet::convert

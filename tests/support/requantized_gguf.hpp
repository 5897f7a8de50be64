// A GGUF file with its matrices in another type, as a quantizer would write it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <span>
#include <string>

#include "numerics/half.hpp"
#include "source/blocks/tables.hpp"
#include "source/gguf/gguf.hpp"
#include "support/gguf_maker.hpp"

namespace ringlet::test {

using EncodeBlock = std::function<std::string(std::span<const float, 32>)>;

/// The bytes of a GGUF file of floats in which every matrix has been encoded, 32 elements at a
/// time, under the type with this number. Metadata and vectors stay as they are.
inline std::string requantized_gguf(const std::filesystem::path& path, std::uint32_t type,
                                    const EncodeBlock& encode) {
  std::ifstream in(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  constexpr std::size_t header = 24;
  std::size_t end_of_metadata = bytes.size();
  const convert::GgufFile file = convert::read_gguf_file(path);
  for (const convert::StoredTensor& tensor : file.tensors) {
    end_of_metadata =
        std::min(end_of_metadata, bytes.find(GgufMaker::with_length(tensor.name), header));
  }
  GgufMaker made;
  made.copied(bytes.substr(header, end_of_metadata - header), file.metadata.values().size());
  for (const convert::StoredTensor& tensor : file.tensors) {
    std::vector<float> row(tensor.columns());
    std::string data;
    const bool matrix = tensor.rows() > 1;
    for (std::uint64_t n = 0; n < tensor.rows(); ++n) {
      tensor.read(n, 0, row);
      if (!matrix)
        data.assign(reinterpret_cast<const char*>(row.data()), row.size() * sizeof(float));
      for (std::size_t k = 0; matrix && k < row.size(); k += 32) {
        data += encode(std::span<const float, 32>(row.data() + k, 32));
      }
    }
    made.tensor(tensor.name, {tensor.shape.rbegin(), tensor.shape.rend()}, matrix ? type : 0, data);
  }
  return made.bytes();
}

/// A block of IQ4_NL: the table's nearest numbers, for the scale that puts the extreme on −127 and
/// then for the scale that fits those best.
inline std::string encode_iq4_nl(std::span<const float, 32> weights) {
  const auto& table = convert::blocks::iq4_values;
  const float extreme = *std::max_element(
      weights.begin(), weights.end(), [](float a, float b) { return std::abs(a) < std::abs(b); });
  std::array<std::size_t, 32> codes{};
  std::uint16_t half = float_to_half(extreme / -127);
  for (int round = 0; round < 2; ++round) {
    float product = 0;
    float square = 0;
    const float scale = half_to_float(half);
    for (std::size_t i = 0; i < codes.size(); ++i) {
      const auto* nearest = std::min_element(table.begin(), table.end(), [&](int a, int b) {
        return std::abs(weights[i] - static_cast<float>(a) * scale) <
               std::abs(weights[i] - static_cast<float>(b) * scale);
      });
      codes[i] = static_cast<std::size_t>(std::distance(table.begin(), nearest));
      product += weights[i] * static_cast<float>(*nearest);
      square += static_cast<float>(*nearest) * static_cast<float>(*nearest);
    }
    if (round == 0) half = float_to_half(product / square);
  }
  std::string block = GgufMaker::raw(half);
  for (std::size_t j = 0; j < 16; ++j) block += static_cast<char>(codes[j] | codes[j + 16] << 4);
  return block;
}

}  // namespace ringlet::test

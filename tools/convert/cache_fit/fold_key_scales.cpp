#include "cache_fit/fold_key_scales.hpp"

#include <memory>
#include <stdexcept>
#include <utility>

namespace ringlet::convert {
namespace {

/// Multiplies row i by factor(i).
template <typename Factor>
void scale_rows(SourceMatrix& matrix, Factor factor) {
  matrix.stored_as.reset();
  matrix.read_row = [factor, read = std::move(matrix.read_row)](std::uint32_t row,
                                                                std::span<float> out) {
    read(row, out);
    for (float& value : out) value *= factor(row);
  };
}

template <typename Factor>
void scale_values(std::optional<SourceVector>& bias, Factor factor) {
  if (!bias) return;
  for (std::uint32_t i = 0; i < bias->values.size(); ++i) bias->values[i] *= factor(i);
}

}  // namespace

void fold_key_scales(SourceLayer& layer, const Architecture& a, std::vector<float> scales) {
  if (layer.q_norm || layer.k_norm || layer.all_q_norm || layer.all_k_norm)
    throw std::logic_error("normed heads have no scale of their own");
  const auto shared = std::make_shared<const std::vector<float>>(std::move(scales));
  const std::uint32_t d = a.head_dim;
  const std::uint32_t group = a.heads_per_kv() * d;  // rows of wq that share a kv head
  const auto of_key = [shared](std::uint32_t row) { return (*shared)[row]; };
  const auto of_query = [shared, d, group](std::uint32_t row) {
    return 1.0F / (*shared)[std::size_t{row / group} * d + row % d];
  };
  scale_rows(layer.wk, of_key);
  scale_rows(layer.wq, of_query);
  scale_values(layer.bk, of_key);
  scale_values(layer.bq, of_query);
}

}  // namespace ringlet::convert

#include "scale_pairs.hpp"

#include <memory>
#include <utility>

namespace ringlet::convert {
namespace {

/// Row i becomes factor(i) times itself.
template <typename Factor>
void scale_rows(SourceMatrix& matrix, Factor factor) {
  matrix.read_row = [factor, read = std::move(matrix.read_row)](std::uint32_t row,
                                                                std::span<float> out) {
    read(row, out);
    for (float& value : out) value *= factor(row);
  };
}

}  // namespace

void scale_pairs(SourceLayer& layer, const Architecture& a, std::vector<float> scales) {
  const auto shared = std::make_shared<const std::vector<float>>(std::move(scales));
  const std::uint32_t d = a.head_dim;
  const std::uint32_t group = a.heads_per_kv() * d;  // rows of wq that share a kv head
  scale_rows(layer.wk, [shared](std::uint32_t row) { return (*shared)[row]; });
  scale_rows(layer.wq, [shared, d, group](std::uint32_t row) {
    return 1.0F / (*shared)[std::size_t{row / group} * d + row % d];
  });
}

}  // namespace ringlet::convert

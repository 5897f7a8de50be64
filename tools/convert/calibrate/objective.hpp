// What the rounding of a block of columns minimizes, prepared once for all rows: the error of the
// outputs, tr((Ŵ − W')·H·(Ŵ − W')ᵀ).
#pragma once

#include <cstddef>
#include <vector>

#include "calibrate/column_order.hpp"
#include "calibrate/input_gram.hpp"
#include "calibrate/workers.hpp"

namespace ringlet::convert {

/// Columns are in the order of `order`, up to the padding. H is X̃ᵀX̃, divided by its mean diagonal,
/// plus 0.01 on the diagonal.
struct Objective {
  std::size_t size = 0;  // padded
  ColumnOrder order;
  std::vector<float> hessian;  // H
  /// The transpose of U, upper triangular with Uᵀ·U = H⁻¹: row j is column j of U. What is left of
  /// an error e of column k spreads to column j as e / U_kk · U_kj (Frantar et al., GPTQ, 2023).
  std::vector<float> spread;

  [[nodiscard]] const float* hessian_row(std::size_t j) const { return hessian.data() + j * size; }
  [[nodiscard]] const float* spread_row(std::size_t j) const { return spread.data() + j * size; }
};

[[nodiscard]] Objective objective_of(Workers& workers, const InputGram& gram);

}  // namespace ringlet::convert

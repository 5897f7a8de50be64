// Inputs for the tests of a calibration: vectors whose elements depend on each other, some of them
// large, and a second version with errors, as a model gives them that is quantized already.
#pragma once

#include <cstddef>
#include <vector>

#include "calibrate/input_gram.hpp"
#include "support/random.hpp"
#include "support/temporary_folder.hpp"
#include "write/unnamed_file.hpp"

namespace ringlet::test {

struct CorrelatedInputs {
  CorrelatedInputs(std::size_t width, std::size_t length)
      : columns(width), tokens(length), file(folder.path()) {
    Random random(columns);
    for (std::size_t t = 0; t < tokens; ++t) {
      float common = random.symmetric();
      for (std::size_t i = 0; i < columns; ++i) {
        common = 0.8F * common + random.symmetric();
        const float value = common * (i % 17 == 3 ? 8.0F : 1.0F);
        exact.push_back(value);
        quantized.push_back(value + 0.1F * random.symmetric() + 0.05F * common);
      }
    }
    paired().exact.write(0, exact);
    paired().quantized.write(0, quantized);
  }

  [[nodiscard]] convert::PairedInputs paired() const {
    const std::uint64_t size = std::uint64_t{columns} * tokens * sizeof(float);
    return {{file.descriptor(), 0, columns}, {file.descriptor(), size, columns}, tokens};
  }

  /// Σ (row · X̃ − target · X)² over the tokens, with `target` null: Σ (row · X̃)².
  [[nodiscard]] double output_error(const std::vector<double>& row,
                                    const std::vector<double>* target) const {
    double squares = 0;
    for (std::size_t t = 0; t < tokens; ++t) {
      double difference = 0;
      for (std::size_t k = 0; k < columns; ++k) {
        difference += row[k] * double{quantized[t * columns + k]};
        if (target != nullptr) difference -= (*target)[k] * double{exact[t * columns + k]};
      }
      squares += difference * difference;
    }
    return squares;
  }

  std::size_t columns;
  std::size_t tokens;
  TemporaryFolder folder;
  convert::UnnamedFile file;
  std::vector<float> exact;
  std::vector<float> quantized;
};

}  // namespace ringlet::test

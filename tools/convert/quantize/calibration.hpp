// Calibration of a conversion: the unquantized model reads a text, and the inputs of its matrices
// determine how they are quantized.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "quantize/input_recorder.hpp"
#include "source/paged_file.hpp"
#include "source/source_model.hpp"

namespace ringlet::convert {

/// Statistics of every input of a model's layers over a text.
class Calibration {
 public:
  /// Runs the text once. `model`, and `file` if given, must outlive the calibration. Pages of the
  /// file are released as they are read.
  Calibration(const Model& model, std::vector<TokenId> tokens, const PagedFile* file = nullptr);

  /// Means of |x| and of x² for each element of an input.
  [[nodiscard]] const std::vector<float>& mean_absolute(std::uint32_t layer,
                                                        LayerInput input) const;
  [[nodiscard]] const std::vector<float>& mean_square(std::uint32_t layer, LayerInput input) const;

  /// Returns the factors of compensation.hpp, for all blocks, of an input whose elements have been
  /// divided by `divisors`. Gram matrices are collected by running the text again, starting with
  /// this input and in the order of layers, as many as fit into 256 MiB. One always fits unless a
  /// matrix is wider than 32,768. Call it in the order of layers.
  std::vector<float> factor(std::uint32_t layer, LayerInput input,
                            const std::vector<float>& divisors);

 private:
  struct Means {
    std::vector<float> absolute, square;
  };
  void run(InputRecorder& recorder) const;
  void collect_grams(std::uint32_t first);

  const Model& model_;
  std::vector<TokenId> tokens_;
  const PagedFile* file_;
  std::vector<Means> means_;
  std::vector<std::vector<double>> grams_;  // of the current inputs, otherwise empty
};

}  // namespace ringlet::convert

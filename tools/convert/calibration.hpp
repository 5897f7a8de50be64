// Calibration of a conversion: the unquantized model reads a text, and what it feeds into its
// matrices decides how they are quantized.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "input_recorder.hpp"
#include "mapped_file.hpp"
#include "source_model.hpp"

namespace ringlet::convert {

/// A source written without quantization to a file that has no name and goes with the object.
class UnquantizedModel {
 public:
  /// Writes into `folder`, which has room for four bytes per weight. Throws std::runtime_error.
  UnquantizedModel(const SourceModel& source, const std::filesystem::path& folder);
  ~UnquantizedModel();
  UnquantizedModel(const UnquantizedModel&) = delete;
  UnquantizedModel& operator=(const UnquantizedModel&) = delete;

  [[nodiscard]] const Model& model() const { return model_; }
  [[nodiscard]] const MappedFile& file() const { return *file_; }

 private:
  int descriptor_;
  std::unique_ptr<MappedFile> file_;
  Model model_;
};

/// Statistics of every input of a model's layers over a text.
class Calibration {
 public:
  /// Runs the text once. `model`, and `file` if it is given, must outlive the calibration; the
  /// pages of the file are given back as they are read.
  Calibration(const Model& model, std::vector<TokenId> tokens, const MappedFile* file = nullptr);

  /// Means of |x| and of x² of each element of an input.
  [[nodiscard]] const std::vector<float>& mean_absolute(std::uint32_t layer,
                                                        LayerInput input) const;
  [[nodiscard]] const std::vector<float>& mean_square(std::uint32_t layer, LayerInput input) const;

  /// The factors of compensation.hpp, of all blocks, for an input whose elements have been divided
  /// by `divisors`. Gram matrices are collected by running the text again, as many at a time as fit
  /// into 256 MiB (but at least one, which has no more unless a matrix is 32,768 wide), from this
  /// input on in the order of layers: ask in that order.
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
  const MappedFile* file_;
  std::vector<Means> means_;
  std::vector<std::vector<double>> grams_;  // of inputs in hand, otherwise empty
};

}  // namespace ringlet::convert

// Observes the inputs of a model's matrices: a kernel set whose products record their activations.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "kernels/kernel_set.hpp"
#include "ringlet/model.hpp"
#include "source/paged_file.hpp"

namespace ringlet::convert {

/// The inputs of a layer's matrices: of wq, wk and wv; of wo; of w_gate and w_up; of w_down.
enum class LayerInput : std::uint8_t { attention, output, feed_forward, down };
inline constexpr std::uint32_t inputs_per_layer = 4;

/// Sums over all vectors of one input.
struct InputSums {
  std::uint64_t vectors = 0;
  std::vector<double> absolute;  // Σ |x|
  std::vector<double> squares;   // Σ x²
  std::vector<double> gram;  // Σ x·xᵀ, the triangles of compensation.hpp; empty unless requested
};

/// Records every input of every layer of a model with unquantized matrices. Only one can be active.
class InputRecorder {
 public:
  /// `kernels` compute the products. The weights that they read are reported to `file`, if given,
  /// so that their pages are released. All must outlive the recorder.
  InputRecorder(const Model& model, const KernelSet& kernels, const PagedFile* file = nullptr);
  ~InputRecorder();
  InputRecorder(const InputRecorder&) = delete;
  InputRecorder& operator=(const InputRecorder&) = delete;

  /// For a session with one thread.
  [[nodiscard]] const KernelSet& kernels() const { return recording_; }

  /// Index of an input: layer · inputs_per_layer + LayerInput.
  [[nodiscard]] InputSums& sums(std::uint32_t input) { return sums_[input]; }

 private:
  static void multiply(const PackedMatrix& matrix, const Activations& x, float* y,
                       std::size_t y_stride, std::size_t row_begin, std::size_t row_end);
  void record(const PackedMatrix& matrix, const Activations& x);

  const KernelSet& kernels_;
  const PagedFile* file_;
  KernelSet recording_;
  std::map<const std::uint8_t*, std::uint32_t> inputs_;  // by the codes of the first matrix
  std::vector<InputSums> sums_;
};

}  // namespace ringlet::convert

#include "quantize/input_recorder.hpp"

#include <cmath>

#include "model/weights.hpp"
#include "quantize/compensation.hpp"

namespace ringlet::convert {
namespace {

/// Kernels are stateless functions, so they find the active recorder here.
InputRecorder* active = nullptr;

void add(const float* x, std::size_t n, InputSums& sums) {
  ++sums.vectors;
  for (std::size_t i = 0; i < n; ++i) {
    sums.absolute[i] += std::abs(x[i]);
    sums.squares[i] += double{x[i]} * x[i];
  }
  if (sums.gram.empty()) return;
  const ColumnBlocks blocks(n);
  double* row = sums.gram.data();
  for (std::size_t i = 0; i < n; ++i) {
    const double factor = x[i];
    for (std::size_t k = blocks.begin(blocks.block_of(i)); k <= i; ++k) *row++ += factor * x[k];
  }
}

}  // namespace

InputRecorder::InputRecorder(const Model& model, const KernelSet& kernels, const PagedFile* file)
    : kernels_(kernels), file_(file), recording_(kernels) {
  recording_.multiply = multiply;
  const Architecture& a = model.architecture();
  for (std::uint32_t layer = 0; layer < a.layers; ++layer) {
    const LayerWeights weights = layer_weights(model, layer);
    const bool gated = weights.w_gate.codes != nullptr;
    for (const PackedMatrix* matrix :
         {&weights.wq, &weights.wo, gated ? &weights.w_gate : &weights.w_up, &weights.w_down}) {
      inputs_[matrix->codes] = static_cast<std::uint32_t>(sums_.size());
      sums_.push_back({.absolute = std::vector<double>(matrix->columns),
                       .squares = std::vector<double>(matrix->columns),
                       .gram = {}});
    }
  }
  active = this;
}

InputRecorder::~InputRecorder() { active = nullptr; }

void InputRecorder::multiply(const PackedMatrix& matrix, const Activations& x, float* y,
                             std::size_t y_stride, std::size_t row_begin, std::size_t row_end) {
  active->record(matrix, x);
  active->kernels_.multiply(matrix, x, y, y_stride, row_begin, row_end);
  if (active->file_ != nullptr) {
    active->file_->note_read((row_end - row_begin) * matrix.columns * sizeof(float));
  }
}

void InputRecorder::record(const PackedMatrix& matrix, const Activations& x) {
  const auto found = inputs_.find(matrix.codes);
  if (found == inputs_.end()) return;
  for (std::size_t t = 0; t < x.tokens; ++t) {
    add(x.floats + t * x.float_stride, matrix.columns, sums_[found->second]);
  }
}

}  // namespace ringlet::convert

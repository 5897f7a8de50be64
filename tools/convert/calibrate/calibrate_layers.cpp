#include "calibrate/calibrate_layers.hpp"

#include <algorithm>
#include <utility>

#include "calibrate/embed_text.hpp"
#include "calibrate/fingerprint.hpp"
#include "calibrate/layer_calibration.hpp"
#include "calibrate/layer_model.hpp"

namespace ringlet::convert {
namespace {

std::uint64_t elements(const SourceMatrix& matrix) {
  return std::uint64_t{matrix.rows} * matrix.columns;
}

/// Calls visit(layer, input, matrices) for the calibrated matrices of each input.
template <typename Visit>
void visit_calibrated(const SourceModel& source, const WriteOptions& formats, Visit visit) {
  for (std::uint32_t layer = 0; layer < source.layers.size(); ++layer) {
    for (std::size_t i = 0; i < inputs_per_layer; ++i) {
      const auto input = static_cast<LayerInput>(i);
      visit(layer, input, calibrated_matrices(source.layers[layer], input, formats));
    }
  }
}

StateFile::Content content_of(const SourceModel& source, const WriteOptions& formats,
                              const CalibrationText& text) {
  StateFile::Content content{.tokens = text.tokens.size(),
                             .dim = source.architecture.dim,
                             .matrices = {},
                             .lent = {},
                             .fingerprint = fingerprint_of(source, formats, text)};
  for (const std::uint32_t lender : lenders(source)) {
    content.lent.push_back(with_sizes_of(source.architecture, source.layers[lender]).kv_dim());
  }
  visit_calibrated(source, formats, [&](std::uint32_t, LayerInput, const auto& matrices) {
    for (const SourceMatrix* matrix : matrices) {
      content.matrices.push_back({matrix->rows, matrix->columns});
    }
  });
  return content;
}

/// Lets a matrix read its groups from the state. Only one matrix is read at a time, so the state
/// keeps one in memory.
class StoredMatrices {
 public:
  explicit StoredMatrices(std::shared_ptr<const StateFile> state) : state_(std::move(state)) {}

  QuantizedGroup read(std::size_t number, std::uint32_t row, std::uint32_t group) {
    if (!planes_ || number_ != number) {
      planes_.reset();
      planes_.emplace(state_->read(number));
      number_ = number;
    }
    return planes_->get(row, group);
  }

 private:
  std::shared_ptr<const StateFile> state_;
  std::optional<Int4Planes> planes_;
  std::size_t number_ = 0;
};

void attach(SourceModel& source, const WriteOptions& formats,
            const std::shared_ptr<StateFile>& state) {
  const auto stored = std::make_shared<StoredMatrices>(state);
  std::vector<SourceMatrix*> all;
  visit_calibrated(source, formats, [&](std::uint32_t, LayerInput, const auto& matrices) {
    // They are parts of `source`.
    for (const SourceMatrix* matrix : matrices) all.push_back(const_cast<SourceMatrix*>(matrix));
  });
  for (std::size_t number = 0; number < all.size(); ++number) {
    all[number]->stored_as = MatrixFormat::int4;
    all[number]->read_group = [stored, number](std::uint32_t row, std::uint32_t group) {
      return std::optional(stored->read(number, row, group));
    };
  }
}

}  // namespace

CalibrationScope calibration_scope(const SourceModel& source, const WriteOptions& formats,
                                   std::uint32_t first_layer) {
  CalibrationScope scope;
  visit_calibrated(source, formats, [&](std::uint32_t layer, LayerInput, const auto& matrices) {
    if (layer < first_layer) return;
    for (const SourceMatrix* matrix : matrices) {
      scope.weights += elements(*matrix);
      scope.widest = std::max(scope.widest, matrix->columns);
      scope.are_floats = scope.are_floats && !matrix->codes;
    }
  });
  return scope;
}

std::shared_ptr<StateFile> calibrate_layers(SourceModel& source, const WriteOptions& formats,
                                            const CalibrationText& text,
                                            const CalibrationOptions& options,
                                            const CalibrationProgress& progress) {
  auto state =
      std::make_shared<StateFile>(options.state, options.folder, content_of(source, formats, text));
  const std::uint64_t total = calibration_scope(source, formats, state->finished_layers()).weights;
  std::uint64_t calibrated = 0;
  const WeightsDone done = [&](std::uint64_t weights) {
    calibrated += weights;
    if (progress) progress(calibrated, total);
  };
  if (state->finished_layers() == 0) {
    embed_text(source, formats, text, state->exact(0), state->quantized(0));
  }
  LayerCalibration calibration(source, formats, text, options.folder, *state, done);
  std::size_t first = 0;
  for (std::uint32_t layer = 0; layer < source.layers.size(); ++layer) {
    if (layer >= state->finished_layers()) {
      first = calibration.run(layer, first);
      continue;
    }
    for (std::size_t i = 0; i < inputs_per_layer; ++i) {
      first +=
          calibrated_matrices(source.layers[layer], static_cast<LayerInput>(i), formats).size();
    }
  }
  attach(source, formats, state);
  return state;
}

}  // namespace ringlet::convert

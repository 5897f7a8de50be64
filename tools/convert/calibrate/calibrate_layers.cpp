#include "calibrate/calibrate_layers.hpp"

#include <algorithm>
#include <utility>

#include "calibrate/calibrate_matrices.hpp"
#include "calibrate/embed_text.hpp"
#include "calibrate/fingerprint.hpp"
#include "calibrate/layer_model.hpp"
#include "calibrate/layer_run.hpp"
#include "calibrate/workers.hpp"
#include "write/unnamed_file.hpp"
#include "write/temporary_model.hpp"

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
                             .fingerprint = fingerprint_of(source, formats, text)};
  visit_calibrated(source, formats, [&](std::uint32_t, LayerInput, const auto& matrices) {
    for (const SourceMatrix* matrix : matrices) {
      content.matrices.push_back({matrix->rows, matrix->columns});
    }
  });
  return content;
}

/// The inputs of a layer's matrices, in an unnamed file. The quantized model's share one place,
/// because only one is in use at a time.
class InputFiles {
 public:
  InputFiles(const std::filesystem::path& folder, const SourceLayer& layer, std::size_t tokens)
      : file_(folder), tokens_(tokens) {
    std::uint64_t end = 0;
    std::uint32_t widest = 0;
    for (std::size_t i = 0; i < inputs_per_layer; ++i) {
      const std::uint32_t columns = matrices_of(layer, static_cast<LayerInput>(i)).front()->columns;
      exact_[i] = {file_.descriptor(), end, columns};
      end += std::uint64_t{columns} * tokens * sizeof(float);
      widest = std::max(widest, columns);
    }
    for (std::size_t i = 0; i < inputs_per_layer; ++i) {
      quantized_[i] = {file_.descriptor(), end, exact_[i].columns()};
    }
  }

  [[nodiscard]] const RowFile* exact(std::size_t input) const { return &exact_[input]; }
  [[nodiscard]] const RowFile* quantized(std::size_t input) const { return &quantized_[input]; }
  [[nodiscard]] PairedInputs pair(std::size_t input) const {
    return {exact_[input], quantized_[input], tokens_};
  }

 private:
  UnnamedFile file_;
  std::size_t tokens_;
  RowFile exact_[inputs_per_layer];
  RowFile quantized_[inputs_per_layer];
};

class LayerCalibration {
 public:
  LayerCalibration(const SourceModel& source, const WriteOptions& formats,
                   const CalibrationText& text, const CalibrationOptions& options,
                   StateFile& state, const WeightsDone& done)
      : source_(source),
        formats_(formats),
        text_(text),
        options_(options),
        state_(state),
        done_(done),
        workers_(formats.threads),
        context_(*std::max_element(text.windows.begin(), text.windows.end())) {}

  /// `first` is the place of the layer's first matrix in the state. Returns that of the next layer.
  std::size_t run(std::uint32_t index, std::size_t first) {
    const SourceLayer& layer = source_.layers[index];
    const InputFiles files(options_.folder, layer, text_.tokens.size());
    run_exact(index, files);
    QuantizedLayer quantized(source_, index, rows(), formats_);
    LayerRunner runner(quantized.model(), workers_, context_);
    const RowFile from = state_.quantized(index);
    for (std::size_t i = 0; i < inputs_per_layer; ++i) {
      const auto input = static_cast<LayerInput>(i);
      const auto matrices = calibrated_matrices(layer, input, formats_);
      if (matrices.empty()) continue;
      LayerRun run{.windows = text_.windows, .from = from, .until = input};
      run.inputs[i] = files.quantized(i);
      runner.run(run);
      const std::vector<Int4Planes> planes =
          calibrate_matrices(workers_, files.pair(i), matrices, done_);
      quantized.set(input, planes);
      for (const Int4Planes& each : planes) state_.write(first++, each);
    }
    const RowFile to = state_.quantized(index + 1);
    runner.run({.windows = text_.windows, .from = from, .to = &to});
    state_.finish_layer();
    return first;
  }

 private:
  [[nodiscard]] std::uint32_t rows() const { return std::min(layer_chunk, context_); }

  void run_exact(std::uint32_t index, const InputFiles& files) {
    const TemporaryModel layer(layer_source(source_, index, rows()), unquantized(), options_.folder);
    LayerRunner runner(layer.model(), workers_, context_);
    const RowFile to = state_.exact(index + 1);
    LayerRun run{.windows = text_.windows, .from = state_.exact(index), .to = &to};
    for (std::size_t i = 0; i < inputs_per_layer; ++i) run.inputs[i] = files.exact(i);
    runner.run(run);
  }

  const SourceModel& source_;
  const WriteOptions& formats_;
  const CalibrationText& text_;
  const CalibrationOptions& options_;
  StateFile& state_;
  const WeightsDone& done_;
  Workers workers_;
  std::uint32_t context_;
};

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

std::uint64_t calibrated_weights(const SourceModel& source, const WriteOptions& formats) {
  std::uint64_t total = 0;
  visit_calibrated(source, formats, [&](std::uint32_t, LayerInput, const auto& matrices) {
    for (const SourceMatrix* matrix : matrices) total += elements(*matrix);
  });
  return total;
}

std::shared_ptr<StateFile> calibrate_layers(SourceModel& source, const WriteOptions& formats,
                                            const CalibrationText& text,
                                            const CalibrationOptions& options,
                                            const CalibrationProgress& progress) {
  const auto state = std::make_shared<StateFile>(options.state, options.folder,
                                                 content_of(source, formats, text));
  const std::uint64_t total = calibrated_weights(source, formats);
  std::uint64_t calibrated = 0;
  const WeightsDone done = [&](std::uint64_t weights) {
    calibrated += weights;
    if (progress) progress(calibrated, total);
  };
  if (state->finished_layers() == 0) {
    embed_text(source, formats, text, state->exact(0), state->quantized(0));
  }
  LayerCalibration calibration(source, formats, text, options, *state, done);
  std::size_t first = 0;
  for (std::uint32_t layer = 0; layer < source.layers.size(); ++layer) {
    if (layer >= state->finished_layers()) {
      first = calibration.run(layer, first);
      continue;
    }
    for (std::size_t i = 0; i < inputs_per_layer; ++i) {
      first += calibrated_matrices(source.layers[layer], static_cast<LayerInput>(i), formats).size();
    }
  }
  attach(source, formats, state);
  return state;
}

}  // namespace ringlet::convert

#include "calibrate/layer_calibration.hpp"

#include <algorithm>

#include "calibrate/layer_model.hpp"
#include "calibrate/layer_run.hpp"
#include "write/temporary_model.hpp"
#include "write/unnamed_file.hpp"

namespace ringlet::convert {

/// The inputs of a layer's matrices, in an unnamed file. The quantized model's share one place,
/// because only one is in use at a time.
class LayerCalibration::InputFiles {
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

/// What a layer reads and writes besides the residual, for one of the two models.
struct LayerCalibration::Surroundings {
  const RowFile* token_inputs = nullptr;
  RowFile borrowed_keys, borrowed_values, lent_keys, lent_values;
  bool borrows = false;
  bool lends = false;

  void put_into(LayerRun& run) const {
    run.token_inputs = token_inputs;
    if (borrows) {
      run.borrowed_keys = &borrowed_keys;
      run.borrowed_values = &borrowed_values;
    }
    if (lends && !run.until) {
      run.lent_keys = &lent_keys;
      run.lent_values = &lent_values;
    }
  }
};

std::vector<std::uint32_t> lenders(const SourceModel& source) {
  std::vector<std::uint32_t> all;
  for (const SourceLayer& layer : source.layers) {
    if (layer.cache_of && std::find(all.begin(), all.end(), *layer.cache_of) == all.end()) {
      all.push_back(*layer.cache_of);
    }
  }
  std::sort(all.begin(), all.end());
  return all;
}

LayerCalibration::LayerCalibration(const SourceModel& source, const WriteOptions& formats,
                                   const CalibrationText& text, const std::filesystem::path& folder,
                                   StateFile& state, const WeightsDone& done)
    : source_(source),
      formats_(formats),
      text_(text),
      folder_(folder),
      state_(state),
      done_(done),
      workers_(formats.threads),
      lenders_(lenders(source)),
      context_(*std::max_element(text.windows.begin(), text.windows.end())) {
  if (source.architecture.per_layer_dim != 0) {
    token_inputs_.emplace(source, formats, text, folder);
  }
}

std::uint32_t LayerCalibration::rows() const { return std::min(layer_chunk, context_); }

std::size_t LayerCalibration::run(std::uint32_t index, std::size_t first) {
  const SourceLayer& layer = source_.layers[index];
  if (token_inputs_) token_inputs_->prepare(index);
  const InputFiles files(folder_, layer, text_.tokens.size());
  run_exact(index, files);
  QuantizedLayer quantized(source_, index, rows(), formats_);
  LayerRunner runner(quantized.model(), workers_, context_);
  const Surroundings surroundings = surroundings_of(index, true);
  LayerRun run{.windows = text_.windows, .from = state_.quantized(index)};
  for (std::size_t i = 0; i < inputs_per_layer; ++i) {
    const auto input = static_cast<LayerInput>(i);
    const auto matrices = calibrated_matrices(layer, input, formats_);
    if (matrices.empty()) continue;
    run.until = input;
    run.inputs[i] = files.quantized(i);
    surroundings.put_into(run);
    runner.run(run);
    run.inputs[i] = nullptr;
    const std::vector<Int4Planes> planes =
        calibrate_matrices(workers_, files.pair(i), matrices, done_);
    quantized.set(input, planes);
    for (const Int4Planes& each : planes) state_.write(first++, each);
  }
  const RowFile to = state_.quantized(index + 1);
  run.until.reset();
  run.to = &to;
  surroundings.put_into(run);
  runner.run(run);
  state_.finish_layer();
  return first;
}

void LayerCalibration::run_exact(std::uint32_t index, const InputFiles& files) {
  const TemporaryModel layer(layer_source(source_, index, rows()), unquantized(), folder_);
  LayerRunner runner(layer.model(), workers_, context_);
  const RowFile to = state_.exact(index + 1);
  const Surroundings surroundings = surroundings_of(index, false);
  LayerRun run{.windows = text_.windows, .from = state_.exact(index), .to = &to};
  for (std::size_t i = 0; i < inputs_per_layer; ++i) run.inputs[i] = files.exact(i);
  surroundings.put_into(run);
  runner.run(run);
}

LayerCalibration::Surroundings LayerCalibration::surroundings_of(std::uint32_t index,
                                                                 bool quantized) const {
  Surroundings result;
  if (token_inputs_) {
    result.token_inputs = quantized ? &token_inputs_->quantized() : &token_inputs_->exact();
  }
  const auto find = [&](std::uint32_t lender, RowFile& keys, RowFile& values) {
    const auto found = std::find(lenders_.begin(), lenders_.end(), lender);
    if (found == lenders_.end()) return false;
    const StateFile::Lent lent = state_.lent(static_cast<std::size_t>(found - lenders_.begin()));
    keys = quantized ? lent.quantized_keys : lent.exact_keys;
    values = quantized ? lent.quantized_values : lent.exact_values;
    return true;
  };
  const std::optional<std::uint32_t>& owner = source_.layers[index].cache_of;
  result.borrows = owner && find(*owner, result.borrowed_keys, result.borrowed_values);
  result.lends = find(index, result.lent_keys, result.lent_values);
  return result;
}

}  // namespace ringlet::convert

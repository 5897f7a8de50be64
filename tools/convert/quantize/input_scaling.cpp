#include "quantize/input_scaling.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "quantize/quantize.hpp"

namespace ringlet::convert {
namespace {

/// Rows of a matrix that the choice of a scale examines.
constexpr std::uint32_t sampled_rows = 48;
constexpr int trials = 10;

using Floats = std::vector<float>;

/// Powers of the mean input, normalized to a geometric mean of 1.
Floats scales_for(const Floats& mean_absolute, double power) {
  constexpr float least = 1e-4F;
  Floats scales(mean_absolute.size());
  float smallest = 1e30F;
  float largest = 0;
  for (std::size_t i = 0; i < scales.size(); ++i) {
    scales[i] = std::max(std::pow(mean_absolute[i], static_cast<float>(power)), least);
    smallest = std::min(smallest, scales[i]);
    largest = std::max(largest, scales[i]);
  }
  const float middle = std::sqrt(smallest * largest);
  for (float& scale : scales) scale /= middle;
  return scales;
}

/// Σ mean square · (error of the weight)² over sampled rows of a matrix with scaled columns.
double loss_of(const SourceMatrix& matrix, const Floats& mean_square, const Floats& scales) {
  const std::size_t padded = packed::padded_columns(matrix.columns);
  Floats row(padded);
  Floats importance(padded, 1.0F);
  for (std::size_t k = 0; k < matrix.columns; ++k) {
    importance[k] = mean_square[k] / (scales[k] * scales[k]);
  }
  const std::uint32_t step = std::max(1U, matrix.rows / sampled_rows);
  double loss = 0;
  for (std::uint32_t n = 0; n < matrix.rows; n += step) {
    matrix.read_row(n, std::span(row).first(matrix.columns));
    for (std::size_t k = 0; k < matrix.columns; ++k) row[k] *= scales[k];
    for (std::size_t first = 0; first < padded; first += packed::group_size) {
      loss += quantize_int4(GroupWeights(row.data() + first, packed::group_size),
                            GroupImportance(importance.data() + first, packed::group_size))
                  .weighted_error;
    }
  }
  return loss;
}

void scale_columns(SourceMatrix& matrix, const Floats& scales) {
  matrix.stored_as.reset();
  matrix.read_row = [scales, read = std::move(matrix.read_row)](std::uint32_t row,
                                                                std::span<float> out) {
    read(row, out);
    for (std::size_t k = 0; k < out.size(); ++k) out[k] *= scales[k];
  };
}

void divide_rows(SourceMatrix& matrix, const Floats& scales) {
  matrix.stored_as.reset();
  matrix.read_row = [scales, read = std::move(matrix.read_row)](std::uint32_t row,
                                                                std::span<float> out) {
    read(row, out);
    for (float& weight : out) weight /= scales[row];
  };
}

void divide(SourceVector& vector, const Floats& scales) {
  for (std::size_t i = 0; i < scales.size(); ++i) vector.values[i] /= scales[i];
}

/// One input of one layer: its statistics, and the matrices that take it.
class Input {
 public:
  Input(std::shared_ptr<Calibration> calibration, std::uint32_t layer, LayerInput kind,
        std::vector<SourceMatrix*> matrices)
      : calibration_(std::move(calibration)),
        layer_(layer),
        kind_(kind),
        matrices_(std::move(matrices)),
        scales_(calibration_->mean_square(layer, kind).size(), 1.0F) {}

  /// Chooses scales and applies them to the columns of all matrices. Returns them for the preceding
  /// operation.
  const Floats& choose_scales() {
    const Floats& absolute = calibration_->mean_absolute(layer_, kind_);
    double best = loss(scales_);
    for (int i = 1; i <= trials; ++i) {
      const Floats scales = scales_for(absolute, static_cast<double>(i) / trials);
      const double candidate = loss(scales);
      if (!(candidate < best)) continue;
      best = candidate;
      scales_ = scales;
    }
    for (SourceMatrix* matrix : matrices_) scale_columns(*matrix, scales_);
    return scales_;
  }

  void attach(bool compensate) {
    InputKnowledge knowledge{.importance = calibration_->mean_square(layer_, kind_)};
    for (std::size_t i = 0; i < scales_.size(); ++i) {
      knowledge.importance[i] /= scales_[i] * scales_[i];
    }
    if (compensate) {
      knowledge.make_factor = [calibration = calibration_, layer = layer_, kind = kind_,
                               scales = scales_] {
        return calibration->factor(layer, kind, scales);
      };
    }
    const auto shared = std::make_shared<const InputKnowledge>(std::move(knowledge));
    for (SourceMatrix* matrix : matrices_) matrix->inputs = shared;
  }

 private:
  [[nodiscard]] double loss(const Floats& scales) const {
    double sum = 0;
    for (const SourceMatrix* matrix : matrices_) {
      sum += loss_of(*matrix, calibration_->mean_square(layer_, kind_), scales);
    }
    return sum;
  }

  std::shared_ptr<Calibration> calibration_;
  std::uint32_t layer_;
  LayerInput kind_;
  std::vector<SourceMatrix*> matrices_;
  Floats scales_;
};

/// Without a gain, nothing in front of the matrices could take the scales.
void scale_input(Input& input, std::optional<SourceVector>& gain,
                 std::optional<SourceVector>& bias) {
  if (!gain) return;
  const Floats& scales = input.choose_scales();
  divide(*gain, scales);
  if (bias) divide(*bias, scales);
}

void prepare_layer(SourceLayer& layer, std::uint32_t index,
                   const std::shared_ptr<Calibration>& calibration, QuantizationOptions options) {
  std::vector<SourceMatrix*> fed = {&layer.w_up};
  if (layer.w_gate) fed.insert(fed.begin(), &*layer.w_gate);
  std::vector<SourceMatrix*> mixing = {&layer.wq, &layer.wk, &layer.wv};
  for (auto* matrix : {&layer.attended_gate, &layer.state_gates}) {
    if (*matrix) mixing.push_back(&**matrix);
  }
  Input attention(calibration, index, LayerInput::attention, mixing);
  Input output(calibration, index, LayerInput::output, {&layer.wo});
  Input feed_forward(calibration, index, LayerInput::feed_forward, fed);
  Input down(calibration, index, LayerInput::down, {&layer.w_down});
  if (options.scale) {
    scale_input(attention, layer.attention_norm, layer.attention_norm_bias);
    scale_input(feed_forward, layer.ffn_norm, layer.ffn_norm_bias);
    // w_up's output is a factor of w_down's input. Without a gate, a nonlinear function is between
    // them, and with a norm its mean.
    if (layer.w_gate && !layer.hidden_norm) {
      const Floats& scales = down.choose_scales();
      divide_rows(layer.w_up, scales);
      if (layer.b_up) divide(*layer.b_up, scales);
    }
  }
  for (Input* input : {&attention, &output, &feed_forward, &down}) {
    input->attach(options.compensate);
  }
}

/// Null without a gain.
std::shared_ptr<const InputKnowledge> knowledge_of(const std::optional<SourceVector>& given,
                                                   const std::optional<SourceVector>& bias) {
  if (!given) return nullptr;
  const SourceVector& gain = *given;
  InputKnowledge knowledge;
  for (std::size_t i = 0; i < gain.values.size(); ++i) {
    const float offset = bias ? bias->values[i] : 0;
    knowledge.importance.push_back(gain.values[i] * gain.values[i] + offset * offset);
  }
  return std::make_shared<const InputKnowledge>(std::move(knowledge));
}

}  // namespace

void use_calibration(SourceModel& source, const std::shared_ptr<Calibration>& calibration,
                     QuantizationOptions options) {
  for (std::uint32_t i = 0; i < source.layers.size(); ++i) {
    prepare_layer(source.layers[i], i, calibration, options);
  }
}

void use_norm_gains(SourceModel& source) {
  for (SourceLayer& layer : source.layers) {
    const auto attention = knowledge_of(layer.attention_norm, layer.attention_norm_bias);
    const auto fed = knowledge_of(layer.ffn_norm, layer.ffn_norm_bias);
    for (SourceMatrix* matrix : {&layer.wq, &layer.wk, &layer.wv}) matrix->inputs = attention;
    if (layer.attended_gate) layer.attended_gate->inputs = attention;
    if (layer.w_gate) layer.w_gate->inputs = fed;
    layer.w_up.inputs = fed;
  }
  if (source.lm_head)
    source.lm_head->inputs = knowledge_of(source.final_norm, source.final_norm_bias);
}

}  // namespace ringlet::convert

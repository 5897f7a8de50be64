#include "calibrate/layer_run.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <utility>

#include "calibrate/float_product.hpp"
#include "model/weights.hpp"
#include "ringlet/linux/kernels.hpp"
#include "source/errors.hpp"

namespace ringlet::convert {
namespace {

constexpr std::align_val_t alignment{64};

/// Kernels are stateless functions, so they find the active runner here.
LayerRunner* active = nullptr;

std::optional<LayerInput> input_of(Tap tap) {
  switch (tap) {
    case Tap::attention_input:
      return LayerInput::attention;
    case Tap::attended:
      return LayerInput::output;
    case Tap::ffn_input:
      return LayerInput::feed_forward;
    case Tap::hidden:
      return LayerInput::down;
    default:
      return std::nullopt;
  }
}

void require(const Status& status) {
  if (status.ok()) return;
  std::array<char, 256> text{};
  fail("the calibration text cannot be run through the model: ", describe(status, text));
}

}  // namespace

void LayerRunner::FreeAligned::operator()(std::byte* memory) const {
  ::operator delete[](memory, alignment);
}

LayerRunner::LayerRunner(const Model& model, Workers& workers, std::uint32_t context)
    : model_(model),
      kernels_(port::find_kernels("auto")),
      own_kernels_(std::make_unique<KernelSet>(kernels_)) {
  own_kernels_->multiply = multiply;
  own_kernels_->dequantize_row = look_up;
  own_kernels_->rms_norm = normalize;
  const Team team = workers.team();
  const Config config{.context = context,
                      .sinks = 0,
                      .kv = KvFormats(KvFormat::f32),
                      .prefill_chunk = std::min(layer_chunk, context),
                      .threads = team.threads};
  const Result<MemoryPlan> needed = plan(model, config);
  require(needed.status());
  const auto bytes = static_cast<std::size_t>(needed->total());
  memory_.reset(static_cast<std::byte*>(::operator new[](bytes, alignment)));
  const Result<Session> created =
      Session::create(model, config, {memory_.get(), bytes}, *own_kernels_, team);
  require(created.status());
  session_ = *created;
  session_.set_observer({observe, this});
}

void LayerRunner::Given::load(const RowFile* file, std::size_t first, std::uint32_t tokens) {
  if (file == nullptr) return;
  columns = file->columns();
  rows.resize(tokens * columns);
  file->read(first, rows);
}

/// Finds what this run's rows replace.
void LayerRunner::find_given() {
  const LayerWeights weights = layer_weights(model_, 0);
  const bool borrows = current_->borrowed_keys != nullptr;
  keys_.weights = borrows ? weights.wk.codes : nullptr;
  values_.weights = borrows ? weights.wv.codes : nullptr;
  key_norm_ = borrows ? static_cast<const float*>(weights.k_norm) : nullptr;
  if (current_->token_inputs == nullptr) return;
  token_inputs_.weights = floats_of_model(model_, schema::Model::VT_PER_LAYER_NORM);
  skipped_.push_back(per_layer_projection(model_).codes);
}

LayerRunner::~LayerRunner() { active = nullptr; }

void LayerRunner::run(const LayerRun& run) {
  active = this;
  current_ = &run;
  skipped_.clear();
  skipped_.push_back(embedding(model_).codes);  // as the head: nobody wants logits
  for (std::size_t i = 0; run.until && i < inputs_per_layer; ++i) {
    if (i < static_cast<std::size_t>(*run.until)) continue;
    const auto codes = codes_of(model_, static_cast<LayerInput>(i));
    skipped_.insert(skipped_.end(), codes.begin(), codes.end());
  }
  find_given();
  window_begin_ = 0;
  const std::uint32_t chunk = session_.config().prefill_chunk;
  for (const std::uint32_t window : run.windows) {
    session_.reset();
    for (std::uint32_t done = 0; done < window; done += chunk) {
      run_chunk(run, window_begin_ + done, std::min(chunk, window - done));
    }
    window_begin_ += window;
  }
}

void LayerRunner::run_chunk(const LayerRun& run, std::size_t first, std::uint32_t tokens) {
  const std::size_t dim = run.from.columns();
  rows_.resize(tokens * dim);
  run.from.read(first, rows_);
  residual_.assign(tokens, nullptr);
  token_inputs_.load(run.token_inputs, first, tokens);
  keys_.load(run.borrowed_keys, first, tokens);
  values_.load(run.borrowed_values, first, tokens);
  next_token_input_ = 0;
  std::array<TokenId, layer_chunk> ids;
  for (std::uint32_t i = 0; i < tokens; ++i) ids[i] = static_cast<TokenId>(i);
  const Status status = session_.prefill(std::span<const TokenId>(ids).first(tokens));
  if (error_ != nullptr) std::rethrow_exception(std::exchange(error_, nullptr));
  require(status);
  if (run.to == nullptr) return;
  // A pass leaves the result of the last layer where it put the embeddings.
  for (std::uint32_t i = 0; i < tokens; ++i) {
    std::copy_n(residual_[i], dim, rows_.data() + i * dim);
  }
  run.to->write(first, rows_);
}

/// Called by code that cannot pass on an exception, so it waits for the end of the pass.
void LayerRunner::observe(void* user_data, const Observation& seen) {
  auto& runner = *static_cast<LayerRunner*>(user_data);
  try {
    runner.keep(seen);
  } catch (...) {
    runner.error_ = std::current_exception();
  }
}

const RowFile* LayerRunner::destination(const Observation& seen) const {
  if (seen.tap == Tap::keys) return current_->lent_keys;
  if (seen.tap == Tap::values) return current_->lent_values;
  const std::optional<LayerInput> input = input_of(seen.tap);
  if (!input || (current_->until && *input > *current_->until)) return nullptr;
  return current_->inputs[static_cast<std::size_t>(*input)];
}

void LayerRunner::keep(const Observation& seen) const {
  const RowFile* file = destination(seen);
  if (file == nullptr) return;
  std::vector<float> rows(std::size_t{seen.tokens} * seen.columns);
  for (std::uint32_t t = 0; t < seen.tokens; ++t) {
    std::copy_n(seen.rows + std::size_t{t} * seen.stride, seen.columns,
                rows.data() + std::size_t{t} * seen.columns);
  }
  file->write(window_begin_ + static_cast<std::size_t>(seen.position), rows);
}

void LayerRunner::multiply(const PackedMatrix& matrix, const Activations& x, float* y,
                           std::size_t y_stride, std::size_t row_begin, std::size_t row_end) {
  const auto& skipped = active->skipped_;
  for (const Given* given : {&active->keys_, &active->values_}) {
    if (given->weights != matrix.codes) continue;
    for (std::size_t t = 0; t < x.tokens; ++t) {
      const float* row = given->rows.data() + t * given->columns;
      std::copy(row + row_begin, row + row_end, y + t * y_stride + row_begin);
    }
    return;
  }
  if (std::find(skipped.begin(), skipped.end(), matrix.codes) != skipped.end()) {
    const std::size_t count = packed::padded_rows(row_end) - row_begin;
    for (std::size_t t = 0; t < x.tokens; ++t) {
      std::fill_n(y + t * y_stride + row_begin, count, 0.0F);
    }
  } else if (matrix.format == MatrixFormat::f32) {
    multiply_blocked(matrix, x, y, y_stride, row_begin, row_end);
  } else {
    active->kernels_.multiply(matrix, x, y, y_stride, row_begin, row_end);
  }
}

/// Only the thread that drives the session normalizes.
void LayerRunner::normalize(const float* x, const float* weight, float* y, std::size_t n,
                            float epsilon) {
  if (active->key_norm_ != nullptr && weight == active->key_norm_) {
    if (x != y) std::copy_n(x, n, y);
  } else if (active->current_->token_inputs != nullptr && weight == active->token_inputs_.weights) {
    const Given& given = active->token_inputs_;
    std::copy_n(given.rows.data() + active->next_token_input_++ * given.columns, n, y);
  } else {
    active->kernels_.rms_norm(x, weight, y, n, epsilon);
  }
}

void LayerRunner::look_up(const PackedMatrix& matrix, std::size_t row, float* y) {
  std::copy_n(active->rows_.data() + row * matrix.columns, matrix.columns, y);
  active->residual_[row] = y;
}

}  // namespace ringlet::convert

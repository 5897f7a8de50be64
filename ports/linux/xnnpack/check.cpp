#include "xnnpack/check.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <span>
#include <tuple>

#include "decoder/linear.hpp"
#include "kernels/packed_layout.hpp"
#include "model/weights.hpp"
#include "ringlet/linux/files.hpp"

namespace ringlet::port {
namespace {

/// More than any number of rows that a kernel processes together.
constexpr std::uint32_t most_in_a_row = 17;

/// An integer in −127…127. Every group of 32 contains the maximum, so quantization is exact.
float activation(std::uint32_t token, std::uint32_t column) {
  const std::uint32_t mixed = (token * 2654435761U + column * 2246822519U) >> 8;
  return column % packed::group_size == 5 ? 127.0F : static_cast<float>(mixed % 255U) - 127.0F;
}

double allowed(const Tolerances& tolerances, MatrixFormat format) {
  if (format == MatrixFormat::int8) return tolerances.int8;
  return format == MatrixFormat::int4 ? tolerances.int4 : tolerances.floats;
}

/// Zeros, aligned like a plane.
template <typename T>
class Plane {
 public:
  explicit Plane(std::size_t count)
      : memory_(map_session_memory(count * sizeof(T))),
        values_{reinterpret_cast<T*>(memory_.bytes().data()), count} {}
  [[nodiscard]] std::span<T> values() noexcept { return values_; }
  [[nodiscard]] T& operator[](std::size_t i) const noexcept { return values_[i]; }

 private:
  Mapping memory_;
  std::span<T> values_;
};

/// One matrix with test activations and the results of the kernels.
class Trial {
 public:
  Trial(const PackedMatrix& matrix, std::uint32_t tokens, const KernelSet& kernels,
        const Team& team)
      : matrix_(matrix),
        x_stride_(packed::padded_rows(matrix.columns)),
        y_stride_(packed::padded_rows(matrix.rows)),
        x_(std::size_t{tokens} * x_stride_ + 64),
        y_(std::size_t{tokens} * y_stride_),
        expected_(std::size_t{tokens} * y_stride_) {
    for (std::uint32_t t = 0; t < tokens; ++t) {
      for (std::uint32_t k = 0; k < matrix.columns; ++k) {
        x_[std::size_t{t} * x_stride_ + k] = activation(t, k);
      }
    }
    multiply_by_kernels(tokens, kernels, team);
  }

  /// Returns a description of the first error, or an empty string.
  std::string run(const Accelerator& accelerator, std::uint32_t tokens, const Team& team,
                  double tolerance) {
    std::fill(y_.values().begin(), y_.values().end(), std::numeric_limits<float>::quiet_NaN());
    const bool taken = accelerator.multiply(accelerator.user_data, team,
                                            {.matrix = matrix_.codes,
                                             .rows = matrix_.rows,
                                             .columns = matrix_.columns,
                                             .tokens = tokens,
                                             .x = x_.values().data(),
                                             .x_stride = x_stride_,
                                             .y = y_.values().data(),
                                             .y_stride = y_stride_});
    if (!taken) return describe(tokens) + " (it fails)";
    for (std::uint32_t t = 0; t < tokens; ++t) {
      const double error = relative_error(t);
      if (error <= tolerance) continue;
      return describe(tokens) + " (token " + std::to_string(t) + " is " +
             (std::isnan(error) ? "incomplete" : "off by " + std::to_string(error)) + ")";
    }
    return {};
  }

 private:
  void multiply_by_kernels(std::uint32_t tokens, const KernelSet& kernels, const Team& team) {
    const std::uint32_t codes = packed::padded_columns(matrix_.columns);
    const std::uint32_t groups = packed::padded_rows(packed::groups(matrix_.columns));
    Plane<std::int8_t> q(std::size_t{tokens} * codes);
    Plane<float> scales(std::size_t{tokens} * groups);
    Plane<std::int32_t> offsets(std::size_t{tokens} * groups);
    const QuantizedRows room{
        {q.values().data(), scales.values().data(), offsets.values().data()}, codes, groups};
    const Activations x =
        quantize_rows(kernels, {x_.values().data(), x_stride_}, matrix_.columns, tokens, room);
    multiply(kernels, team, {}, x, {{&matrix_, {expected_.values().data(), y_stride_}}});
  }

  /// Over all rows of one token, including padding. NaN if a row was not written.
  [[nodiscard]] double relative_error(std::uint32_t token) const {
    double error = 0;
    double size = 0;
    for (std::size_t n = 0; n < y_stride_; ++n) {
      const double right = expected_[token * std::size_t{y_stride_} + n];
      const double difference = y_[token * std::size_t{y_stride_} + n] - right;
      // Padding that is not zero is an error of any size.
      if (n >= matrix_.rows && difference != 0) return std::numeric_limits<double>::quiet_NaN();
      error += difference * difference;
      size += right * right;
    }
    return error == 0 ? 0 : std::sqrt(error / size);
  }

  [[nodiscard]] std::string describe(std::uint32_t tokens) const {
    return std::to_string(tokens) + " tokens by an " + std::string(name_of(matrix_.format)) +
           " matrix of " + std::to_string(matrix_.rows) + " x " + std::to_string(matrix_.columns);
  }

  PackedMatrix matrix_;
  std::uint32_t x_stride_;
  std::uint32_t y_stride_;
  Plane<float> x_;
  Plane<float> y_;
  Plane<float> expected_;
};

}  // namespace

std::string find_wrong_product(const Accelerator& accelerator, const Model& model,
                               std::uint32_t chunk, const KernelSet& kernels, const Team& team,
                               const Tolerances& tolerances) {
  std::set<std::tuple<std::uint32_t, std::uint32_t, MatrixFormat>> tried;
  for (std::uint32_t layer = 0; layer < model.architecture().layers; ++layer) {
    const LayerWeights w = layer_weights(model, layer);
    for (const PackedMatrix& matrix : {w.wq, w.wk, w.wv, w.wo, w.w_gate, w.w_up, w.w_down}) {
      if (matrix.codes == nullptr) continue;
      if (!tried.emplace(matrix.rows, matrix.columns, matrix.format).second) continue;
      Trial trial(matrix, chunk, kernels, team);
      const double tolerance = allowed(tolerances, matrix.format);
      for (std::uint32_t tokens = 2; tokens <= chunk; ++tokens) {
        if (tokens > most_in_a_row) tokens = chunk;
        std::string wrong = trial.run(accelerator, tokens, team, tolerance);
        if (!wrong.empty()) return wrong;
      }
    }
  }
  return {};
}

std::string set_if_right(Session& session, const Accelerator& accelerator, const KernelSet& kernels,
                         const Team& team, const Tolerances& tolerances) {
  std::string wrong = find_wrong_product(accelerator, session.model(),
                                         session.config().prefill_chunk, kernels, team, tolerances);
  const Status status = session.set_accelerator(wrong.empty() ? accelerator : Accelerator{});
  return status.ok() ? wrong : status.what();
}

}  // namespace ringlet::port

#include "xnnpack/xnnpack_prefill.hpp"

#include <algorithm>
#include <atomic>
#include <functional>
#include <string>

#include "kernels/cache_page.hpp"
#include "kernels/packed_layout.hpp"
#include "model/weights.hpp"
#include "ringlet/linux/failure.hpp"
#include "xnnpack/rounding.hpp"
#include "xnnpack/weights.hpp"

namespace ringlet::port {
namespace {

/// The library reads all weights of an operator for every few tokens, so they should stay in a
/// core's cache: whole matrices of 2048 x 5632 floats took twice as long. Sizes from 256 KiB to 2
/// MiB made no difference.
constexpr std::uint64_t weights_in_cache = std::uint64_t{512} << 10;

/// How the rows of a matrix are divided into operators: in whole units, and into at least as many
/// operators as threads if there are enough units.
struct Division {
  std::uint64_t rows;
  std::uint64_t units;
  std::uint32_t count;

  Division(OperatorKind kind, std::uint32_t of_rows, std::uint32_t columns, std::uint32_t threads)
      : rows(of_rows), units((rows + rows_together - 1) / rows_together) {
    const std::uint64_t bytes = operator_bytes(kind, rows, columns);
    const std::uint64_t wanted = std::max<std::uint64_t>(bytes / weights_in_cache, threads);
    count = static_cast<std::uint32_t>(std::min(units, rounded_up(wanted, threads)));
  }

  /// First row of operator i; for i = count, the end.
  [[nodiscard]] std::uint32_t begin(std::uint32_t i) const {
    return static_cast<std::uint32_t>(std::min(units * i / count * rows_together, rows));
  }
  [[nodiscard]] std::uint32_t rows_of(std::uint32_t i) const { return begin(i + 1) - begin(i); }
};

/// The message if a bound of xnnpack_bytes() does not hold.
std::string out_of_area(const SealedArea::Counters& counters) {
  return "XNNPACK asks for more memory than was set aside for it (" +
         std::to_string(counters.first_refused) + " bytes after " + std::to_string(counters.used) +
         "); use --prefill ringlet";
}

/// Calls `see` with every matrix that a chunk of a prompt is multiplied by.
template <typename See>
void each_matrix(const Model& model, const See& see) {
  for (std::uint32_t layer = 0; layer < model.architecture().layers; ++layer) {
    const LayerWeights w = layer_weights(model, layer);
    for (const PackedMatrix& matrix : {w.wq, w.wk, w.wv, w.wo, w.w_gate, w.w_up, w.w_down}) {
      if (matrix.codes != nullptr) see(matrix);
    }
  }
}

std::uint64_t code_bytes(std::uint64_t tokens, std::uint32_t columns) {
  return tokens * page::query_stride(columns) + spare_bytes;
}

/// Size of workspace_.
std::uint64_t workspace_bytes(const Model& model, const Config& config) {
  std::uint64_t bytes = 0;
  each_matrix(model, [&](const PackedMatrix& matrix) {
    const OperatorKind kind = operator_kind(matrix.format);
    const Division division(kind, matrix.rows, matrix.columns, config.threads);
    for (std::uint32_t i = 0; i < division.count; ++i) {
      bytes = std::max(bytes, form_bytes(kind, division.rows_of(i), matrix.columns));
    }
    if (kind != OperatorKind::floats) {
      bytes = std::max(bytes, code_bytes(config.prefill_chunk, matrix.columns));
    }
  });
  return bytes;
}

}  // namespace

std::uint64_t xnnpack_bytes(const Model& model, const Config& config) noexcept {
  std::uint64_t matrices = 0;
  std::uint64_t slices = 0;  // bytes of the arrays of slices
  std::uint64_t operators = 0;
  each_matrix(model, [&](const PackedMatrix& matrix) {
    const OperatorKind kind = operator_kind(matrix.format);
    const Division division(kind, matrix.rows, matrix.columns, config.threads);
    ++matrices;
    slices += in_lines(std::uint64_t{division.count} * 16);
    for (std::uint32_t i = 0; i < division.count; ++i) {
      operators += operator_bytes(kind, division.rows_of(i), matrix.columns);
    }
  });
  return in_lines(matrices * 64) + slices + in_lines(workspace_bytes(model, config)) +
         in_lines((config.prefill_chunk + spare_scales) * sizeof(TokenScale)) + operators;
}

template <typename T>
T* XnnpackPrefill::array(std::uint64_t count) {
  void* memory = area_.take(static_cast<std::size_t>(count * sizeof(T)));
  if (memory == nullptr) throw Failure(out_of_area(area_.counters()));
  return static_cast<T*>(memory);
}

XnnpackPrefill::XnnpackPrefill(const Model& model, const Config& config, const KernelSet& kernels,
                               std::span<std::byte> memory)
    : kernels_(kernels), chunk_(config.prefill_chunk), area_(memory) {
  static_assert(sizeof(Entry) <= 64 && sizeof(Slice) <= 16, "as xnnpack_bytes counts them");
  const std::uint64_t needed = xnnpack_bytes(model, config);
  if (memory.size() < needed) {
    throw Failure("XNNPACK: the memory set aside for it is too small (needs " +
                  std::to_string(needed) + ", got " + std::to_string(memory.size()) + ")");
  }
  const LendArea lend(area_);
  const xnn_status status = initialize_xnnpack();
  if (status != xnn_status_success) {
    throw Failure("XNNPACK does not run on this processor (its status is " +
                  std::to_string(static_cast<int>(status)) + ")");
  }
  create(model, config);
  area_.seal();
}

void XnnpackPrefill::create(const Model& model, const Config& config) {
  std::size_t count = 0;
  each_matrix(model, [&count](const PackedMatrix&) { ++count; });
  entries_ = {array<Entry>(count), count};
  const auto workspace = static_cast<std::size_t>(in_lines(workspace_bytes(model, config)));
  workspace_ = {array<std::byte>(workspace), workspace};
  scales_ = {array<TokenScale>(chunk_ + spare_scales), chunk_ + spare_scales};
  std::size_t i = 0;
  each_matrix(model, [&](const PackedMatrix& matrix) {
    create_entry(matrix, config.threads, entries_[i++]);
  });
  std::sort(entries_.begin(), entries_.end(),
            [](const Entry& a, const Entry& b) { return std::less<>()(a.matrix, b.matrix); });
}

void XnnpackPrefill::create_entry(const PackedMatrix& matrix, std::uint32_t threads, Entry& entry) {
  const OperatorKind kind = operator_kind(matrix.format);
  const Division division(kind, matrix.rows, matrix.columns, threads);
  entry = {.matrix = matrix.codes,
           .shape = {.rows = matrix.rows,
                     .columns = matrix.columns,
                     .x_stride = packed::padded_rows(matrix.columns),
                     .y_stride = packed::padded_rows(matrix.rows)},
           .kind = kind,
           .slice_count = division.count,
           .slices = array<Slice>(division.count)};
  for (std::uint32_t i = 0; i < division.count; ++i) {
    const std::uint32_t begin = division.begin(i);
    const std::uint32_t end = division.begin(i + 1);
    OperatorShape shape = entry.shape;
    shape.rows = end - begin;
    if (kind != OperatorKind::floats) shape.x_stride = page::query_stride(matrix.columns);
    const OperatorWeights weights = form_weights(kind, matrix, begin, end, kernels_, workspace_);
    entry.slices[i] = {create_operator(kind, shape, weights), begin, end};
    if (entry.slices[i].op != nullptr) continue;
    throw Failure(area_.counters().refused > 0
                      ? out_of_area(area_.counters())
                      : "XNNPACK refuses an operator of " + std::to_string(shape.rows) + " x " +
                            std::to_string(shape.columns));
  }
}

Tolerances XnnpackPrefill::tolerances() noexcept {
  Tolerances allowed;
  // One scale per row instead of one per 32 columns.
  if (operator_kind(MatrixFormat::int8) == OperatorKind::int8) allowed.int8 = allowed.int4 = 0.03;
  return allowed;
}

/// A product in progress.
struct XnnpackPrefill::Work {
  XnnpackPrefill& prefill;
  const Entry& entry;
  const MatrixProduct& product;
  const std::uint32_t threads;
  std::atomic<bool> failed{false};

  [[nodiscard]] std::int8_t* codes() const noexcept {
    return reinterpret_cast<std::int8_t*>(prefill.workspace_.data());
  }
};

const XnnpackPrefill::Entry* XnnpackPrefill::find(const MatrixProduct& product) const noexcept {
  const auto entry = std::lower_bound(
      entries_.begin(), entries_.end(), product.matrix,
      [](const Entry& one, const void* matrix) { return std::less<>()(one.matrix, matrix); });
  const bool found = entry != entries_.end() && entry->matrix == product.matrix &&
                     entry->shape.x_stride == product.x_stride &&
                     entry->shape.y_stride == product.y_stride && product.tokens <= chunk_;
  return found ? &*entry : nullptr;
}

bool XnnpackPrefill::multiply(void* user_data, const Team& team, const MatrixProduct& product) {
  auto& prefill = *static_cast<XnnpackPrefill*>(user_data);
  const Entry* entry = prefill.find(product);
  if (entry == nullptr) return false;
  Work work{prefill, *entry, product, team.threads};
  if (entry->kind != OperatorKind::floats)
    team.run(team.user_data, team.threads, quantize_thread, &work);
  team.run(team.user_data, team.threads, multiply_thread, &work);
  return !work.failed;
}

/// Quantizes the thread's share of the tokens, each with one scale.
void XnnpackPrefill::quantize_thread(void* argument, std::uint32_t thread) {
  const Work& work = *static_cast<const Work*>(argument);
  const MatrixProduct& product = work.product;
  const std::span<TokenScale> scales = work.prefill.scales_;
  const std::size_t stride = page::query_stride(product.columns);
  const std::uint64_t tokens = product.tokens;
  for (auto t = static_cast<std::size_t>(tokens * thread / work.threads);
       t < tokens * (thread + 1) / work.threads; ++t) {
    scales[t].zero_point = 0;
    work.prefill.kernels_.quantize_query(product.x + t * product.x_stride, product.columns, 1.0F,
                                         work.codes() + t * stride, &scales[t].scale);
    // A kernel for more tokens than remain computes the last one again for each missing token, into
    // the same place, with the following scales.
    if (t + 1 == tokens) std::fill_n(scales.begin() + product.tokens, spare_scales, scales[t]);
  }
}

/// Runs the thread's share of the operators. The last operator also pads y.
void XnnpackPrefill::multiply_thread(void* argument, std::uint32_t thread) {
  auto& work = *static_cast<Work*>(argument);
  const MatrixProduct& product = work.product;
  const Entry& entry = work.entry;
  const OperatorInput input{product.x, work.codes(), work.prefill.scales_.data()};
  const std::uint64_t count = entry.slice_count;
  for (std::uint64_t i = count * thread / work.threads; i < count * (thread + 1) / work.threads;
       ++i) {
    const Slice& slice = entry.slices[i];
    if (!run_operator(entry.kind, slice.op, product.tokens, input, product.y + slice.row_begin)) {
      work.failed = true;
    }
    if (slice.row_end != product.rows) continue;
    for (std::size_t t = 0; t < product.tokens; ++t) {
      float* y = product.y + t * product.y_stride;
      std::fill(y + product.rows, y + packed::padded_rows(product.rows), 0.0F);
    }
  }
}

}  // namespace ringlet::port

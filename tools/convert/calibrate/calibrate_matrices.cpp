#include "calibrate/calibrate_matrices.hpp"

#include <algorithm>
#include <mutex>

#include "calibrate/compensate.hpp"
#include "calibrate/descend.hpp"
#include "calibrate/objective.hpp"
#include "calibrate/retarget.hpp"
#include "numerics/half.hpp"
#include "quantize/panel_encoder.hpp"

namespace ringlet::convert {
namespace {

constexpr std::uint32_t panels_per_strip = panel_lanes / packed::panel_rows;

/// What all rows need of one block of columns.
struct Block {
  Columns columns;
  std::vector<float> retargeting;
  Objective objective;
};

Block prepare(Workers& workers, const PairedInputs& inputs, Columns columns) {
  InputGram gram = gram_of(workers, inputs, columns);
  Block block{.columns = columns, .retargeting = retargeting(workers, gram), .objective = {}};
  gram.shifts = {};
  block.objective = objective_of(workers, gram);
  return block;
}

/// Calibrates the rows of one matrix, a strip at a time.
class MatrixCalibration {
 public:
  MatrixCalibration(const SourceMatrix& matrix, Int4Planes& planes, const WeightsDone& done)
      : reader_(matrix, MatrixFormat::int4), planes_(planes), done_(done) {}

  void run(Workers& workers, const Block& block) {
    const std::uint32_t panels = reader_.panel_count();
    workers.for_each((panels + panels_per_strip - 1) / panels_per_strip, [&](std::size_t number) {
      const auto first = static_cast<std::uint32_t>(number) * panels_per_strip;
      const std::uint32_t rows =
          std::min<std::uint32_t>(panel_lanes, planes_.rows - first * packed::panel_rows);
      Strip strip(block.objective.order.columns.size(), block.objective.order.groups.size());
      retarget(block, read(first, block.columns), strip);
      round_with_compensation(block.objective, strip);
      descend(block.objective, strip);
      store(block, strip, first * packed::panel_rows, rows);
      if (!done_) return;
      const std::scoped_lock lock(mutex_);
      done_(std::uint64_t{rows} * block.columns.count);
    });
  }

 private:
  /// The rows of a strip as lanes, in the matrix's order of columns.
  std::vector<float> read(std::uint32_t first_panel, Columns columns) {
    std::vector<float> lanes(columns.count * panel_lanes, 0.0F);
    const std::size_t padded = packed::padded_columns(planes_.columns);
    Panel panel;
    for (std::uint32_t i = 0; i < panels_per_strip; ++i) {
      if (first_panel + i >= reader_.panel_count()) break;
      {
        const std::scoped_lock lock(mutex_);
        reader_.read(first_panel + i, panel);
      }
      for (std::uint32_t row = 0; row < panel.rows; ++row) {
        const float* weights = panel.weights.data() + row * padded + columns.begin;
        float* lane = lanes.data() + std::size_t{i} * packed::panel_rows + row;
        for (std::size_t k = 0; k < columns.count; ++k) lane[k * panel_lanes] = weights[k];
      }
    }
    return lanes;
  }

  /// target = W + W·D, in the order of the objective.
  static void retarget(const Block& block, const std::vector<float>& weights, Strip& strip) {
    const std::vector<std::uint32_t>& order = block.objective.order.columns;
    std::vector<float> moved = weights;
    add_product(MatrixPart<float>{block.retargeting.data(), block.objective.size, order.size(),
                                  order.size()},
                weights.data(), moved.data());
    for (std::size_t k = 0; k < order.size(); ++k) {
      std::copy_n(moved.data() + order[k] * panel_lanes, panel_lanes,
                  strip.target.data() + k * panel_lanes);
    }
  }

  void store(const Block& block, const Strip& strip, std::uint32_t first_row, std::uint32_t rows) {
    const auto first_group = static_cast<std::uint32_t>(block.columns.begin / packed::group_size);
    const ColumnOrder& order = block.objective.order;
    for (std::size_t i = 0; i < order.groups.size(); ++i) {
      const ColumnOrder::Group& group = order.groups[i];
      for (std::uint32_t r = 0; r < rows; ++r) {
        QuantizedGroup result{.scale = signed_scale_to_half(strip.scales[i * panel_lanes + r])};
        for (std::size_t k = group.begin; k < group.end; ++k) {
          result.codes[order.columns[k] % packed::group_size] = strip.codes[k * panel_lanes + r];
        }
        planes_.set(first_row + r, first_group + group.number, result);
      }
    }
  }

  PanelEncoder reader_;
  Int4Planes& planes_;
  const WeightsDone& done_;
  std::mutex mutex_;  // guards the reader and done_
};

}  // namespace

std::vector<Int4Planes> calibrate_matrices(Workers& workers, const PairedInputs& inputs,
                                           std::span<const SourceMatrix* const> matrices,
                                           const WeightsDone& done) {
  std::vector<Int4Planes> results;
  for (const SourceMatrix* matrix : matrices) results.emplace_back(matrix->rows, matrix->columns);
  if (matrices.empty()) return results;
  for (const Columns columns : column_blocks(matrices.front()->columns)) {
    const Block block = prepare(workers, inputs, columns);
    for (std::size_t i = 0; i < matrices.size(); ++i) {
      MatrixCalibration(*matrices[i], results[i], done).run(workers, block);
    }
  }
  return results;
}

}  // namespace ringlet::convert

#include "calibrate/input_gram.hpp"

#include <algorithm>

#include "kernels/packed_layout.hpp"

namespace ringlet::convert {
namespace {

constexpr std::size_t most_columns = 4096;
constexpr std::size_t chunk = 256;  // tokens

/// Some tokens' rows of the block of columns.
class Chunk {
 public:
  explicit Chunk(std::size_t padded)
      : padded_(padded),
        quantized_(chunk * padded),
        shifts_(chunk * padded),
        transposed_(chunk * padded) {}

  void load(Workers& workers, const PairedInputs& inputs, std::size_t first, Columns columns) {
    tokens_ = std::min(chunk, inputs.tokens - first);
    std::vector<float> rows(tokens_ * inputs.exact.columns());
    inputs.exact.read(first, rows);
    copy(rows, columns, shifts_);
    inputs.quantized.read(first, rows);
    copy(rows, columns, quantized_);
    for (std::size_t i = 0; i < tokens_ * padded_; ++i) shifts_[i] -= quantized_[i];
    workers.for_each(padded_ / panel_lanes, [&](std::size_t panel) {
      for (std::size_t j = panel * panel_lanes; j < (panel + 1) * panel_lanes; ++j) {
        for (std::size_t t = 0; t < tokens_; ++t) {
          transposed_[j * chunk + t] = quantized_[t * padded_ + j];
        }
      }
    });
  }

  /// Adds the part of one panel of columns to the sums.
  void add(std::size_t panel, InputGram& gram) const {
    const std::size_t first = panel * panel_lanes;
    std::vector<float> x(chunk * panel_lanes);
    copy_panel(quantized_, first, x);
    std::vector<float> sums(panel_lanes * panel_lanes);
    for (std::size_t j = first; j < padded_; j += panel_lanes) {
      multiply(j, x, sums);
      for (std::size_t i = 0; i < panel_lanes; ++i) {
        double* to = gram.squares.row(j + i) + first;
        for (std::size_t r = 0; r < panel_lanes; ++r) to[r] += double{sums[i * panel_lanes + r]};
      }
    }
    copy_panel(shifts_, first, x);
    for (std::size_t j = 0; j < padded_; j += panel_lanes) {
      multiply(j, x, sums);
      double* to = gram.shift_panel(panel) + j * panel_lanes;
      for (std::size_t i = 0; i < sums.size(); ++i) to[i] += double{sums[i]};
    }
  }

 private:
  void copy(const std::vector<float>& rows, Columns columns, std::vector<float>& to) const {
    const std::size_t width = rows.size() / tokens_;
    for (std::size_t t = 0; t < tokens_; ++t) {
      std::copy_n(rows.data() + t * width + columns.begin, columns.count, to.data() + t * padded_);
    }
  }

  void copy_panel(const std::vector<float>& rows, std::size_t first, std::vector<float>& x) const {
    for (std::size_t t = 0; t < tokens_; ++t) {
      std::copy_n(rows.data() + t * padded_ + first, panel_lanes, x.data() + t * panel_lanes);
    }
  }

  void multiply(std::size_t row, const std::vector<float>& x, std::vector<float>& sums) const {
    std::fill(sums.begin(), sums.end(), 0.0F);
    add_product(MatrixPart<float>{transposed_.data() + row * chunk, chunk, panel_lanes, tokens_},
                x.data(), sums.data());
  }

  std::size_t padded_;
  std::size_t tokens_ = 0;
  std::vector<float> quantized_;   // tokens × columns
  std::vector<float> shifts_;      // likewise
  std::vector<float> transposed_;  // columns × tokens
};

}  // namespace

std::vector<Columns> column_blocks(std::size_t columns) {
  const std::size_t count = (columns + most_columns - 1) / most_columns;
  const std::size_t size = packed::padded_columns((columns + count - 1) / count);
  std::vector<Columns> blocks;
  for (std::size_t begin = 0; begin < columns; begin += size) {
    blocks.push_back({begin, std::min(size, columns - begin)});
  }
  return blocks;
}

double InputGram::mean_diagonal() const {
  double trace = 0;
  for (std::size_t i = 0; i < columns; ++i) trace += squares.row(i)[i];
  return trace > 0 ? trace / static_cast<double>(columns) : 1;
}

InputGram gram_of(Workers& workers, const PairedInputs& inputs, Columns columns) {
  InputGram gram(columns.count);
  const std::size_t padded = gram.squares.size;
  Chunk part(padded);
  for (std::size_t first = 0; first < inputs.tokens; first += chunk) {
    part.load(workers, inputs, first, columns);
    workers.for_each(padded / panel_lanes, [&](std::size_t panel) { part.add(panel, gram); });
  }
  for (std::size_t i = 0; i < padded; ++i) {
    for (std::size_t k = 0; k < i; ++k) gram.squares.row(k)[i] = gram.squares.row(i)[k];
  }
  return gram;
}

}  // namespace ringlet::convert

#include "quantize/calibration.hpp"

#include <algorithm>
#include <array>

#include "quantize/compensation.hpp"
#include "quantize/text_scoring.hpp"
#include "ringlet/linux/kernels.hpp"
#include "source/errors.hpp"

namespace ringlet::convert {
namespace {

constexpr std::size_t most_gram_bytes = std::size_t{256} << 20;

std::uint32_t index_of(std::uint32_t layer, LayerInput input) {
  return layer * inputs_per_layer + static_cast<std::uint32_t>(input);
}

std::vector<float> means(const std::vector<double>& sums, std::uint64_t count) {
  std::vector<float> result(sums.size());
  for (std::size_t i = 0; i < sums.size(); ++i) {
    result[i] =
        static_cast<float>(sums[i] / static_cast<double>(std::max<std::uint64_t>(count, 1)));
  }
  return result;
}

}  // namespace

Calibration::Calibration(const Model& model, std::vector<TokenId> tokens, const PagedFile* file)
    : model_(model), tokens_(std::move(tokens)), file_(file) {
  InputRecorder recorder(model_, port::find_kernels("auto"), file_);
  run(recorder);
  const std::uint32_t inputs = model_.architecture().layers * inputs_per_layer;
  for (std::uint32_t i = 0; i < inputs; ++i) {
    const InputSums& sums = recorder.sums(i);
    means_.push_back({means(sums.absolute, sums.vectors), means(sums.squares, sums.vectors)});
  }
  grams_.resize(inputs);
}

void Calibration::run(InputRecorder& recorder) const {
  TextSession text(model_, recorder.kernels());
  std::span<const TokenId> rest(tokens_);
  while (!rest.empty()) {
    const auto part = rest.first(std::min(rest.size(), text.window()));
    text.session().reset();
    const Status status = text.session().prefill(part);
    std::array<char, 256> line{};
    if (!status.ok()) fail("calibration stopped: ", describe(status, line));
    rest = rest.subspan(part.size());
  }
}

const std::vector<float>& Calibration::mean_absolute(std::uint32_t layer, LayerInput input) const {
  return means_[index_of(layer, input)].absolute;
}

const std::vector<float>& Calibration::mean_square(std::uint32_t layer, LayerInput input) const {
  return means_[index_of(layer, input)].square;
}

void Calibration::collect_grams(std::uint32_t first) {
  for (std::vector<double>& gram : grams_) gram = {};
  InputRecorder recorder(model_, port::find_kernels("auto"), file_);
  std::size_t bytes = 0;
  std::uint32_t last = first;
  for (; last < grams_.size(); ++last) {
    const std::size_t size = ColumnBlocks(means_[last].square.size()).triangles();
    bytes += size * sizeof(double);
    if (last > first && bytes > most_gram_bytes) break;
    recorder.sums(last).gram.resize(size);
  }
  run(recorder);
  for (std::uint32_t i = first; i < last; ++i) grams_[i] = std::move(recorder.sums(i).gram);
}

std::vector<float> Calibration::factor(std::uint32_t layer, LayerInput input,
                                       const std::vector<float>& divisors) {
  const std::uint32_t index = index_of(layer, input);
  if (grams_[index].empty()) collect_grams(index);
  const ColumnBlocks blocks(divisors.size());
  std::vector<float> factors;
  factors.reserve(blocks.triangles());
  for (std::size_t block = 0; block < blocks.count(); ++block) {
    const auto begin = grams_[index].begin() + static_cast<std::ptrdiff_t>(blocks.triangle(block));
    const std::size_t n = blocks.columns(block);
    const float* divisor = divisors.data() + blocks.begin(block);
    std::vector<double> gram(begin, begin + static_cast<std::ptrdiff_t>(triangle_index(n, 0)));
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t k = 0; k <= i; ++k) {
        gram[triangle_index(i, k)] /= double{divisor[i]} * divisor[k];
      }
    }
    const std::vector<float> factor = compensation_factor(std::move(gram), n);
    factors.insert(factors.end(), factor.begin(), factor.end());
  }
  return factors;
}

}  // namespace ringlet::convert

#include "cache/recurrent_inputs.hpp"

#include <algorithm>
#include <cstring>

#include "base/features.hpp"
#include "kernels/packed_layout.hpp"
#include "ringlet/division.hpp"

namespace ringlet {

InputSizes input_sizes(const Model& model, const Config& config) noexcept {
  const Architecture& a = model.architecture();
  InputSizes sizes;
  if (!features::recurrent || a.convolution == 0) return sizes;
  for (std::uint32_t i = 0; i < a.layers; ++i) {
    if (model.mixer(i) != Mixer::attention) ++sizes.layers;
  }
  if (sizes.layers == 0) return sizes;
  sizes.kept = a.convolution - 1;
  sizes.rows = sizes.kept + std::max(config.rewind, config.draft_tokens);
  sizes.stride = packed::padded_rows(a.dim);
  if (a.state_heads != 0) {
    sizes.rows += config.draft_tokens + 1;
    sizes.stride = packed::padded_rows(a.state_channels());
    sizes.states = 1;
  }
  return sizes;
}

float* RecurrentInputs::row(std::uint32_t state, std::uint32_t layer,
                            std::uint64_t position) const noexcept {
  const std::uint32_t slot = remainder(position, sizes_.rows);
  const std::size_t index = std::size_t{state} * sizes_.layers + layer;
  return states_ + (index * sizes_.rows + slot) * sizes_.stride;
}

void RecurrentInputs::begin(std::uint32_t layer, std::uint32_t count) noexcept {
  if (count >= sizes_.rows) return;
  const std::size_t bytes = std::size_t{sizes_.rows} * sizes_.stride * sizeof(float);
  std::memcpy(next(layer, 0), row(current_, layer, 0), bytes);
}

void RecurrentInputs::commit(std::uint64_t position) noexcept {
  const std::uint64_t lowest = lowest_[current_];
  current_ = other();
  const std::uint64_t held = position > sizes_.rows ? position - sizes_.rows : 0;
  lowest_[current_] = std::max(lowest, held);
}

void RecurrentInputs::save(std::uint64_t position, std::byte* out) const noexcept {
  const std::size_t bytes = sizes_.stride * sizeof(float);
  std::byte* to = out;
  for (std::uint32_t layer = 0; layer < sizes_.layers; ++layer) {
    for (std::uint32_t back = sizes_.kept; back > 0; --back, to += bytes) {
      if (back > position) {
        std::memset(to, 0, bytes);
      } else {
        std::memcpy(to, at(layer, position - back), bytes);
      }
    }
  }
}

void RecurrentInputs::load(std::uint64_t position, const std::byte* saved) noexcept {
  const std::size_t bytes = sizes_.stride * sizeof(float);
  const std::byte* from = saved;
  for (std::uint32_t layer = 0; layer < sizes_.layers; ++layer) {
    for (std::uint32_t back = sizes_.kept; back > 0; --back, from += bytes) {
      if (back <= position) std::memcpy(row(current_, layer, position - back), from, bytes);
    }
  }
  lowest_[current_] = position > sizes_.kept ? position - sizes_.kept : 0;
}

void RecurrentInputs::copy_from(const RecurrentInputs& other) noexcept {
  current_ = other.current_;
  lowest_[current_] = other.lowest_[current_];
  std::memcpy(row(current_, 0, 0), other.row(current_, 0, 0),
              static_cast<std::size_t>(sizes_.floats()) * sizeof(float));
}

}  // namespace ringlet

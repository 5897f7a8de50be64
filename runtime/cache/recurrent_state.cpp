#include "cache/recurrent_state.hpp"

#include <algorithm>
#include <cstring>

#include "base/features.hpp"
#include "kernels/packed_layout.hpp"
#include "ringlet/division.hpp"

namespace ringlet {
namespace {

constexpr std::uint32_t tile_rows = packed::panel_rows;

}  // namespace

StateSizes state_sizes(const Model& model, const Config& config) noexcept {
  const Architecture& a = model.architecture();
  StateSizes sizes;
  if (!features::recurrent || a.state_heads == 0) return sizes;
  for (std::uint32_t i = 0; i < a.layers; ++i) {
    if (model.mixer(i) == Mixer::gated_delta) ++sizes.layers;
  }
  sizes.heads = a.state_heads;
  sizes.head_dim = a.state_head_dim;
  sizes.key_heads = a.state_key_heads;
  sizes.key_dim = a.state_key_dim;
  // Beside what a session can go back, the tokens of a pass that must not change it on failure.
  sizes.logged = std::max(config.rewind, config.draft_tokens) + config.draft_tokens + 1;
  return sizes;
}

std::uint64_t StateSizes::row() const noexcept {
  return std::uint64_t{heads} * head_dim + std::uint64_t{key_heads} * key_dim +
         packed::padded_rows(heads);
}

StateUpdate LoggedChange::update(const StateSizes& sizes, std::uint32_t head,
                                 std::uint32_t tile) const noexcept {
  const std::uint32_t key_head = head / (sizes.heads / sizes.key_heads);
  return {.u = u + std::size_t{head} * sizes.head_dim + std::size_t{tile} * tile_rows,
          .k = k + std::size_t{key_head} * sizes.key_dim,
          .decay = decay[head]};
}

RecurrentState::Division RecurrentState::divide(std::uint64_t position,
                                                std::uint32_t count) const noexcept {
  const auto rows = static_cast<std::uint32_t>(position - base_);
  Division division;
  division.followed = count > sizes_.logged ? count - sizes_.logged : 0;
  const std::uint32_t logged = std::min(count, sizes_.logged);
  division.kept = std::min(rows, sizes_.logged - logged);
  division.absorbed = rows - division.kept;
  return division;
}

float* RecurrentState::tile(const Place& place) const noexcept {
  const std::size_t matrices = static_cast<std::size_t>(sizes_.matrices()) * place.layer;
  const std::size_t row =
      std::size_t{place.head} * sizes_.head_dim + std::size_t{place.tile} * tile_rows;
  return memory_ + matrices + row * sizes_.key_dim;
}

LoggedChange RecurrentState::change(std::uint32_t layer, std::uint64_t position) const noexcept {
  const auto row = static_cast<std::size_t>(sizes_.row());
  const auto states = static_cast<std::size_t>(sizes_.matrices()) * sizes_.layers;
  const std::size_t index = std::size_t{layer} * sizes_.logged + remainder(position, sizes_.logged);
  float* u = memory_ + states + index * row;
  float* k = u + std::size_t{sizes_.heads} * sizes_.head_dim;
  return {.u = u, .k = k, .decay = k + std::size_t{sizes_.key_heads} * sizes_.key_dim};
}

// In blocks, for a bounded stack. The last block has the step.
void RecurrentState::replay(const Place& place, std::uint64_t first, std::uint32_t count,
                            const float* from, float* to, const StateStep* step) const noexcept {
  constexpr std::uint32_t most = 8;
  do {
    const std::uint32_t block = std::min(count, most);
    StateUpdate updates[most];
    for (std::uint32_t i = 0; i < block; ++i) {
      updates[i] = change(place.layer, first + i).update(sizes_, place.head, place.tile);
    }
    count -= block;
    first += block;
    kernels_->recur(from, to, sizes_.key_dim, updates, block, count == 0 ? step : nullptr);
    from = to;
  } while (count > 0);
}

void RecurrentState::save(std::uint64_t position, std::byte* out) const noexcept {
  if (position == 0) {
    std::memset(out, 0, static_cast<std::size_t>(sizes_.saved_bytes()));
    return;
  }
  auto* to = reinterpret_cast<float*>(out);
  const auto rows = static_cast<std::uint32_t>(position - base_);
  Place place{};
  for (place.layer = 0; place.layer < sizes_.layers; ++place.layer) {
    for (place.head = 0; place.head < sizes_.heads; ++place.head) {
      for (place.tile = 0; place.tile < sizes_.head_dim / tile_rows; ++place.tile) {
        replay(place, base_, rows, tile(place), to, nullptr);
        to += std::size_t{tile_rows} * sizes_.key_dim;
      }
    }
  }
}

void RecurrentState::load(std::uint64_t position, const std::byte* saved) noexcept {
  std::memcpy(memory_, saved, static_cast<std::size_t>(sizes_.saved_bytes()));
  base_ = position;
}

void RecurrentState::copy_from(const RecurrentState& other) noexcept {
  std::memcpy(memory_, other.memory_, static_cast<std::size_t>(sizes_.bytes()));
  base_ = other.base_;
}

}  // namespace ringlet

// All that the layers of a session without attention remember.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/features.hpp"
#include "cache/recurrent_inputs.hpp"
#include "cache/recurrent_state.hpp"

namespace ringlet {

struct RecurrentSizes {
  InputSizes inputs;
  StateSizes state;

  [[nodiscard]] bool none() const noexcept { return inputs.layers == 0; }
  /// Size in bytes of the object and the inputs.
  [[nodiscard]] std::uint64_t input_bytes() const noexcept { return object_bytes + inputs.bytes(); }
  static constexpr std::uint64_t object_bytes = 128;

  /// Size in bytes of what a snapshot has of them.
  [[nodiscard]] std::uint64_t saved_bytes() const noexcept {
    return inputs.saved_bytes() + state.saved_bytes();
  }
};

[[nodiscard]] inline RecurrentSizes recurrent_sizes(const Model& model,
                                                    const Config& config) noexcept {
  if (!features::recurrent) return {};
  return {.inputs = input_sizes(model, config), .state = state_sizes(model, config)};
}

/// What a session remembers. Positions and errors are as in its parts.
struct Recurrent {
  RecurrentInputs inputs;
  RecurrentState state;

  /// Makes the object in `inputs`, which has sizes.input_bytes(); `state` has sizes.state.bytes().
  /// Returns null if the model has no such layers.
  static Recurrent* make(const RecurrentSizes& sizes, const KernelSet& kernels,
                         std::span<std::byte> inputs, std::span<std::byte> state) noexcept;

  /// After a pass of `count` tokens from `position` on.
  void commit(std::uint64_t position, std::uint32_t count) noexcept {
    inputs.commit(position + count);
    if (state.sizes().layers != 0) state.commit(position, count);
  }
  [[nodiscard]] std::uint64_t earliest() const noexcept;
  void reset() noexcept {
    inputs.reset();
    state.reset();
  }
  [[nodiscard]] std::size_t saved_bytes() const noexcept {
    return inputs.saved_bytes() + static_cast<std::size_t>(state.sizes().saved_bytes());
  }
  void save(std::uint64_t position, std::byte* out) const noexcept;
  void load(std::uint64_t position, const std::byte* saved) noexcept;
  void copy_from(const Recurrent& other) noexcept {
    inputs.copy_from(other.inputs);
    if (state.sizes().layers != 0) state.copy_from(other.state);
  }
};

}  // namespace ringlet

// What the short convolutions of a session remember: for each layer, the last inputs of each
// channel.
//
//   this object | two states, each: layer 0 [row 0][row 1] … layer 1 …    a row is `stride` floats
//
// A state keeps convolution − 1 inputs, which the next token reads, and as many more as the session
// must be able to go back. The input of position p is in row p mod rows. A pass reads one state and
// writes the other, so a pass that is not committed changes nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "ringlet/config.hpp"
#include "ringlet/model.hpp"

namespace ringlet {

/// The size of the states of one session.
struct RecurrentSizes {
  std::uint32_t layers = 0;  // with a convolution
  std::uint32_t kept = 0;    // inputs that the next token reads: convolution − 1
  std::uint32_t rows = 0;    // kept + how far the session can go back
  std::uint32_t stride = 0;  // floats of a row: dim, padded to 16

  /// Floats of one state.
  [[nodiscard]] std::uint64_t floats() const noexcept {
    return std::uint64_t{layers} * rows * stride;
  }
  /// Size in bytes of the object and both states.
  [[nodiscard]] std::uint64_t bytes() const noexcept {
    return object_bytes + 2 * floats() * sizeof(float);
  }
  static constexpr std::uint64_t object_bytes = 64;

  /// Size in bytes of what a snapshot has of them: the inputs that the next token reads.
  [[nodiscard]] std::uint64_t saved_bytes() const noexcept {
    return std::uint64_t{layers} * kept * stride * sizeof(float);
  }
};

/// All zero if no layer of the model has a convolution.
[[nodiscard]] RecurrentSizes recurrent_sizes(const Model& model, const Config& config) noexcept;

/// Both states of a session. The object lies in front of them.
class RecurrentInputs {
 public:
  /// Makes the object in `memory`, which has sizes.bytes(), or none if there are no layers.
  static RecurrentInputs* make(const RecurrentSizes& sizes, std::span<std::byte> memory) noexcept;

  /// The input of an earlier position, one of those that the next token reads. `layer` counts the
  /// layers with a convolution.
  [[nodiscard]] const float* at(std::uint32_t layer, std::uint64_t position) const noexcept {
    return row(current_, layer, position);
  }

  /// Writes the inputs of `count` tokens from `position` on to the other state, with what it needs
  /// of the current one. They are `input_stride` floats apart.
  void write(std::uint32_t layer, std::uint64_t position, std::uint32_t count, const float* inputs,
             std::size_t input_stride) noexcept;

  /// Makes the other state the current one: the session is at `position` now.
  void commit(std::uint64_t position) noexcept;

  /// The reverse of the last commit(), if nothing else has happened since.
  void undo() noexcept { current_ = 1 - current_; }

  /// The earliest position that the session can go back to, besides the start of its text.
  [[nodiscard]] std::uint64_t earliest() const noexcept {
    const std::uint64_t lowest = lowest_[current_];
    return lowest == 0 ? 0 : lowest + sizes_.kept;
  }

  [[nodiscard]] std::size_t saved_bytes() const noexcept {
    return static_cast<std::size_t>(sizes_.saved_bytes());
  }

  /// Begins a text.
  void reset() noexcept { lowest_[current_] = 0; }

  /// Copies what the token at `position` reads, sizes.saved_bytes(), out of the current state, and
  /// into it. Inputs before the text are zero.
  void save(std::uint64_t position, std::byte* out) const noexcept;
  void load(std::uint64_t position, const std::byte* saved) noexcept;

  /// Copies the state of another session.
  void copy_from(const RecurrentInputs& other) noexcept;

 private:
  [[nodiscard]] float* row(std::uint32_t state, std::uint32_t layer,
                           std::uint64_t position) const noexcept;

  RecurrentInputs(const RecurrentSizes& sizes, float* states) noexcept
      : states_(states), sizes_(sizes) {}

  std::uint64_t lowest_[2] = {};  // the first position whose input is still in each state
  float* states_;
  RecurrentSizes sizes_;
  std::uint32_t current_ = 0;
};

}  // namespace ringlet

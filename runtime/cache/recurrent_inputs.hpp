// What the convolutions of a session remember: for each layer, the last inputs of each channel.
//
//   one or two states, each: layer 0 [row 0][row 1] … layer 1 …    a row is `stride` floats
//
// A state keeps convolution − 1 inputs, which the next token reads, and as many more as the session
// must be able to go back. The input of position p is in row p mod rows.
//
// Two states: a pass reads one and writes the other, so a pass that is not committed changes
// nothing. One state, beside that of a recurrence: it has rows for the tokens of a short pass too,
// and is exactly as safe as RecurrentState.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ringlet/config.hpp"
#include "ringlet/model.hpp"

namespace ringlet {

/// The size of the states of one session.
struct InputSizes {
  std::uint32_t layers = 0;  // with a convolution
  std::uint32_t kept = 0;    // inputs that the next token reads: convolution − 1
  std::uint32_t rows = 0;    // kept + how far the session can go back
  std::uint32_t stride = 0;  // floats of a row: the channels, padded to 16
  std::uint32_t states = 2;

  /// Floats of one state.
  [[nodiscard]] std::uint64_t floats() const noexcept {
    return std::uint64_t{layers} * rows * stride;
  }
  /// Size in bytes of the states.
  [[nodiscard]] std::uint64_t bytes() const noexcept { return states * floats() * sizeof(float); }

  /// Size in bytes of what a snapshot has of them: the inputs that the next token reads.
  [[nodiscard]] std::uint64_t saved_bytes() const noexcept {
    return std::uint64_t{layers} * kept * stride * sizeof(float);
  }
};

/// All zero if no layer of the model has a convolution.
[[nodiscard]] InputSizes input_sizes(const Model& model, const Config& config) noexcept;

/// The states of a session.
class RecurrentInputs {
 public:
  /// `states` has sizes.bytes() bytes, all zero.
  RecurrentInputs(const InputSizes& sizes, float* states) noexcept
      : states_(states), sizes_(sizes) {}

  /// The input of an earlier position, one of those that the next token reads. `layer` counts the
  /// layers with a convolution.
  [[nodiscard]] const float* at(std::uint32_t layer, std::uint64_t position) const noexcept {
    return row(current_, layer, position);
  }

  /// How many of `count` tokens of a pass, its first, a state does not keep.
  [[nodiscard]] std::uint32_t skipped(std::uint32_t count) const noexcept {
    return count > sizes_.rows ? count - sizes_.rows : 0;
  }
  /// With two states: prepares the other one for the inputs of `count` tokens from the session's
  /// position on, by copying what it needs of the current one.
  void begin(std::uint32_t layer, std::uint32_t count) noexcept;

  /// Where the input of a token that is kept goes: in the other state if there are two.
  [[nodiscard]] float* next(std::uint32_t layer, std::uint64_t position) const noexcept {
    return row(other(), layer, position);
  }

  /// After a pass: the session is at `position` now.
  void commit(std::uint64_t position) noexcept;

  /// The reverse of the last commit(), if nothing else has happened since.
  void undo() noexcept { current_ = other(); }

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
  [[nodiscard]] std::uint32_t other() const noexcept {
    return sizes_.states == 1 ? 0 : 1 - current_;
  }
  [[nodiscard]] float* row(std::uint32_t state, std::uint32_t layer,
                           std::uint64_t position) const noexcept;

  std::uint64_t lowest_[2] = {};  // the first position whose input is still in each state
  float* states_;
  InputSizes sizes_;
  std::uint32_t current_ = 0;
};

}  // namespace ringlet

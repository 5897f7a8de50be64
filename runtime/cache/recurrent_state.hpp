// The state of a session's linear recurrences: for each layer and head a matrix, from keys to
// values.
//
//   state   layer 0 [head 0: tile 0, tile 1, …][head 1] … layer 1 …
//   log     layer 0 [row 0][row 1] … layer 1 …    a row has u of all heads, k, decay
//
// A tile is 16 rows of the matrix side by side, as KernelSet::recur reads it.
//
// The state is that before some position, and the log has the changes of all tokens since. Going
// back only drops rows of the log. A pass first lets the state absorb rows that no longer fit, and
// it computes on a copy of each tile, so a pass that is not committed changes nothing that a
// session could see, unless it has more tokens than the log has rows: then the state itself goes
// ahead. The change of position p is in row p mod logged.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/kernel_set.hpp"
#include "ringlet/config.hpp"
#include "ringlet/model.hpp"

namespace ringlet {

/// The size of the state of one session.
struct StateSizes {
  std::uint32_t layers = 0;  // with a recurrence
  std::uint32_t heads = 0;
  std::uint32_t head_dim = 0;  // rows of a head's matrix, a multiple of 16
  std::uint32_t key_heads = 0;
  std::uint32_t key_dim = 0;  // its columns, a multiple of 16
  std::uint32_t logged = 0;   // rows of the log

  /// Floats of the matrices of a layer, and of a row of its log.
  [[nodiscard]] std::uint64_t matrices() const noexcept {
    return std::uint64_t{heads} * head_dim * key_dim;
  }
  [[nodiscard]] std::uint64_t row() const noexcept;

  /// Size in bytes of the state and the log.
  [[nodiscard]] std::uint64_t bytes() const noexcept {
    return layers * (matrices() + logged * row()) * sizeof(float);
  }
  /// Size in bytes of the state in a snapshot.
  [[nodiscard]] std::uint64_t saved_bytes() const noexcept {
    return layers * matrices() * sizeof(float);
  }
};

/// All zero if no layer of the model has a recurrence.
[[nodiscard]] StateSizes state_sizes(const Model& model, const Config& config) noexcept;

/// The change of one token in the log.
struct LoggedChange {
  float* u;      // of all heads
  float* k;      // of all key heads
  float* decay;  // of all heads

  /// As the kernels read it: for rows [16 · tile, …) of a head.
  [[nodiscard]] StateUpdate update(const StateSizes& sizes, std::uint32_t head,
                                   std::uint32_t tile) const noexcept;
};

class RecurrentState {
 public:
  /// `memory` has sizes.bytes().
  RecurrentState(const StateSizes& sizes, const KernelSet& kernels, float* memory) noexcept
      : kernels_(&kernels), memory_(memory), sizes_(sizes) {}

  [[nodiscard]] const StateSizes& sizes() const noexcept { return sizes_; }

  /// How a pass divides the work: rows of the log that the state absorbs, rows that stay, and
  /// tokens of the pass that the state itself follows.
  struct Division {
    std::uint32_t absorbed = 0;
    std::uint32_t kept = 0;
    std::uint32_t followed = 0;
  };
  [[nodiscard]] Division divide(std::uint64_t position, std::uint32_t count) const noexcept;

  /// The position up to which the state has absorbed the text.
  [[nodiscard]] std::uint64_t base() const noexcept { return base_; }

  /// Which tile of which head of which layer.
  struct Place {
    std::uint32_t layer;
    std::uint32_t head;
    std::uint32_t tile;
  };
  [[nodiscard]] float* tile(const Place& place) const noexcept;
  [[nodiscard]] LoggedChange change(std::uint32_t layer, std::uint64_t position) const noexcept;

  /// KernelSet::recur with the changes of `count` positions from `first` on in the log.
  void replay(const Place& place, std::uint64_t first, std::uint32_t count, const float* from,
              float* to, const StateStep* step) const noexcept;

  /// After a pass, whether or not its values were finite. If the state has followed it, the session
  /// cannot go back.
  void commit(std::uint64_t position, std::uint32_t count) noexcept {
    const Division division = divide(position, count);
    base_ += division.absorbed + division.followed;
  }

  /// The earliest position that the session can go back to, besides the start of its text.
  [[nodiscard]] std::uint64_t earliest() const noexcept { return base_; }

  /// Begins a text.
  void reset() noexcept { base_ = 0; }

  /// Writes the state before `position`, saved_bytes(), and takes it over.
  void save(std::uint64_t position, std::byte* out) const noexcept;
  void load(std::uint64_t position, const std::byte* saved) noexcept;

  /// Copies the state of another session.
  void copy_from(const RecurrentState& other) noexcept;

 private:
  const KernelSet* kernels_;
  float* memory_;
  std::uint64_t base_ = 0;
  StateSizes sizes_;
};

}  // namespace ringlet

// What the attention of one layer compares, for pages that draw it: the newest query, and the keys
// of the positions in memory, as an observer sees them.
#pragma once

#include <cstdint>
#include <span>

#include "ringlet/cache_layout.hpp"
#include "ringlet/observer.hpp"
#include "ringlet/session.hpp"

namespace ringlet::port {

/// Weights are computed from the floats that the layer computes, so those of integer caches differ
/// a little from the weights of the pass itself. Keys are seen only while the session is observed;
/// a watch must begin with the text.
class AttentionWatch {
 public:
  AttentionWatch() = default;

  /// Whether the weights of a layer are nothing but the softmax of rotated queries and keys.
  static bool supports(const Model& model, std::uint32_t layer) noexcept;
  /// Floats of room that a watch needs.
  static std::size_t floats(const Model& model, const Config& config, std::uint32_t layer) noexcept;

  /// `config` has its context resolved. The model and the room must outlive the watch.
  AttentionWatch(const Model& model, const Config& config, std::uint32_t layer,
                 float* room) noexcept;

  /// Sees a session. The watch must not move while it is in use.
  Observer observer() noexcept;

  /// Writes the weights of the newest token for one query head: of the sinks, then of the window in
  /// ascending order. Returns their number; 0 if the watch has not seen all keys.
  std::uint32_t weights(std::uint32_t head, std::span<float> out) const noexcept;
  /// The same, averaged over all heads.
  std::uint32_t average(std::span<float> out) const noexcept;
  /// The most weights that there can be.
  [[nodiscard]] std::uint32_t most() const noexcept { return layout_.sinks + layout_.window; }

 private:
  void observe(const Observation& seen) noexcept;
  void rotate(const float* head, std::uint64_t position, float* out) const noexcept;
  [[nodiscard]] std::uint32_t slot(std::uint64_t position) const noexcept;

  Model model_;
  Architecture architecture_;  // of the layer
  CacheLayout layout_;
  const std::uint64_t* frequencies_ = nullptr;  // null: the layer does not rotate
  std::uint32_t layer_ = 0;
  bool complete_ = false;   // the keys of all positions in memory have been seen
  std::uint64_t end_ = 0;   // of the positions that have been seen
  float* query_ = nullptr;  // of position end_ - 1, before rotation
  float* angles_ = nullptr;
  float* head_ = nullptr;  // a rotated query, for the window and for the sinks
  float* one_ = nullptr;   // weights of one head
  float* keys_ = nullptr;  // rotated, a row for each slot
};

}  // namespace ringlet::port

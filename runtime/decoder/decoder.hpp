// The transformer: reads tokens, writes logits, and stores keys and values in the cache.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>

#include "base/features.hpp"
#include "cache/kv_cache.hpp"
#include "decoder/attention/attend.hpp"
#include "decoder/linear.hpp"
#include "decoder/pass.hpp"
#include "decoder/scratch.hpp"
#include "kernels/kernel_set.hpp"
#include "model/weights.hpp"
#include "ringlet/accelerator.hpp"
#include "ringlet/execution.hpp"
#include "ringlet/model.hpp"
#include "ringlet/observer.hpp"
#include "ringlet/team.hpp"

namespace ringlet {

/// A forward pass over rows: pre-norm, rotary embedding, grouped-query attention over
/// the ring, feed-forward, as in Llama (Touvron et al., 2023). What other families add or omit
/// (learned positions, biases, norms of heads and of block outputs, soft caps) follows from the
/// architecture and from the tensors of a layer.
class Decoder {
 public:
  Decoder() = default;
  /// `model` and `kernels` must outlive the decoder. `context` is that of the sessions. Fills the
  /// tables in scratch that never change.
  Decoder(const Model& model, const KernelSet& kernels, const Team& team, const Scratch& scratch,
          std::uint32_t context) noexcept;

  /// The thread counts must not exceed the team.
  void set_execution(const Execution& execution) noexcept { execution_ = execution; }
  void set_observer(const Observer& observer) noexcept { observer_ = observer; }
  void set_accelerator(const Accelerator& accelerator) noexcept { accelerator_ = accelerator; }
  [[nodiscard]] std::uint32_t team_threads() const noexcept { return team_threads_; }
  [[nodiscard]] const KernelSet& kernels() const noexcept { return *kernels_; }

  /// Where the last pass first computed a value that is not finite. Valid after forward() returned
  /// false.
  [[nodiscard]] const NotFinite& fault() const noexcept { return fault_; }

  /// The row of that value.
  [[nodiscard]] std::uint32_t fault_row() const noexcept { return finite_rows_; }

  /// Passes the rows, at most as many as the scratch has, through all layers, and stores their keys
  /// and values in the slots of plan_write. The bits of a row depend on its session alone.
  ///
  /// Returns whether all values were finite, and keys and values small enough for the cache;
  /// otherwise fault() describes the first row with such a value. A pass of at most
  /// RingGeometry::max_tokens rows of a session overwrites nothing that a query at the first of
  /// their positions can read, and convolutions write to a state of their own, so without a commit
  /// it changes nothing, except as cache/recurrent_state.hpp says.
  [[nodiscard]] bool forward(const Pass& pass) noexcept;

 private:
  // decoder.cpp
  void embed() noexcept;
  void add_positions() noexcept;
  void logits() noexcept;
  void multiply(const Activations& x, std::initializer_list<Product> products) noexcept;
  Activations quantized(const Rows& x, std::uint32_t columns, std::uint32_t tokens,
                        const QuantizedRows& room) noexcept;

  // per_layer.cpp
  /// Fills the inputs of all layers.
  void prepare_layer_inputs() noexcept;
  /// Adds what a layer makes of its own input, and scales its result.
  void per_layer_block(std::uint32_t layer) noexcept;

  // attention_block.cpp, convolution_block.cpp, gated_delta_block.cpp, feed_forward_block.cpp
  void attention_block(const LayerWeights& weights, std::uint32_t layer) noexcept;
  void feed_forward_block(const LayerWeights& weights, std::uint32_t layer) noexcept;
  /// The block of a layer with a short convolution, the index-th of these.
  void convolution_block(const LayerWeights& weights, std::uint32_t layer,
                         std::uint32_t index) noexcept;
  /// The block of a layer with a gated delta rule, the index-th of these.
  void gated_delta_block(const LayerWeights& weights, std::uint32_t layer,
                         std::uint32_t index) noexcept;
  /// Convolves the rows of a session, and writes what the next pass needs of them.
  void convolve(const RecurrentWeights& weights, std::uint32_t index, const RowSpan& span) noexcept;
  /// Multiplies the queries of each row by a number that grows with its position.
  void grow_queries(std::uint32_t layer) noexcept;
  /// Projects the input of attention to queries, keys and values, with their biases and norms.
  void project_heads(const LayerWeights& weights, std::uint32_t layer,
                     const Architecture& a) noexcept;
  /// The end of a mixer: what it gave, `columns` wide, goes through wo and is added to the
  /// residual.
  void finish_mixer(const LayerWeights& weights, std::uint32_t layer,
                    std::uint32_t columns) noexcept;
  /// gate = activation(gate) · up, or without the factor if `up` is null.
  void activate(float* gate, const float* up, std::uint32_t n) noexcept;

  // store_kv.cpp
  /// Rotates the keys of rows of a session, and quantizes keys and values into their slots of the
  /// ring.
  void store_kv(const LayerWeights& weights, const Architecture& a, std::uint32_t layer,
                const RowSpan& span) noexcept;

  // norm_and_bias.cpp: a null tensor is skipped.
  void normalize(const Rows& x, const NormWeights& norm, const Rows& y,
                 std::uint32_t tokens) noexcept;
  // What a model, or a build, does without is skipped here, so that the call takes no flash either.
  /// RMSNorm of each head separately.
  void normalize_heads(FamilyFloats gain, const Rows& x, std::uint32_t heads,
                       std::uint32_t head_dim, std::uint32_t tokens) noexcept {
    if (gain != nullptr) normalize_parts(gain, x, heads, head_dim, tokens);
  }
  /// RMSNorm of whole rows of `n`.
  void normalize_all(FamilyFloats gain, const Rows& x, std::uint32_t n,
                     std::uint32_t tokens) noexcept {
    if (gain != nullptr) normalize_parts(gain, x, 1, n, tokens);
  }
  void normalize_parts(const float* gain, const Rows& x, std::uint32_t parts, std::uint32_t n,
                       std::uint32_t tokens) noexcept;
  void add_bias(FamilyFloats bias, const Rows& x, std::uint32_t n, std::uint32_t tokens) noexcept {
    if (bias != nullptr) add_to_rows(bias, x, n, tokens);
  }
  void add_to_rows(const float* bias, const Rows& x, std::uint32_t n,
                   std::uint32_t tokens) noexcept;
  /// The end of a block: adds the bias to its output, normalizes it, and scales it.
  void finish_block(const Rows& x, FamilyFloats bias, FamilyFloats post_norm,
                    std::uint32_t tokens) noexcept {
    const Architecture& a = model_->architecture();
    add_bias(bias, x, a.dim, tokens);
    if (post_norm != nullptr) normalize(x, {post_norm, nullptr}, x, tokens);
    if (residual_scale(a) != 1) scale_rows(x, residual_scale(a), tokens);
  }
  void scale_rows(const Rows& x, float factor, std::uint32_t tokens) noexcept;
  void add_to_residual(const Rows& x, std::uint32_t tokens) noexcept;

  // angles.cpp
  /// Fills the tables of angles for the rows of the pass.
  void prepare_angles() noexcept;
  /// The angles of a layer for the tokens' own positions.
  [[nodiscard]] RotaryRows angles(Rotary rotary) const noexcept;
  /// The rotation of a layer's key biases.
  [[nodiscard]] KeyBiasRotary bias_rotary(Rotary rotary) const noexcept;
  [[nodiscard]] bool has_key_bias_table() const noexcept {
    return features::key_bias && scratch_.key_bias_table != nullptr;
  }

  // watch.cpp
  /// Shows the vectors of all rows to the observer and checks that they are finite. Not inlined,
  /// because there are many taps.
  [[gnu::noinline]] void watch(Tap tap, std::uint32_t layer, const Rows& x,
                               std::uint32_t columns) noexcept;
  /// The same for vectors of consecutive rows of a session, of which `x` begins with the first.
  void watch_span(Tap tap, std::uint32_t layer, const RowSpan& span, const Rows& x,
                  std::uint32_t columns) noexcept;
  /// Records the first row of the pass with a magnitude that is not below `limit`.
  void require_below(float limit, Tap tap, std::uint32_t layer, std::uint32_t row, const float* x,
                     std::size_t n) noexcept;
  /// The position of a row in its session.
  [[nodiscard]] std::uint64_t position_of(std::uint32_t row) const noexcept;

  const Model* model_ = nullptr;
  const KernelSet* kernels_ = nullptr;
  Team team_;                       // the threads that work on the current pass
  std::uint32_t team_threads_ = 1;  // all of them
  Execution execution_;
  Observer observer_;
  Accelerator accelerator_;
  Scratch scratch_;
  const Pass* pass_ = nullptr;  // the current one
  std::uint32_t context_ = 0;
  std::uint32_t finite_rows_ = 0;  // leading rows of the pass with finite values so far
  NotFinite fault_;                // of the row after those
};

}  // namespace ringlet

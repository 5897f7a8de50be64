// The transformer: tokens in, logits out, keys and values into the cache.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>

#include "cache/kv_cache.hpp"
#include "decoder/attention.hpp"
#include "decoder/linear.hpp"
#include "decoder/scratch.hpp"
#include "kernels/kernel_set.hpp"
#include "model/weights.hpp"
#include "ringlet/accelerator.hpp"
#include "ringlet/execution.hpp"
#include "ringlet/model.hpp"
#include "ringlet/observer.hpp"
#include "ringlet/team.hpp"

namespace ringlet {

/// One forward pass over a chunk of tokens: pre-norm, rotary embedding, grouped-query attention
/// over the ring, feed-forward, as in Llama (Touvron et al., 2023). What other families add or
/// leave out (learned positions, biases, norms of heads and of results, soft caps) follows from the
/// architecture and from which tensors a layer has.
class Decoder {
 public:
  Decoder() = default;
  /// `model` and `kernels` must outlive the decoder. `context` is the session's. Fills those tables
  /// of the scratch that do not change.
  Decoder(const Model& model, const KernelSet& kernels, const Team& team, const KvCache& cache,
          const Scratch& scratch, std::uint32_t context) noexcept;

  /// The lanes must be within the team.
  void set_execution(const Execution& execution) noexcept { execution_ = execution; }
  void set_observer(const Observer& observer) noexcept { observer_ = observer; }
  void set_accelerator(const Accelerator& accelerator) noexcept { accelerator_ = accelerator; }
  [[nodiscard]] std::uint32_t team_lanes() const noexcept { return whole_team_.lanes; }

  /// Where the numbers of the last pass were first not finite, after forward() returned false.
  [[nodiscard]] const NotFinite& fault() const noexcept { return fault_; }

  /// The handle through which keys and values are read and written.
  [[nodiscard]] KvCache& cache() noexcept { return cache_; }

  /// Passes tokens (valid ids, at most the planned chunk) through all layers at positions
  /// position, position + 1, …. Their keys and values are written into the slots that plan_write
  /// gives; nothing that a query at `position` could have read is overwritten, so a caller that
  /// does not commit has changed nothing. Writes the logits of the last token (vocab_size padded to
  /// 16 floats) unless `logits` is null. Returns whether all numbers were finite, and keys and
  /// values small enough for the cache; fault() tells the first token of which some were not.
  [[nodiscard]] bool forward(std::span<const TokenId> tokens, std::uint64_t position,
                             float* logits) noexcept;

 private:
  void embed(std::span<const TokenId> tokens) noexcept;
  void add_positions(std::uint64_t position, std::uint32_t tokens) noexcept;
  void prepare_angles(std::uint64_t position, std::uint32_t tokens) noexcept;
  void attention_block(const LayerWeights& weights, std::uint32_t layer, std::uint64_t position,
                       std::uint32_t tokens) noexcept;
  void feed_forward_block(const LayerWeights& weights, std::uint32_t layer, std::uint64_t position,
                          std::uint32_t tokens) noexcept;
  void store(const LayerWeights& weights, std::uint32_t layer, const TokenRange& range) noexcept;
  void head(std::uint64_t position, std::uint32_t tokens, float* logits) noexcept;

  /// Shows vectors of some of the chunk's tokens to the observer, and checks that they are finite.
  /// Not in line: there are many taps.
  [[gnu::noinline]] void watch(Tap tap, std::uint32_t layer, const TokenRange& range,
                               const Rows& rows, std::uint32_t columns) noexcept;

  /// Notes the first token of the chunk of which some number was not below `limit`.
  void require_below(float limit, Tap tap, std::uint32_t layer, std::uint32_t token, const float* x,
                     std::size_t n) noexcept;

  void normalize(const Rows& x, const NormWeights& norm, const Rows& y,
                 std::uint32_t tokens) noexcept;
  void normalize_heads(const float* gain, const Rows& x, std::uint32_t heads,
                       std::uint32_t tokens) noexcept;
  void add_bias(const float* bias, const Rows& x, std::uint32_t n, std::uint32_t tokens) noexcept;
  void add_to_residual(const Rows& x, const float* bias, const NormWeights& post_norm,
                       std::uint32_t tokens) noexcept;
  void activate(bool gated, std::uint32_t tokens) noexcept;
  [[nodiscard]] RotaryRows angles(Rotary rotary) const noexcept;
  [[nodiscard]] KeyBiasRotary bias_rotary(Rotary rotary) const noexcept;
  void multiply(const Activations& x, std::initializer_list<Product> products) noexcept;
  Activations quantized(const Rows& x, std::uint32_t columns, std::uint32_t tokens,
                        const QuantizedRows& room) noexcept;

  const Model* model_ = nullptr;
  const KernelSet* kernels_ = nullptr;
  Team whole_team_;
  Team team_;  // the part of it that works on the present chunk
  Execution execution_;
  Observer observer_;
  Accelerator accelerator_;
  KvCache cache_;
  Scratch scratch_;
  std::uint32_t context_ = 0;
  std::uint32_t finite_tokens_ = 0;  // of the present chunk, as far as is known
  NotFinite fault_;                  // of the token after them
};

}  // namespace ringlet

#include "decoder/gated_delta.hpp"

#include <algorithm>

#include "kernels/packed_layout.hpp"
#include "numerics/finite.hpp"
#include "numerics/log.hpp"
#include "ringlet/division.hpp"

namespace ringlet {
namespace {

constexpr std::uint32_t tile_rows = packed::panel_rows;
constexpr std::uint32_t longest_convolution = 16;  // as verify.cpp
constexpr float length_epsilon = 1e-6F;            // added to the squared length of a query or key
// A smaller factor is zero, so that no product with an element of the state becomes denormal.
constexpr float smallest_decay = 0x1p-40F;

/// Gives x the length `length`.
void set_length(const KernelSet& kernels, float* x, std::size_t n, float length) {
  const float square = kernels.dot(x, x, n);
  const float factor = length / __builtin_sqrtf(square + length_epsilon) + not_finite_mark(square);
  kernels.scale(x, factor, n, x);
}

float sigmoid(float x) { return 1.0F / (1.0F + canonical_exp(0.0F - x)) + not_finite_mark(x); }

/// What is left of a state after a step. `rate` is negative.
float decay_of(float step, float rate) {
  const float exponent = rate * canonical_softplus(step);
  const float left = exponent < 0.0F ? canonical_exp(exponent) : 1.0F;
  return (left < smallest_decay ? 0.0F : left) + not_finite_mark(step);
}

/// A head of keys in the rows of a session, with the heads of values that share it.
class KeyHead {
 public:
  KeyHead(const GatedDelta& delta, const RowSpan& span, std::uint32_t key_head, float* copy)
      : delta_(delta),
        a_(delta.architecture),
        span_(span),
        inputs_(span.cache->recurrent()->inputs),
        state_(span.cache->recurrent()->state),
        attended_gate_(attended_gate(delta.scratch, delta.architecture)),
        gates_(state_gates(delta.scratch, delta.architecture)),
        division_(state_.divide(span.position, span.count)),
        key_head_(key_head),
        copy_(copy) {}

  void run() {
    const Scratch& s = delta_.scratch;
    const std::uint32_t shared = a_.state_heads / a_.state_key_heads;
    const std::uint32_t first_head = key_head_ * shared;
    const std::uint32_t key = key_head_ * a_.state_key_dim;
    const std::uint32_t value = first_head * a_.state_head_dim;
    const std::uint32_t n = a_.state_key_dim;
    convolve(s.queries, key, n, 0);
    convolve(s.keys, key, n, a_.state_queries());
    const std::uint32_t end = value + shared * a_.state_head_dim;
    for (std::uint32_t column = value; column < end; column += n) {
      convolve(s.values, column, std::min(n, end - column), 2 * a_.state_queries());
    }
    for (std::uint32_t i = 0; i < span_.count; ++i) prepare(i, first_head, shared);
    for (std::uint32_t head = first_head; head < first_head + shared; ++head) {
      for (std::uint32_t tile = 0; tile < a_.state_head_dim / tile_rows; ++tile) {
        recur({delta_.index, head, tile});
      }
      for (std::uint32_t i = 0; i < span_.count; ++i) finish(i, head);
    }
    for (std::uint32_t i = division_.followed; i < span_.count; ++i) log(i, first_head, shared);
  }

 private:
  [[nodiscard]] float* row(const Rows& rows, std::uint32_t i, std::uint32_t column) const {
    return rows.row(span_.first + i) + column;
  }
  [[nodiscard]] float* gates(std::uint32_t i) const { return row(gates_, i, 0); }

  /// Replaces n columns of the rows, and writes what they were to the inputs for later passes.
  /// `offset` is where the channels of these rows begin.
  void convolve(const Rows& x, std::uint32_t column, std::uint32_t n, std::uint32_t offset) const {
    const std::uint32_t channels = a_.state_channels();
    // New inputs can take the place of earlier ones. There are fewer than a tile has rows.
    const auto earlier =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(span_.position, a_.convolution - 1U));
    for (std::uint32_t back = 1; back <= earlier; ++back) {
      const float* from = inputs_.at(delta_.index, span_.position - back) + offset + column;
      std::copy_n(from, n, copy_ + std::size_t{back} * n);
    }
    for (std::uint32_t i = inputs_.skipped(span_.count); i < span_.count; ++i) {
      float* to = inputs_.next(delta_.index, span_.position + i) + offset + column;
      std::copy_n(row(x, i, column), n, to);
    }
    // The last token comes first, so that the rows before it still have their inputs.
    for (std::uint32_t i = span_.count; i-- > 0;) {
      const float* rows[longest_convolution] = {};
      const std::uint64_t position = span_.position + i;
      const auto there =
          static_cast<std::uint32_t>(std::min<std::uint64_t>(position + 1, a_.convolution));
      for (std::uint32_t j = 0; j < there; ++j) {
        const std::uint32_t back = there - 1 - j;
        rows[j] = back <= i ? row(x, i - back, column) : copy_ + std::size_t{back - i} * n;
      }
      float* y = row(x, i, column);
      const float* taps =
          delta_.weights.taps + std::size_t{a_.convolution - there} * channels + offset + column;
      delta_.kernels.convolve(rows, taps, channels, there, nullptr, n, y);
      delta_.kernels.sigmoid_multiply(y, y, y, n);
    }
  }

  /// Gives queries and keys their lengths, and computes the gates of a token.
  void prepare(std::uint32_t i, std::uint32_t first_head, std::uint32_t shared) const {
    const std::uint32_t n = a_.state_key_dim;
    float* q = query(i);
    float* k = key(i);
    set_length(delta_.kernels, q, n, 1.0F / __builtin_sqrtf(static_cast<float>(n)));
    set_length(delta_.kernels, k, n, 1.0F);
    float* all = gates(i);
    all[2 * a_.state_heads + key_head_] = delta_.kernels.dot(k, q, n);
    for (std::uint32_t head = first_head; head < first_head + shared; ++head) {
      float& step = all[a_.state_heads + head];
      all[head] = sigmoid(all[head]);
      step = decay_of(step + delta_.weights.step_bias[head], delta_.weights.decay[head]);
    }
  }

  /// Writes what a later pass needs of a token. Its row was that of a change that the state has
  /// absorbed by now.
  void log(std::uint32_t i, std::uint32_t first_head, std::uint32_t shared) const {
    const std::uint32_t n = a_.state_key_dim;
    const LoggedChange change = state_.change(delta_.index, span_.position + i);
    std::copy_n(key(i), n, change.k + std::size_t{key_head_} * n);
    std::copy_n(gates(i) + a_.state_heads + first_head, shared, change.decay + first_head);
  }

  [[nodiscard]] float* query(std::uint32_t i) const {
    return row(delta_.scratch.queries, i, key_head_ * a_.state_key_dim);
  }
  [[nodiscard]] float* key(std::uint32_t i) const {
    return row(delta_.scratch.keys, i, key_head_ * a_.state_key_dim);
  }

  /// Passes all rows through a tile of the state (cache/recurrent_state.hpp).
  void recur(const RecurrentState::Place& place) const {
    float* tile = state_.tile(place);
    const std::uint32_t column = place.head * a_.state_head_dim + place.tile * tile_rows;
    const std::uint64_t base = state_.base();
    float changes[2][tile_rows];  // of tokens that are not logged
    float* current = tile;
    StateUpdate last{};
    for (std::uint32_t i = 0; i < span_.count; ++i) {
      const float* all = gates(i);
      float* u = changes[i % 2];
      if (i >= division_.followed) {
        u = state_.change(delta_.index, span_.position + i).u + column;
      }
      const StateStep step{.k = key(i),
                           .q = query(i),
                           .v = row(delta_.scratch.values, i, column),
                           .decay = all[a_.state_heads + place.head],
                           .beta = all[place.head],
                           .k_dot_q = all[2 * a_.state_heads + key_head_],
                           .u = u,
                           .out = row(delta_.scratch.attended, i, column)};
      if (i == 0) {
        current = begin(place, tile, base, step);
      } else {
        float* to = i <= division_.followed ? tile : copy_;
        delta_.kernels.recur(current, to, a_.state_key_dim, &last, 1, &step);
        current = to;
      }
      last = {.u = u, .k = step.k, .decay = step.decay};
    }
  }

  /// The first row of the pass. Returns where the tile is that it has read.
  float* begin(const RecurrentState::Place& place, float* tile, std::uint64_t base,
               const StateStep& step) const {
    const auto [absorbed, kept, followed] = division_;
    const float* from = span_.position == 0 ? nullptr : tile;
    if (kept == 0) {
      state_.replay(place, base, absorbed, from, tile, &step);
      return tile;
    }
    if (absorbed != 0) state_.replay(place, base, absorbed, from, tile, nullptr);
    state_.replay(place, base + absorbed, kept, tile, copy_, &step);
    return copy_;
  }

  /// The norm and the gate of a head's result.
  void finish(std::uint32_t i, std::uint32_t head) const {
    const std::uint32_t n = a_.state_head_dim;
    float* out = row(delta_.scratch.attended, i, head * n);
    delta_.kernels.rms_norm(out, delta_.weights.state_norm, out, n, a_.norm_epsilon);
    delta_.kernels.silu_multiply(row(attended_gate_, i, head * n), out, out, n);
  }

  const GatedDelta& delta_;
  const Architecture& a_;
  const RowSpan& span_;
  const RecurrentInputs& inputs_;
  const RecurrentState& state_;
  Rows attended_gate_;
  Rows gates_;
  RecurrentState::Division division_;
  std::uint32_t key_head_;
  float* copy_;  // room for a tile
};

void run_thread(void* argument, std::uint32_t thread) {
  if (!features::recurrent) return;
  const auto& delta = *static_cast<const GatedDelta*>(argument);
  const std::uint32_t key_heads = delta.architecture.state_key_heads;
  const std::uint64_t items = delta.pass.sessions.size() * std::uint64_t{key_heads};
  const auto boundary = [&](std::uint32_t t) {
    return static_cast<std::uint32_t>(quotient(items * t, delta.team.threads));
  };
  float* copy = delta.scratch.workspaces.tile_of_thread(thread);
  for (std::uint32_t item = boundary(thread); item < boundary(thread + 1); ++item) {
    const RowSpan& span = delta.pass.sessions[item / key_heads];
    KeyHead(delta, span, item % key_heads, copy).run();
  }
}

}  // namespace

void mix(const GatedDelta& delta) noexcept {
  if (!features::recurrent) return;
  GatedDelta copy = delta;
  delta.team.run(delta.team.user_data, delta.team.threads, run_thread, &copy);
}

}  // namespace ringlet

// Observers see the intermediate results of a forward pass, for calibration and inspection.
#pragma once

#include "ringlet/language.hpp"  // first

#include <cstdint>

namespace ringlet {

/// Places in a forward pass that an observer sees. Inputs of matrices are seen before quantization.
enum class Tap : std::uint8_t {
  attention_input,  // input of wq, wk, wv
  queries,          // before rotation
  keys,             // before rotation
  values,
  attended,      // input of wo
  ffn_input,     // input of w_gate, w_up
  hidden,        // input of w_down
  logits_input,  // input of lm_head, only for tokens with logits
  logits,        // before the soft cap, only for tokens with logits
};

/// What an observer sees: `tokens` rows of `columns` floats, `stride` floats apart, for the tokens
/// from `position` on.
struct Observation {
  Tap tap = Tap::queries;
  std::uint32_t layer = 0;  // layer count for logits_input and logits
  std::uint64_t position = 0;
  std::uint32_t tokens = 0;
  const float* rows = nullptr;
  std::uint32_t columns = 0;
  std::uint32_t stride = 0;
  std::uint32_t session = 0;  // of a pool
};

/// Where the values of a token first became NaN, infinite, or too large for the cache.
struct NotFinite {
  Tap tap = Tap::queries;
  std::uint32_t layer = 0;  // layer count for logits_input and logits
  std::uint64_t position = 0;
};

/// A callback for every tap of every forward pass. It runs on the thread that drives the session,
/// and its argument is valid only during the call.
struct Observer {
  void (*observe)(void* user_data, const Observation& observation) = nullptr;
  void* user_data = nullptr;
};

}  // namespace ringlet

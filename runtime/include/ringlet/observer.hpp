// A look at what passes between the parts of a layer, for calibration and inspection.
#pragma once

#include "ringlet/language.hpp"  // first

#include <cstdint>

namespace ringlet {

/// Where a forward pass is looked at. Inputs of matrices are as they are before quantization.
enum class Tap : std::uint8_t {
  attention_input,  // of wq, wk, wv
  queries,          // before rotation
  keys,             // before rotation
  values,
  attended,    // input of wo
  ffn_input,   // of w_gate, w_up
  hidden,      // of w_down
  head_input,  // of the output head, last token only
  logits,      // before the soft cap, last token only
};

/// The vectors of `tokens` tokens from `position` on, `columns` floats each, `stride` apart.
struct Observation {
  Tap tap = Tap::queries;
  std::uint32_t layer = 0;  // the number of layers for head_input and logits
  std::uint64_t position = 0;
  std::uint32_t tokens = 0;
  const float* rows = nullptr;
  std::uint32_t columns = 0;
  std::uint32_t stride = 0;
};

/// Where a token first had a number that was NaN, infinite, or too large for the cache.
struct NotFinite {
  Tap tap = Tap::queries;
  std::uint32_t layer = 0;  // the number of layers for head_input and logits
  std::uint64_t position = 0;
};

/// Called from the thread that drives the session; what it is given is valid during the call.
struct Observer {
  void (*observe)(void* context, const Observation& observation) = nullptr;
  void* context = nullptr;
};

}  // namespace ringlet

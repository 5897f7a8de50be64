// All of a session but its memory: settings, plan, and the objects that turn logits into text.
#pragma once

#include <cstdint>
#include <string_view>

#include "ringlet/ringlet.hpp"

namespace ringlet::port {

struct Seat {
  Model model;
  Config config;
  SamplerOptions sampling;
  MemoryPlan plan;
  Session session;
  Sampler sampler;
  Tokenizer tokenizer;
  Detokenizer detokenizer{Tokenizer()};
  Detokenizer pieces{Tokenizer()};  // of tokens that are looked at (tokens.cpp)
  std::string_view text;            // that the last call returned
  std::uint64_t number = 0;         // that the last call returned beside its outcome
};

}  // namespace ringlet::port

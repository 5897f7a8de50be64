// All of a session but its memory: settings, plan, and the objects that turn logits into text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "ringlet/ringlet.hpp"

namespace ringlet::port {

struct Seat {
  Model model;
  Config config;
  std::span<const std::byte> prefix;  // that texts begin with; of the caller, as the next two are
  Grammar grammar;
  WordLists lists;
  GrammarOptions grammar_options;
  SamplerOptions sampling;
  MemoryPlan plan;
  Session session;
  Sampler sampler;
  GrammarState state;     // of an answer
  Confidence confidence;  // in it
  Tokenizer tokenizer;
  Detokenizer detokenizer{Tokenizer()};
  Detokenizer pieces{Tokenizer()};  // of tokens that are looked at (tokens.cpp)
  std::string_view text;            // that the last call returned
  std::uint64_t number = 0;         // that the last call returned beside its outcome
};

/// Goes back to the prefix, or to an empty text, with the random sequence from its start.
[[nodiscard]] Status begin_text(Seat& seat) noexcept;

}  // namespace ringlet::port

// A request as a seat takes it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ringlet/grammar.hpp"
#include "ringlet/sampler.hpp"
#include "serve/seats/logit_adjuster.hpp"
#include "serve/seats/mailbox.hpp"
#include "templates/reasoning.hpp"

namespace ringlet::serve {

/// What an answer must look like, compiled.
struct CompiledForm {
  std::vector<std::byte> bytes = {};
  Grammar grammar = {};
};

struct Job {
  std::vector<TokenId> tokens = {};  // the whole prompt
  bool is_chat = false;              // the answer begins a text of its own

  SamplerOptions sampling = {};
  LogitAdjustments adjustments = {};
  std::uint64_t limit = 0;                         // tokens of the answer
  std::optional<std::uint32_t> alternatives = {};  // at each token; absent: no log-probabilities
  bool scores_prompt = false;  // records of its tokens come first; the seat reads all of it
  std::vector<std::string> stop = {};
  std::optional<templates::ReasoningSplitter> splitter = {};
  std::vector<std::string> visible = {};          // control tokens that the text of the answer has
  std::shared_ptr<const CompiledForm> form = {};  // null: any text

  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  std::shared_ptr<Mailbox> mailbox = {};
};

}  // namespace ringlet::serve

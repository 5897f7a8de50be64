// What the server answers with: a model, its seats, and the limits of requests.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ringlet/sampler.hpp"
#include "serve/protocol/replies.hpp"
#include "serve/protocol/requests.hpp"
#include "serve/protocol/tool_calls.hpp"
#include "serve/seats/engine.hpp"
#include "serve/service/forms.hpp"
#include "serve/service/logprob_text.hpp"
#include "serve/service/prompts.hpp"
#include "serve/service/record_room.hpp"

namespace ringlet::serve {

struct ServiceSettings {
  std::string name = {};           // of the model
  std::uint64_t file_bytes = 0;    // of its file
  std::uint64_t ram_bytes = 0;     // of the plan
  std::string plan = "{}";         // JSON, for GET /plan
  std::uint64_t most_tokens = 0;   // of an answer
  std::uint64_t record_bytes = 0;  // for log-probabilities of all replies
  std::chrono::seconds deadline{600};
};

/// What the answers of a request with log-probabilities need.
struct TakenLogprobs {
  LogprobText text;
  std::uint32_t alternatives = 0;
  std::uint64_t leading = 0;  // records of the prompt
  std::uint64_t most = 0;     // records of an answer
  RecordRoom::Lease lease = {};
};

/// A request that has been taken: its jobs wait or are being computed.
struct Taken {
  AnswerHead head = {};
  std::vector<std::shared_ptr<Mailbox>> mailboxes = {};  // of each answer
  std::shared_ptr<Bell> bell = {};                       // of them, if they are several
  std::optional<TakenLogprobs> logprobs = {};
  bool stream = false;
  bool include_usage = false;
  std::string echo = {};                  // the prompt, where the answer repeats it
  Functions functions{nullptr};           // none: the text has no calls
  CallSyntax syntax = CallSyntax::plain;  // of calls
  bool call_begun = false;                // the prompt has begun one
  bool one_call = false;                  // later ones are left out
};

/// Log-probabilities have this much memory: with all alternatives, an answer of `most_tokens` on
/// each seat, but 1 MiB a seat at most.
[[nodiscard]] std::uint64_t record_room_bytes(std::uint32_t seats, std::uint64_t most_tokens);

/// Every function can be called by several threads at once. Errors are ApiErrors.
class Service {
 public:
  Service(const SeatSettings& seats, ServiceSettings settings, Engine& engine, Counters& counters);

  /// Queue a request. Error 503 if too many wait.
  [[nodiscard]] Taken complete(const CompletionRequest& request);
  [[nodiscard]] Taken chat(ChatRequest request);

  [[nodiscard]] Json tokenize(const Json& body) const;
  [[nodiscard]] Json detokenize(const Json& body) const;
  [[nodiscard]] Json models() const;
  /// Whether the model has a chat template or a chat format.
  [[nodiscard]] bool can_chat() const noexcept { return prompts_.can_chat(); }
  [[nodiscard]] Json health() const;
  [[nodiscard]] const std::string& plan() const noexcept { return settings_.plan; }
  /// For Prometheus.
  [[nodiscard]] std::string metrics() const;

 private:
  /// `param` is the field that the tokens come from.
  [[nodiscard]] Job job_of(const CommonFields& fields, std::vector<TokenId> tokens,
                           const char* param) const;
  [[nodiscard]] TakenLogprobs take_logprobs(const Job& job, const CommonFields& fields,
                                            const std::string& prompt);
  [[nodiscard]] Taken submit(const Job& job, const CommonFields& fields, Taken taken);
  void prepare_tools(ChatRequest& request, Job& job, Taken& taken, AnswerForm& form) const;

  SeatSettings seats_;
  ServiceSettings settings_;
  Engine& engine_;
  Counters& counters_;
  Prompts prompts_;
  Forms forms_;
  RecordRoom records_;
  std::int64_t started_;
};

}  // namespace ringlet::serve

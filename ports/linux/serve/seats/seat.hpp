// A session of the pool, and the conversation that sits there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ringlet/constrained_sampler.hpp"
#include "ringlet/draft_length.hpp"
#include "ringlet/forced_draft.hpp"
#include "ringlet/lookup.hpp"
#include "ringlet/pool.hpp"
#include "ringlet/token_trie.hpp"
#include "serve/seats/held_tokens.hpp"
#include "serve/seats/job.hpp"
#include "serve/seats/reply_text.hpp"

namespace ringlet::serve {

/// What the seats of a pool have in common.
struct SeatSettings {
  Pool pool = {};
  Tokenizer tokenizer = {};
  TokenTrie trie = {};                             // empty: answers follow no grammar
  std::optional<std::uint32_t> draft_tokens = {};  // of each pass; absent: as many as pay
  std::span<float> scratch = {};                   // for logits, one at a time: the scheduler's
};

/// Every call is from the thread of the pool. Errors end the answer, never the seat.
class Seat {
 public:
  /// What a pass has done for an answer.
  struct Gain {
    std::uint32_t prompt_tokens = 0;
    std::uint32_t tokens = 0;
    std::uint32_t drafted = 0;
    std::uint32_t accepted = 0;
  };

  Seat(const SeatSettings& settings, std::uint32_t index);
  Seat(const Seat&) = delete;
  Seat& operator=(const Seat&) = delete;

  /// Begins an answer; requires is_idle(). Returns how many tokens of the prompt the session holds.
  std::size_t begin(Job job);

  [[nodiscard]] bool is_idle() const noexcept { return state_ == State::idle; }
  [[nodiscard]] bool reads_prompt() const noexcept { return state_ == State::prompt; }
  /// How many tokens of a job's prompt the session holds.
  [[nodiscard]] std::size_t shared_with(const Job& job) const {
    return common_beginning(held_.tokens(), job.tokens);
  }
  [[nodiscard]] std::uint64_t position() const noexcept { return session_.position(); }
  [[nodiscard]] std::uint32_t index() const noexcept { return index_; }
  [[nodiscard]] const Job& job() const noexcept { return job_; }

  /// The tokens for the next pass, at most `most` ≥ 1: a piece of the prompt, or the last token and
  /// its drafts.
  [[nodiscard]] std::span<const TokenId> propose(std::size_t most);
  /// Whether the pass needs logits after the proposed token.
  [[nodiscard]] bool wants_logits(std::size_t token) const noexcept {
    return state_ == State::decode || job_.scores_prompt || fed_ + token + 1 == append_.size();
  }
  /// The pass has computed what was proposed; its first row is this one.
  Gain take(std::uint32_t first_row);
  /// The pass has failed: `at_fault`, because of this token of the seat.
  void recover(std::optional<std::size_t> at_fault, const Status& status);

  /// Ends the answer.
  void end(Ending ending, std::string problem = {});

  // For saving: what the session holds.
  [[nodiscard]] Session& session() noexcept { return session_; }
  [[nodiscard]] HeldTokens& held() noexcept { return held_; }

 private:
  enum class State : std::uint8_t { idle, prompt, decode };

  [[nodiscard]] bool go_back(std::size_t tokens);
  void prepare_sampler();
  void prepare_grammar();
  void prepare_drafts();
  TokenId choose(std::span<const float> logits);
  void send(const ReplyText::Parts& parts);
  void score_prompt(std::uint32_t first_row, std::size_t count);
  void score(std::span<const float> logits, TokenId token);
  /// Returns whether the answer goes on after this token.
  bool emit(TokenId token);
  [[nodiscard]] std::size_t draft(std::span<TokenId> out);

  const SeatSettings& settings_;
  std::uint32_t index_;
  Session session_;
  HeldTokens held_;
  std::optional<Lookup> lookup_;
  State state_ = State::idle;
  Job job_;
  Sampler sampler_;
  LogitAdjuster adjuster_;
  TokenRecords records_;                    // on their way to the mailbox
  std::optional<Detokenizer> prompt_text_;  // of a prompt that is scored
  std::size_t scored_ = 0;                  // tokens of it
  GrammarState grammar_;
  std::optional<ConstrainedSampler> constrained_;
  std::optional<ForcedDraft> forced_;
  std::optional<ReplyText> reply_;
  DraftLength length_ = DraftLength::fixed(0);
  std::vector<TokenId> append_;    // of the prompt
  std::size_t fed_ = 0;            // of these
  std::vector<TokenId> proposed_;  // for the pass
  std::uint32_t drafted_ = 0;      // of these
  bool was_forced_ = false;        // by the grammar, and not looked up
  bool drafts_pause_ = false;      // after a pass that failed
  TokenId last_ = 0;               // chosen, but not in the session yet
  std::uint64_t told_ = 0;         // tokens of the answer
};

}  // namespace ringlet::serve

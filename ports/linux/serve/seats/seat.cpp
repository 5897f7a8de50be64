#include "serve/seats/seat.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "ringlet/linux/failure.hpp"

namespace ringlet::serve {
namespace {

constexpr const char* subject = "the model";

}  // namespace

Seat::Seat(const SeatSettings& settings, std::uint32_t index)
    : settings_(settings), index_(index), session_(settings.pool.session(index)) {
  const std::span<std::byte> workspace = session_.lookup_workspace();
  if (!workspace.empty()) {
    lookup_ = port::value_of("lookup", Lookup::create(session_.config().lookup_window, workspace));
  }
}

std::size_t Seat::begin(Job job) {
  job_ = std::move(job);
  told_ = 0;
  fed_ = 0;
  drafted_ = 0;
  drafts_pause_ = false;
  state_ = State::prompt;
  try {
    if (job_.scores_prompt) {
      session_.reset();
      held_.truncate(0);
    }
    HeldTokens::Continuation continuation = held_.continue_with(job_.tokens);
    if (!go_back(continuation.keep)) {
      held_.truncate(0);
      continuation = held_.continue_with(job_.tokens);
    }
    held_.hold(continuation);
    append_.assign(continuation.append.begin(), continuation.append.end());
    reply_.emplace(settings_.tokenizer, job_);
    prepare_sampler();
    prepare_grammar();
    prepare_drafts();
    job_.mailbox->begin(held_.tokens().size(), continuation.keep);
    return continuation.keep;
  } catch (const port::Failure& failure) {
    end(Ending::failed, failure.what());
    return 0;
  }
}

/// Takes the session back to so many tokens. False if it cannot go back so far, and begins anew.
bool Seat::go_back(std::size_t tokens) {
  if (session_.position() == tokens || session_.truncate(tokens).ok()) return true;
  session_.reset();
  return false;
}

void Seat::prepare_sampler() {
  SamplerOptions options = job_.sampling;
  options.repeat_window = session_.config().repeat_window;
  sampler_ = port::value_of(subject, session_.sampler(options));
  adjuster_ = LogitAdjuster(job_.adjustments);
  records_ = {};
  records_.alternatives = job_.alternatives.value_or(0);
  prompt_text_.emplace(settings_.tokenizer);
  scored_ = 0;
  const std::span<const TokenId> tokens = held_.tokens();
  for (const TokenId token :
       tokens.last(std::min<std::size_t>(tokens.size(), options.repeat_window))) {
    sampler_.observe(token);
  }
}

void Seat::prepare_grammar() {
  constrained_.reset();
  forced_.reset();
  if (!job_.form) return;
  grammar_ = port::value_of(
      "response_format",
      GrammarState::create(settings_.trie, job_.form->grammar, {}, session_.grammar_workspace()));
  const bool beginning = job_.is_chat || held_.tokens().empty();
  port::check("response_format", grammar_.reset(beginning));
  constrained_.emplace(sampler_, grammar_);
  forced_.emplace(grammar_, settings_.tokenizer, session_.tokenizer_workspace());
}

void Seat::prepare_drafts() {
  if (!lookup_) return;
  lookup_->reset();
  lookup_->observe(held_.tokens());
  // What a pass over so many tokens costs where memory bandwidth is the limit, in single steps.
  constexpr std::array<float, 8> costs = {1.0F, 1.13F, 1.22F, 1.36F, 1.55F, 1.75F, 1.86F, 1.96F};
  length_ = settings_.draft_tokens ? DraftLength::fixed(*settings_.draft_tokens)
                                   : DraftLength::best(costs, 0);
}

std::span<const TokenId> Seat::propose(std::size_t most) {
  if (state_ == State::prompt) {
    if (job_.scores_prompt) most = std::min<std::size_t>(most, session_.config().draft_tokens + 1);
    return std::span(std::as_const(append_)).subspan(fed_, std::min(most, append_.size() - fed_));
  }
  proposed_.resize(std::min<std::size_t>(most, session_.config().draft_tokens + 1));
  proposed_[0] = last_;
  const auto& architecture = session_.model().architecture();
  std::size_t room = drafts_pause_ ? 0 : proposed_.size() - 1;
  if (architecture.learned_positions != 0) {
    const std::uint64_t left = architecture.learned_positions - session_.position();
    room = static_cast<std::size_t>(std::min<std::uint64_t>(room, left > 0 ? left - 1 : 0));
  }
  drafts_pause_ = false;
  if (lookup_) lookup_->observe({&last_, 1});
  drafted_ = static_cast<std::uint32_t>(draft(std::span(proposed_).subspan(1, room)));
  proposed_.resize(1 + drafted_);
  return proposed_;
}

/// What a grammar forces, or what followed the same tokens before.
std::size_t Seat::draft(std::span<TokenId> out) {
  std::size_t count = 0;
  was_forced_ = forced_ && !out.empty() && forced_->is_forced();
  if (was_forced_) {
    count = forced_->draft(out);
  } else if (lookup_) {
    const std::uint32_t wanted = length_.next(static_cast<std::uint32_t>(out.size()));
    if (wanted > 0) count = lookup_->draft(out.first(wanted));
  }
  const std::uint32_t vocabulary = session_.model().architecture().vocab_size;
  const auto drafts = out.first(count);
  const auto invalid = std::find_if(drafts.begin(), drafts.end(),
                                    [&](TokenId token) { return token >= vocabulary; });
  return static_cast<std::size_t>(invalid - drafts.begin());
}

Seat::Gain Seat::take(std::uint32_t first_row) {
  Gain gain;
  if (state_ == State::prompt) {
    const std::size_t read = static_cast<std::size_t>(
        session_.position() - (held_.tokens().size() - append_.size() + fed_));
    if (job_.scores_prompt) score_prompt(first_row, read);
    fed_ += read;
    gain.prompt_tokens = static_cast<std::uint32_t>(read);
    if (fed_ < append_.size()) return gain;
    if (job_.limit == 0) {
      end(Ending::limit);
      return gain;
    }
    state_ = State::decode;
    const auto row = first_row + static_cast<std::uint32_t>(read) - 1;
    last_ = choose(settings_.pool.logits(row));
    gain.tokens = 1;
    (void)emit(last_);
    return gain;
  }
  const std::uint64_t start = session_.position() - proposed_.size();
  gain.drafted = drafted_;
  bool goes_on = true;
  for (std::uint32_t row = 0; goes_on && row == gain.accepted; ++row) {
    last_ = choose(settings_.pool.logits(first_row + row));
    ++gain.tokens;
    held_.append(proposed_[row]);
    goes_on = emit(last_);
    if (goes_on && row < drafted_ && last_ == proposed_[row + 1]) ++gain.accepted;
  }
  if (lookup_ && state_ == State::decode) {
    if (!was_forced_) length_.learn(drafted_, gain.accepted);
    lookup_->observe(std::span(proposed_).subspan(1, gain.accepted));
  }
  // What was verified last can always be taken back.
  if (const Status status = session_.truncate(start + gain.tokens); !status.ok()) {
    if (!is_idle()) end(Ending::failed, port::failure_of(subject, status).what());
    session_.reset();
    held_.truncate(0);
  }
  return gain;
}

TokenId Seat::choose(std::span<const float> logits) {
  const std::span<const float> adjusted = adjuster_.adjust(logits, settings_.scratch);
  const TokenId token = constrained_ ? constrained_->sample(adjusted) : sampler_.sample(adjusted);
  if (token == Sampler::none) return token;
  adjuster_.count(token);
  if (job_.alternatives) {
    records_.drop_first(records_.size());
    record_logprobs(logits, token, records_);
  }
  return token;
}

bool Seat::emit(TokenId token) {
  const Tokenizer& tokenizer = settings_.tokenizer;
  if (token == Sampler::none && constrained_ && !grammar_.done()) {
    end(Ending::unwritable);
    return false;
  }
  // A grammar leaves no token where the vocabulary has none that ends a text.
  if (token == Sampler::none || tokenizer.ends_text(token)) {
    end(Ending::end_of_text);
    return false;
  }
  const ReplyText::Parts parts = reply_->next(token);
  ++told_;
  if (job_.alternatives) {
    records_.extents.back() = parts.extent;
  }
  send(parts);
  if (reply_->stopped()) {
    end(Ending::stop_string);
  } else if (told_ == job_.limit) {
    end(Ending::limit);
  }
  return state_ == State::decode;
}

/// Records the tokens of the prompt that follow those that a pass has read, each under the logits
/// before it. Nothing comes before the first.
void Seat::score_prompt(std::uint32_t first_row, std::size_t count) {
  records_.drop_first(records_.size());
  if (scored_ == 0) score({}, append_.front());
  for (std::size_t i = 0; i < count && fed_ + i + 1 < append_.size(); ++i) {
    if (fed_ + i + 1 < scored_) continue;  // the session has begun anew
    score(settings_.pool.logits(first_row + static_cast<std::uint32_t>(i)), append_[fed_ + i + 1]);
  }
  send({});
}

void Seat::score(std::span<const float> logits, TokenId token) {
  record_logprobs(logits, token, records_);
  records_.extents.back() = extent_of(prompt_text_->next(token));
  ++scored_;
}

/// Sends what a token has added, with its record if the client wants one.
void Seat::send(const ReplyText::Parts& parts) {
  job_.mailbox->add({.reasoning = parts.reasoning,
                     .content = parts.content,
                     .tokens = told_,
                     .records = records_.size() > 0 ? &records_ : nullptr,
                     .content_start = reply_->content_start()});
}

void Seat::recover(std::optional<std::size_t> at_fault, const Status& status) {
  const std::size_t wanted =
      held_.tokens().size() - (state_ == State::prompt ? append_.size() - fed_ : 0);
  // The first token of a pass is the text; a draft behind it is not.
  if (at_fault && (state_ == State::prompt || *at_fault == 0)) {
    if (session_.position() == 0) held_.truncate(0);
    end(Ending::failed, port::failure_of(subject, status).what());
    return;
  }
  drafts_pause_ = true;
  if (session_.position() == wanted) return;
  // The session has begun anew, and reads everything again.
  if (state_ == State::decode) {
    end(Ending::failed, "another answer's failure interrupted this one; send the request again");
    held_.truncate(static_cast<std::size_t>(session_.position()));
    return;
  }
  append_.assign(held_.tokens().begin(), held_.tokens().end());
  fed_ = 0;
}

void Seat::end(Ending ending, std::string problem) {
  if (state_ == State::prompt && fed_ < append_.size()) {
    held_.truncate(static_cast<std::size_t>(session_.position()));
  }
  state_ = State::idle;
  if (reply_ && ending != Ending::failed) {
    const ReplyText::Parts parts = reply_->finish();
    if (!parts.reasoning.empty() || !parts.content.empty()) {
      records_.drop_first(records_.size());
      send(parts);
    }
  }
  reply_.reset();
  job_.mailbox->end(ending, std::move(problem));
  job_ = {};
}

}  // namespace ringlet::serve

#include "commander.hpp"

#include <algorithm>

#include "command_line.hpp"
#include "ringlet/constrained_sampler.hpp"
#include "ringlet/prompt.hpp"
#include "ringlet/token_trie.hpp"

namespace ringlet::port {

bool CommandText::append(std::string_view text) noexcept {
  if (text.size() > longest - size_) return false;
  std::ranges::copy(text, text_.begin() + size_);
  size_ += text.size();
  return true;
}

Result<Commander> Commander::create(const Session& session, const Grammar& grammar,
                                    const GrammarOptions& options, const Home& home) noexcept {
  Commander commander;
  commander.session_ = session;
  commander.prefix_ = home.prefix;
  const Result<TokenTrie> trie = TokenTrie::open(session.model());
  if (!trie.ok()) return trie.status();
  commander.tokenizer_ = trie->tokenizer();
  const Result<GrammarState> state =
      GrammarState::create(*trie, grammar, options, session.grammar_workspace());
  if (!state.ok()) return state.status();
  commander.state_ = *state;
  if (const Status status = commander.state_.set_lists(home.lists); !status.ok()) return status;
  SamplerOptions sampling;
  sampling.temperature = 0.0F;
  const Result<Sampler> sampler = session.sampler(sampling);
  if (!sampler.ok()) return sampler.status();
  commander.sampler_ = *sampler;
  if (const Status status = commander.session_.restore(home.prefix); !status.ok()) return status;
  return commander;
}

/// Takes back the last command, which costs nothing: the home is never overwritten. A command that
/// filled the ring has overwritten what is needed to go on, so the home is restored.
Status Commander::rewind() noexcept {
  const Status status = session_.truncate(session_.config().sinks);
  return status.ok() ? status : session_.restore(prefix_);
}

std::uint64_t Commander::room() const noexcept {
  const std::uint64_t context = session_.config().context;
  return context - std::min(context, session_.position());
}

Status Commander::answer(std::string_view command, std::string_view request,
                         CommandText& text) noexcept {
  Status status;
  whole_.count([&] {
    Detokenizer detokenizer(tokenizer_, false);
    text.clear();
    status = rewind();
    if (status.ok()) status = read(command, request, detokenizer);
    if (status.ok()) status = write(detokenizer, text);
    return status.ok() ? 1U : 0U;
  });
  return status;
}

Status Commander::read(std::string_view command, std::string_view request,
                       Detokenizer& detokenizer) noexcept {
  confidence_.reset();
  Status status = state_.set_span(command);
  if (status.ok()) status = state_.reset();
  if (!status.ok()) return status;
  std::array<TokenId, CommandLine::longest + 8> tokens;
  std::uint64_t count = 0;
  prompt_.count([&] {
    const Result<std::uint64_t> read = prefill_text(
        session_, tokenizer_, request,
        {.control_tokens = {.enabled = true, .literal = command, .literal_is_plain = true},
         .detokenizer = &detokenizer,
         .room = tokens});
    status = read.status();
    count = read.ok() ? *read : 0;
    return count;
  });
  if (!status.ok() || room() > 0) return status;
  const std::uint64_t most = session_.config().context - session_.config().sinks - 1;
  return Status(ErrorCode::out_of_range, "line", "has too many tokens").at_most(most, count);
}

Status Commander::write(Detokenizer& detokenizer, CommandText& text) noexcept {
  ConstrainedSampler sampler(sampler_, state_, &confidence_);
  Status status;
  bool ended = false;
  while (status.ok() && !ended) {
    TokenId token = 0;
    answer_.count([&] {
      token = sampler.sample(session_.logits());
      ended = token == Sampler::none || tokenizer_.ends_text(token);
      if (!ended && room() == 0) status = {ErrorCode::out_of_range, "answer", "does not end"};
      if (!ended && status.ok()) status = session_.step(token);
      return 1U;
    });
    if (!ended && status.ok() && !text.append(detokenizer.next_bytes(state_.text()))) {
      status = {ErrorCode::out_of_range, "answer", "is too long"};
    }
  }
  return status;
}

void Commander::print_counts() const noexcept {
  prompt_.print_as("prompt");
  answer_.print_as("answer");
  whole_.print_as("commands", "");
}

}  // namespace ringlet::port

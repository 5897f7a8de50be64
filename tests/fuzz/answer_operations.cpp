// The calls of an AnswerMachine, each with a check of its outcome.
#include <algorithm>
#include <array>
#include <string>

#include "fuzz/aims.hpp"
#include "fuzz/answer_machine.hpp"
#include "fuzz/demand.hpp"
#include "ringlet/constrained_sampler.hpp"
#include "ringlet/forced_draft.hpp"
#include "ringlet/speculation.hpp"
#include "support/random.hpp"
#include "support/random_model.hpp"

namespace ringlet::test {
namespace {

constexpr std::size_t most_kept = 6;

[[maybe_unused]] const bool declared = declare_aims(
    {"a token was refused", "a text ended", "an end was taken back", "tokens were taken back",
     "taking back was refused", "a forced draft was accepted", "a draft was cut off",
     "drafts were accepted in a round", "a text began anew", "a list was emptied",
     "no text was left", "a text was given", "a state was restored", "another state was refused",
     "another state was taken", "an end was sampled", "a long text was accepted"});

bool same(const RunTime& a, const RunTime& b) { return a.lists == b.lists && a.span == b.span; }

/// Drafts tokens of its own, right or wrong.
struct Noise {
  std::uint32_t state;
  std::uint32_t vocab_size;

  std::size_t draft(std::span<TokenId> out) noexcept {
    for (TokenId& token : out) {
      state = state * 1664525U + 1013904223U;
      token = (state >> 8) % vocab_size;
    }
    return out.size();
  }
  void observe(std::span<const TokenId> /*tokens*/) noexcept {}
};

/// Takes the tokens of a round.
struct Taken {
  const GrammarState& state;
  std::size_t most;
  std::vector<TokenId> tokens = {};

  [[nodiscard]] TokenSink sink() {
    return {this, [](void* self, TokenId token) noexcept {
              auto& taken = *static_cast<Taken*>(self);
              taken.tokens.push_back(token);
              return token != Sampler::none && taken.tokens.size() < taken.most &&
                     !taken.state.ended();
            }};
  }
};

}  // namespace

/// A token of the mask, or many of them, mostly such as go on: long texts push and pop more than a
/// stack holds at once.
void AnswerMachine::accept(AnswerSubject& subject) {
  const std::size_t count = bytes_.one_in(8) ? 200 : 1;
  Random random(bytes_.number(1));
  for (std::size_t i = 0; i < count; ++i) {
    const std::vector<TokenId> tokens = allowed(subject);
    if (tokens.empty()) return;
    const auto any = [&] {
      return tokens[random.below(static_cast<std::uint32_t>(tokens.size()))];
    };
    TokenId token = any();
    for (int tries = 0; count > 1 && tries < 20; ++tries) {
      const std::string piece = subject.vocabulary().texts.of(token, false);
      if (piece.find_first_of("[{,:\"") != std::string::npos) break;
      token = any();
    }
    demand(subject.state.accept(token), "a token of the mask is refused");
    subject.accepted({&token, 1});
    if (i > 30) met("a long text was accepted");
  }
}

void AnswerMachine::accept_any(AnswerSubject& subject) {
  const bool none = bytes_.one_in(8);
  const auto token = static_cast<TokenId>(none ? bytes_.extreme() : bytes_.below(300));
  const bool is_allowed = subject.state.allows(token);
  demand(!is_allowed || (subject.is_set && token < subject.vocab_size()),
         "a token is allowed that there is not");
  const std::vector<std::byte> before = subject.saved();
  demand(subject.state.accept(token) == is_allowed, "a token has two outcomes");
  if (is_allowed) {
    subject.accepted({&token, 1});
    return;
  }
  demand(subject.saved() == before, "a refused token left a trace");
  met("a token was refused");
}

void AnswerMachine::end(AnswerSubject& subject) {
  const bool done = subject.state.done();
  for (TokenId token = 0; token < subject.vocab_size(); ++token) {
    if (!subject.vocabulary().texts.ends(token)) continue;
    demand(subject.state.accept(token) == done, "an end is accepted elsewhere");
    if (!done) return;
    subject.accepted({&token, 1});
    demand(subject.state.ended() && allowed(subject).empty(), "something comes after the end");
    met("a text ended");
    if (bytes_.flag() && subject.undoable > 0) {
      demand(subject.state.undo(1).ok() && subject.state.done(), "an end is not taken back");
      subject.shorten(1);
      --subject.undoable;
      met("an end was taken back");
    }
    return;
  }
}

void AnswerMachine::sample(AnswerSubject& subject) {
  subject.catch_up();
  const std::vector<TokenId> tokens = allowed(subject);
  const TokenId token = ringlet::sample(subject.sampler, subject.state, subject.session.logits());
  if (token == Sampler::none) {
    demand(tokens.empty(), "no token is sampled though some are allowed");
    return;
  }
  demand(std::ranges::find(tokens, token) != tokens.end(), "a token is sampled that is masked");
  demand(subject.state.accept(token), "a sampled token is refused");
  subject.accepted({&token, 1});
  if (subject.state.ended()) met("an end was sampled");
}

void AnswerMachine::undo(AnswerSubject& subject) {
  const auto tokens = static_cast<std::uint32_t>(bytes_.below(subject.undoable + 2));
  const std::vector<std::byte> before = subject.saved();
  const Status status = subject.state.undo(tokens);
  if (tokens > subject.undoable) {
    demand(status.code() == ErrorCode::out_of_range, "too many tokens are taken back");
    demand(subject.saved() == before, "a refused call left a trace");
    met("taking back was refused");
    return;
  }
  demand(status.ok(), "tokens are not taken back");
  subject.shorten(tokens);
  subject.undoable -= tokens;
  if (tokens > 0) met("tokens were taken back");
}

/// What is forced, and then anything.
std::vector<TokenId> AnswerMachine::choose_draft(AnswerSubject& subject) {
  std::array<char, 40> bytes;
  const std::size_t size = subject.state.forced(bytes);
  std::vector<TokenId> draft(bytes.size() + 2);
  const Result<Encoded> encoded = subject.vocabulary().trie.tokenizer().encode(
      {bytes.data(), size}, false, subject.session.tokenizer_workspace(), draft);
  draft.resize(encoded.ok() ? encoded->tokens : 0);
  const auto more = random_tokens(1 + bytes_.index(4), subject.vocab_size(), bytes_.number(1));
  draft.insert(draft.end(), more.begin(), more.end());
  draft.resize(std::min<std::size_t>(draft.size(), AnswerSubject::draft_tokens + 1));
  return draft;
}

/// As an application verifies a draft with its own hands: appends all of it, takes as much as the
/// grammar does, takes some of that back again, and cuts the session off there.
void AnswerMachine::verify_forced(AnswerSubject& subject) {
  subject.catch_up();
  const std::vector<TokenId> draft = choose_draft(subject);
  const std::uint64_t start = subject.session.position();
  demand(subject.session.verify(draft).ok(), "a draft is refused");
  std::uint32_t taken = 0;
  while (taken < draft.size() && subject.state.accept(draft[taken])) ++taken;
  subject.accepted(std::span(draft).first(taken));
  const auto back = static_cast<std::uint32_t>(bytes_.below(std::min(taken, subject.undoable) + 1));
  demand(subject.state.undo(back).ok(), "drafted tokens are not taken back");
  subject.text.resize(subject.text.size() - back);
  subject.undoable -= back;
  demand(subject.session.truncate(start + taken - back).ok(), "a draft is not cut off");
  if (taken > 1) met("a forced draft was accepted");
  if (back > 0) met("a draft was cut off");
}

/// A round of speculate(), and the same tokens one by one in a second session that goes on from a
/// saved state.
void AnswerMachine::speculate(AnswerSubject& subject) {
  if (!subject.is_set) return;
  subject.catch_up();
  AnswerSubject plain(subject.choices());
  plain.follow(subject);
  plain.restore(subject.keep());
  Confidence confidence;
  Confidence plain_confidence;
  const bool counts = bytes_.flag();
  ConstrainedSampler chooser(subject.sampler, subject.state, counts ? &confidence : nullptr);
  ConstrainedSampler plain_chooser(plain.sampler, plain.state,
                                   counts ? &plain_confidence : nullptr);
  Taken taken{.state = subject.state, .most = 1 + bytes_.index(10)};
  const TokenSink sink = taken.sink();
  bool more = sink.take(sink.user_data, chooser.sample(subject.session.logits()));
  Noise noise{.state = static_cast<std::uint32_t>(bytes_.number(1)),
              .vocab_size = subject.vocab_size()};
  ForcedDraft drafts(subject.state, subject.vocabulary().trie.tokenizer(),
                     subject.session.tokenizer_workspace(),
                     bytes_.flag() ? Drafter::of(noise) : Drafter{});
  DraftLength length = DraftLength::fixed(AnswerSubject::draft_tokens);
  while (more) {
    const Result<Round> round =
        ringlet::speculate(subject.session, TokenChooser::of(chooser), Drafter::of(drafts), length,
                           taken.tokens.back(), sink);
    demand(round.ok(), "a round fails");
    if (round->accepted > 0) met("drafts were accepted in a round");
    more = !round->ended;
  }
  for (const TokenId token : taken.tokens) {
    demand(plain_chooser.sample(plain.session.logits()) == token, "drafts change a text");
    if (token == Sampler::none) break;
    demand(plain.session.step(token).ok(), "a token is refused");
  }
  if (taken.tokens.back() == Sampler::none) taken.tokens.pop_back();
  subject.accepted(taken.tokens);
  demand(subject.saved() == plain.saved(), "drafts change a state");
  demand(confidence.confidence() == plain_confidence.confidence() &&
             confidence.allowed() == plain_confidence.allowed(),
         "drafts change a confidence");
}

/// Begins anew behind the prompt, or behind another one.
void AnswerMachine::rewind(AnswerSubject& subject) {
  subject.reset(bytes_.flag());
  if (bytes_.one_in(4)) {
    subject.session.reset();
    subject.prompt = random_tokens(1 + bytes_.index(20), subject.vocab_size(), bytes_.number(1));
  }
  subject.catch_up();
  met("a text began anew");
}

void AnswerMachine::change_list(AnswerSubject& subject) {
  static const std::vector<std::string> words = {"kitchen", "bed",      "bedroom", "caf\xC3\xA9",
                                                 "a",       "the lamp", "room"};
  const std::vector<std::string>& names = subject.grammar().automaton.lists;
  if (names.empty()) return;
  const std::string& name = names[bytes_.index(names.size())];
  std::vector<std::string> some;
  const std::uint64_t which = bytes_.one_in(3) ? 0 : bytes_.number(1);
  for (std::size_t i = 0; i < words.size(); ++i) {
    if ((which >> i & 1) != 0) some.push_back(words[i]);
  }
  demand(subject.fill(name, some).ok(), "a list is refused");
  if (some.empty()) met("a list was emptied");
  subject.run_time.lists[name] = std::move(some);
  subject.unset();
  subject.compare_with_fresh();
  if (!subject.reset(bytes_.flag())) met("no text was left");
}

void AnswerMachine::change_span(AnswerSubject& subject) {
  static const std::array<std::string, 5> texts = {
      "", "a", "turn on the lamp", "caf\xC3\xA9 au lait, please", "a \"quoted\" word\nand a line"};
  if (!subject.grammar().file.grammar.has_spans()) return;
  if (bytes_.one_in(6)) {
    const std::vector<std::byte> before = subject.saved();
    demand(!subject.state.set_span(std::string(AnswerSubject::span_bytes + 1, 'a')).ok() &&
               !subject.state.set_span("\xC3(").ok(),
           "a text is taken that is too long or not UTF-8");
    demand(subject.saved() == before, "a refused text left a trace");
    return;
  }
  subject.set_span(texts[bytes_.index(texts.size())]);
  subject.compare_with_fresh();
  met("a text was given");
  if (bytes_.flag()) subject.reset(bytes_.flag());
}

void AnswerMachine::save(AnswerSubject& subject) {
  if (!subject.is_set) return;
  subject.catch_up();
  kept_.push_back(subject.keep());
  if (kept_.size() > most_kept) kept_.erase(kept_.begin());
}

void AnswerMachine::restore(AnswerSubject& subject) {
  if (kept_.empty()) return;
  const KeptAnswer& kept = kept_[bytes_.index(kept_.size())];
  if (subject.is_set && kept.vocabulary == &subject.vocabulary() &&
      kept.grammar == &subject.grammar() && same(kept.run_time, subject.run_time)) {
    subject.restore(kept);
    met("a state was restored");
    return;
  }
  met(subject.restore_other(kept.state) ? "another state was taken" : "another state was refused");
}

void AnswerMachine::restore_damaged(AnswerSubject& subject) {
  std::vector<std::byte> bytes = subject.saved();
  const std::size_t at = bytes_.index(bytes.size());
  if (bytes_.one_in(4)) {
    bytes.resize(at);
  } else {
    bytes[at] ^= static_cast<std::byte>(1U << bytes_.below(8));
  }
  met(subject.restore_other(bytes) ? "another state was taken" : "another state was refused");
}

}  // namespace ringlet::test

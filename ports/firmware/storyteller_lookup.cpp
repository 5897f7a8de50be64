// The story with speculative decoding: a lookup drafts what followed the last time that the text's
// last tokens occurred. Token for token it is the story of storyteller.cpp.
#include <array>
#include <cstddef>
#include <span>

#include "board.hpp"
#include "counter.hpp"
#include "kernels.hpp"
#include "print.hpp"
#include "report.hpp"
#include "ringlet/lookup.hpp"
#include "ringlet/prompt.hpp"
#include "ringlet/speculation.hpp"
#include "settings.hpp"

namespace {

using namespace ringlet;
using namespace ringlet::port;

constexpr std::string_view prompt = "Once upon a time";
constexpr std::uint32_t story_tokens = 120;

alignas(RINGLET_STORYTELLER_RAM_ALIGNMENT) std::byte ram[RINGLET_STORYTELLER_RAM_BYTES];

class Storyteller {
 public:
  Storyteller(const Session& session, const Tokenizer& tokenizer)
      : session_(session),
        tokenizer_(tokenizer),
        detokenizer_(tokenizer),
        sampler_(make_sampler(session)),
        lookup_(value_or_fail(
            Lookup::create(planned_config.lookup_window, session.lookup_workspace()))) {}

  void begin() {
    const Drafter drafter = lookup_.drafter();
    prompt_.count([&] {
      return value_or_fail(
          prefill_text(session_, tokenizer_, prompt,
                       {.sampler = &sampler_, .detokenizer = &detokenizer_, .drafter = &drafter}));
    });
    print(prompt);
  }

  void go_on() {
    // There is no clock to measure what pays, so the length is fixed.
    DraftLength length = DraftLength::fixed(planned_config.draft_tokens);
    const TokenSink sink{this, [](void* self, TokenId token) noexcept {
                           return static_cast<Storyteller*>(self)->take(token);
                         }};
    TokenId last = 0;
    bool more = false;
    story_.count([&] {
      last = sampler_.sample(session_.logits());
      more = take(last);
      return round_size_;
    });
    while (more) {
      print_round();
      story_.count([&] {
        const Round round =
            value_or_fail(speculate(session_, sampler_, lookup_.drafter(), length, last, sink));
        last = round.last;
        more = !round.ended;
        ++rounds_;
        drafted_ += round.drafted;
        accepted_ += round.accepted;
        return round_size_;
      });
    }
    print_round();
    print(detokenizer_.finish());
    print("\n");
  }

  void print_counts() const {
    prompt_.print_as("prompt");
    story_.print_as("story");
    print("drafts: ");
    print_number(accepted_);
    print(" of ");
    print_number(drafted_);
    print(" tokens accepted in ");
    print_number(rounds_);
    print(" passes\n");
  }

 private:
  /// Keeps a token for print_round(), so that printing does not count as work.
  bool take(TokenId token) {
    if (token == tokenizer_.eos()) return false;
    round_[round_size_++] = token;
    return ++told_ < story_tokens;
  }

  void print_round() {
    for (const TokenId token : std::span(round_).first(round_size_)) {
      print(detokenizer_.next(token));
    }
    round_size_ = 0;
  }

  Session session_;
  Tokenizer tokenizer_;
  Detokenizer detokenizer_;
  Sampler sampler_;
  Lookup lookup_;
  Counter prompt_, story_;
  std::array<TokenId, planned_config.draft_tokens + 1> round_{};
  std::uint32_t round_size_ = 0;
  std::uint32_t told_ = 0;
  std::uint64_t rounds_ = 0, drafted_ = 0, accepted_ = 0;
};

}  // namespace

int main() {
  print_title(board_kernels());
  const Model model = open_model();
  const Tokenizer tokenizer = value_or_fail(Tokenizer::open(model));
  Session session = value_or_fail(Session::create(model, planned_config, ram, board_kernels()));
  print_plan(session.memory_plan());
  Storyteller storyteller(session, tokenizer);
  storyteller.begin();
  storyteller.go_on();
  storyteller.print_counts();
  print_stack();
  return 0;
}

// The demonstration: a story told by a microcontroller, from a model in flash and one static array.
// What is counted on the way are instructions, by the emulator.
#include <array>
#include <cstddef>
#include <span>

#include "board.hpp"
#include "kernels.hpp"
#include "print.hpp"
#include "report.hpp"
#include "ringlet/digest.hpp"
#include "settings.hpp"

namespace {

using namespace ringlet;
using namespace ringlet::port;

constexpr std::string_view prompt = "Once upon a time";
constexpr std::uint32_t story_tokens = 120;

// All the memory that the library ever uses. A test builds an image whose array is too small.
#if !defined(STORYTELLER_MISSING_BYTES)
#define STORYTELLER_MISSING_BYTES 0
#endif
alignas(RINGLET_STORYTELLER_RAM_ALIGNMENT)
    std::byte ram[RINGLET_STORYTELLER_RAM_BYTES - STORYTELLER_MISSING_BYTES];
static_assert(sizeof ram <= 256 * 1024, "the session is to leave room in the RAM of a small board");

void print_digest(Session& session) {
  const std::uint64_t value = value_or_fail(digest(session));
  print("digest: ");
  print_hexadecimal(value, 16);
  print("\n");
  session.reset();
}

/// Tokens and instructions of one part of the work.
class Counter {
 public:
  void print_as(const char* name) const {
    print(name);
    print(": ");
    print_number(tokens_);
    print(" tokens, ");
    print_number(tokens_ == 0 ? 0 : instructions_of(ticks_) / tokens_);
    print(" instructions each\n");
  }
  template <typename Work>
  void count(std::uint64_t tokens, Work work) {
    const std::uint64_t begin = ticks();
    work();
    ticks_ += ticks() - begin;
    tokens_ += tokens;
  }

 private:
  std::uint64_t tokens_ = 0;
  std::uint64_t ticks_ = 0;
};

class Storyteller {
 public:
  Storyteller(const Session& session, const Tokenizer& tokenizer)
      : session_(session),
        tokenizer_(tokenizer),
        detokenizer_(tokenizer),
        sampler_(make_sampler(session)) {}

  void begin() {
    std::array<TokenId, 32> tokens;
    std::size_t count = 0;
    if (tokenizer_.adds_bos()) tokens[count++] = tokenizer_.bos();
    const auto encoded = value_or_fail(tokenizer_.encode(
        prompt, true, session_.tokenizer_workspace(), std::span(tokens).subspan(count)));
    const auto whole = std::span(tokens).first(count + encoded.tokens);
    prompt_.count(whole.size(), [&] { check(session_.prefill(whole)); });
    for (const TokenId token : whole) {
      sampler_.observe(token);
      detokenizer_.next(token);  // it has to know that this is not the start of the text
    }
    print(prompt);
  }

  void go_on() {
    for (std::uint32_t i = 0; i < story_tokens; ++i) {
      TokenId token = 0;
      story_.count(1, [&] {
        token = sampler_.sample(session_.logits());
        if (token != tokenizer_.eos()) check(session_.step(token));
      });
      if (token == tokenizer_.eos()) break;
      print(detokenizer_.next(token));
    }
    print(detokenizer_.finish());
    print("\n");
  }

  void print_counts() const {
    prompt_.print_as("prompt");
    story_.print_as("story");
  }

 private:
  Session session_;
  Tokenizer tokenizer_;
  Detokenizer detokenizer_;
  Sampler sampler_;
  Counter prompt_, story_;
};

}  // namespace

int main() {
  print("Ringlet on " RINGLET_BOARD ", kernels: ");
  print(name_of(board_kernels()));
  print("\n");
  print_memory_map();
  const Model model = open_model();
  const Tokenizer tokenizer = value_or_fail(Tokenizer::open(model));
  Session session = value_or_fail(Session::create(model, planned_config, ram, board_kernels()));
  print_plan(session.memory_plan());
  print_digest(session);
  Storyteller storyteller(session, tokenizer);
  storyteller.begin();
  storyteller.go_on();
  storyteller.print_counts();
  print_stack();
  return 0;
}

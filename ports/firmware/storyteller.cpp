// The demonstration: a microcontroller tells a story from a model in flash and one static array. It
// counts instructions by the clock of the emulator.
#include <cstddef>
#include <span>

#include "board.hpp"
#include "counter.hpp"
#include "kernels.hpp"
#include "print.hpp"
#include "report.hpp"
#include "ringlet/digest.hpp"
#include "ringlet/prompt.hpp"
#include "settings.hpp"

namespace {

using namespace ringlet;
using namespace ringlet::port;

constexpr std::string_view prompt = "Once upon a time";
constexpr std::uint32_t story_tokens = 120;

// All memory that the library ever uses. A test builds an image whose array is too small.
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

class Storyteller {
 public:
  Storyteller(const Session& session, const Tokenizer& tokenizer)
      : session_(session),
        tokenizer_(tokenizer),
        detokenizer_(tokenizer),
        sampler_(make_sampler(session)) {}

  void begin() {
    prompt_.count([&] {
      return value_or_fail(prefill_text(session_, tokenizer_, prompt,
                                        {.sampler = &sampler_, .detokenizer = &detokenizer_}));
    });
    print(prompt);
  }

  void go_on() {
    for (std::uint32_t i = 0; i < story_tokens; ++i) {
      TokenId token = 0;
      story_.count([&] {
        token = sampler_.sample(session_.logits());
        if (token != tokenizer_.eos()) check(session_.step(token));
        return 1U;
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
  print_title(board_kernels());
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

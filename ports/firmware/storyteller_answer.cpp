// Answers that always parse: JSON of the schema pet.json, and the end of a story (ending.gbnf),
// with the confidence of the model. The names that the schema allows are in flash, for the second
// answer in RAM.
#include <array>
#include <cstddef>
#include <span>

#include "board.hpp"
#include "counter.hpp"
#include "kernels.hpp"
#include "print.hpp"
#include "report.hpp"
#include "ringlet/confidence.hpp"
#include "ringlet/constrained_sampler.hpp"
#include "ringlet/digest.hpp"
#include "ringlet/grammar_state.hpp"
#include "ringlet/prompt.hpp"
#include "ringlet/token_trie.hpp"
#include "settings.hpp"

namespace {

using namespace ringlet;
using namespace ringlet::port;

// All memory that the library ever uses, that of the grammar included.
alignas(RINGLET_STORYTELLER_RAM_ALIGNMENT) std::byte ram[RINGLET_STORYTELLER_RAM_BYTES];

std::span<const std::byte> bytes_between(const unsigned char* begin, const unsigned char* end) {
  return std::as_bytes(std::span(begin, end));
}

/// In the memory that the plan has for the larger of the two grammars, so one at a time.
GrammarState make_state(const Session& session, std::span<const std::byte> grammar) {
  const TokenTrie trie = value_or_fail(TokenTrie::open(session.model()));
  return value_or_fail(GrammarState::create(trie, value_or_fail(Grammar::open(grammar)),
                                            ringlet_grammar_options_storyteller(),
                                            session.grammar_workspace()));
}

void print_digest(Session& session) {
  const std::uint64_t value = value_or_fail(digest(session));
  print("digest: ");
  print_hexadecimal(value, 16);
  print("\n");
  session.reset();
}

void print_named(const char* name, float probability) {
  std::array<char, 8> digits;
  print(name);
  print(print_probability(probability, std::span(digits)));
}

class Answerer {
 public:
  Answerer(const Session& session, const Tokenizer& tokenizer)
      : session_(session), tokenizer_(tokenizer) {}

  /// Answers from the start: with no token of an earlier request, and the first draw of the seed.
  void answer(std::string_view request, GrammarState state) {
    session_.reset();
    Sampler sampler = make_sampler(session_);
    Detokenizer detokenizer(tokenizer_);
    prompt_.count([&] {
      return value_or_fail(prefill_text(session_, tokenizer_, request,
                                        {.sampler = &sampler, .detokenizer = &detokenizer}));
    });
    check(state.reset());
    Confidence confidence;
    print("answer: ");
    write(state, ConstrainedSampler(sampler, state, &confidence), detokenizer);
    print_named("\nconfidence: ", confidence.confidence());
    print_named(", allowed: ", confidence.allowed());
    print(state.done() ? ", complete\n" : ", cut off\n");
  }

  void print_counts() const {
    prompt_.print_as("prompt");
    answer_.print_as("answer");
  }

 private:
  /// Writes tokens until the answer is complete: no token has to end it.
  void write(const GrammarState& state, ConstrainedSampler sampler, Detokenizer& detokenizer) {
    while (!state.done() && session_.position() < planned_config.context) {
      TokenId token = 0;
      answer_.count([&] {
        token = sampler.sample(session_.logits());
        if (!state.done()) check(session_.step(token));
        return 1U;
      });
      print(detokenizer.next_bytes(state.text()));
    }
    print(detokenizer.finish());
  }

  Session session_;
  Tokenizer tokenizer_;
  Counter prompt_, answer_;
};

/// The names that a device has learned, sorted in a few bytes of its own.
WordList learned_names() {
  static constexpr std::array<std::string_view, 3> learned = {"Rex", "Mia", "Bella"};
  alignas(4) static std::array<std::byte, 64> memory;
  return value_or_fail(sort_words(WordSource::of(learned), memory));
}

void answer_all(Session& session, const Tokenizer& tokenizer) {
  Answerer answerer(session, tokenizer);
  GrammarState pet = make_state(
      session, bytes_between(ringlet_grammar_storyteller_pet, ringlet_grammar_storyteller_pet_end));
  check(pet.set_lists(value_or_fail(
      WordLists::open(bytes_between(ringlet_words_storyteller, ringlet_words_storyteller_end)))));
  answerer.answer("Once upon a time", pet);
  check(pet.set_list("names", learned_names()));
  answerer.answer("Once upon a time there was a little", pet);
  answerer.answer("Edith never forgot that day, even when she was",
                  make_state(session, bytes_between(ringlet_grammar_storyteller_ending,
                                                    ringlet_grammar_storyteller_ending_end)));
  answerer.print_counts();
}

}  // namespace

int main() {
  print_title(board_kernels());
  print_memory_map();
  const Model model = open_model();
  const Tokenizer tokenizer = value_or_fail(Tokenizer::open(model));
  Session session = value_or_fail(Session::create(model, planned_config, ram, board_kernels()));
  print_plan(session.memory_plan());
  print_digest(session);
  answer_all(session, tokenizer);
  print_stack();
  return 0;
}

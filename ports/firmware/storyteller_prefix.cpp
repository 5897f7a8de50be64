// A story from a prompt that was computed on a workstation: the state after it is a snapshot in
// flash, whose sinks are read in place. The board computes no token of the prompt.
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

constexpr std::uint32_t story_tokens = 60;

alignas(RINGLET_STORYTELLER_RAM_ALIGNMENT) std::byte ram[RINGLET_STORYTELLER_RAM_BYTES];

std::span<const std::byte> prefix() {
  return {reinterpret_cast<const std::byte*>(ringlet_prefix_storyteller),
          RINGLET_STORYTELLER_PREFIX_BYTES};
}

void print_start(const Session& session) {
  print("prefix: ");
  print_number(session.position());
  print(" tokens, ");
  print_number(prefix().size());
  print(" bytes\n");
}

/// The digest of the logits after the prefix.
void print_digest(Session& session) {
  print("digest: ");
  print_hexadecimal(value_or_fail(digest(session, {.from_start = false})), 16);
  print("\n");
}

void tell(Session& session, Sampler& sampler) {
  const Tokenizer tokenizer = value_or_fail(Tokenizer::open(session.model()));
  Detokenizer detokenizer(tokenizer, false);
  print("story:");
  for (std::uint32_t i = 0; i < story_tokens; ++i) {
    const TokenId token = sampler.sample(session.logits());
    if (token == tokenizer.eos()) break;
    check(session.step(token));
    print(detokenizer.next(token));
  }
  print(detokenizer.finish());
  print("\n");
}

}  // namespace

int main() {
  print_title(board_kernels());
  const Model model = open_model();
  Session session = value_or_fail(Session::create(model, planned_config, ram, board_kernels()));
  print_plan(session.memory_plan());
  Sampler sampler = make_sampler(session);
  check(session.restore(prefix()));
  print_start(session);
  print_digest(session);
  // Starts again from the prefix, with its tokens in the sampler.
  check(session.restore(prefix(), &sampler));
  sampler.resume({.seed = seed, .draws = 0});
  tell(session, sampler);
  print_stack();
  return 0;
}

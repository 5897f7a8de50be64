// Tells a story: a prompt goes in, and text comes out until the model ends it.
//
//   story MODEL "Once upon a time" [TOKENS]
#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "ringlet/linux/failure.hpp"
#include "ringlet/linux/files.hpp"
#include "ringlet/linux/kernels.hpp"
#include "ringlet/linux/threads.hpp"
#include "ringlet/ringlet.hpp"

namespace {

using namespace ringlet;

void print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

void tell(const std::string& path, std::string_view prompt, int limit) {
  // The file is mapped. Its tables are verified; its weights are read where they are.
  const port::MappedFile file(path);
  const Model model = port::value_of(path, Model::open(file.bytes()));
  const Tokenizer tokenizer = port::value_of(path, Tokenizer::open(model));
  // All memory is known before the session exists.
  const std::uint32_t threads =
      std::min(port::default_threads(file.bytes().size()), port::available_processors());
  const Config config{.threads = threads};
  const MemoryPlan memory_plan = port::value_of(path, plan(model, config));
  const port::Mapping memory = port::map_session_memory(memory_plan.total());
  port::ThreadTeam team(threads);
  Session session = port::value_of(
      path, Session::create(model, config, memory.bytes(), port::best_kernels(), team.team()));
  SamplerOptions sampling = sampler_options(model);
  sampling.seed = 1;
  Sampler sampler = port::value_of(path, session.sampler(sampling));
  // One call encodes the text and appends it.
  Detokenizer detokenizer(tokenizer);
  (void)port::value_of(path, prefill_text(session, tokenizer, prompt,
                                          {.sampler = &sampler, .detokenizer = &detokenizer}));
  if (session.logits().empty()) throw port::Failure(path + ": needs a prompt");
  print(prompt);
  // Logits to token to text, in constant memory, for as long as one likes.
  for (int i = 0; i < limit; ++i) {
    const TokenId token = sampler.sample(session.logits());
    if (tokenizer.ends_text(token)) break;
    print(detokenizer.next(token));
    port::check(path, session.step(token));
  }
  print(detokenizer.finish());
  print("\n");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3 || argc > 4) {
    std::fputs("usage: story MODEL PROMPT [TOKENS]\n", stderr);
    return 2;
  }
  try {
    tell(argv[1], argv[2], argc == 4 ? std::atoi(argv[3]) : 200);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "story: %s\n", error.what());
    return 1;
  }
}

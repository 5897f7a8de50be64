// Talks: each line of standard input is a message, and the model's reply goes to standard output.
//
//   chat MODEL
#include <array>
#include <cstdio>
#include <iostream>
#include <string>

#include "ringlet/linux/failure.hpp"
#include "ringlet/linux/files.hpp"
#include "ringlet/linux/kernels.hpp"
#include "ringlet/ringlet.hpp"

namespace {

using namespace ringlet;

void print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

/// Samples until the model ends its reply.
void reply(const std::string& path, Session& session, const Tokenizer& tokenizer,
           Sampler& sampler) {
  Detokenizer detokenizer(tokenizer);
  for (int i = 0; i < 500; ++i) {
    const TokenId token = sampler.sample(session.logits());
    if (tokenizer.ends_reply(token)) break;
    print(detokenizer.next(token));
    port::check(path, session.step(token));
  }
  print(detokenizer.finish());
  print("\n");
}

void talk(const std::string& path) {
  const port::MappedFile file(path);
  const Model model = port::value_of(path, Model::open(file.bytes()));
  const Tokenizer tokenizer = port::value_of(path, Tokenizer::open(model));
  const ChatFormat format = port::value_of(path, ChatFormat::open(model));
  const Config config;
  const port::Mapping memory =
      port::map_session_memory(port::value_of(path, plan(model, config)).total());
  Session session =
      port::value_of(path, Session::create(model, config, memory.bytes(), port::best_kernels()));
  Sampler sampler = port::value_of(path, session.sampler(sampler_options(model)));
  std::string message;
  std::array<char, 16384> buffer;  // the message with what the format puts around it
  while (std::getline(std::cin, message)) {
    const ChatTurn turn = port::value_of(
        path, session.position() == 0 ? format.first_turn(std::nullopt, message, buffer)
                                      : format.next_turn(message, buffer));
    (void)port::value_of(path, prefill_turn(session, tokenizer, turn, {.sampler = &sampler}));
    reply(path, session, tokenizer, sampler);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: chat MODEL\n", stderr);
    return 2;
  }
  try {
    talk(argv[1]);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "chat: %s\n", error.what());
    return 1;
  }
}

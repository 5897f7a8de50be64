#include "support/hostile.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "ringlet/ringlet.hpp"
#include "support/guarded_bytes.hpp"

namespace ringlet::test {
namespace {

constexpr std::uint64_t most_memory = 8U << 20;
constexpr std::size_t most_weights = 4U << 20;

void demand(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "model: %s\n", what);
  std::abort();
}

void use_tokenizer(const Tokenizer& tokenizer, std::uint32_t vocabulary,
                   std::span<std::byte> workspace, std::string_view text, bool control_tokens) {
  Detokenizer decode(tokenizer);
  bool beginning = true;
  for (std::size_t round = 0; !text.empty(); ++round) {
    std::vector<TokenId> ids(1 + round * 7 % 64);  // of exactly the size, for AddressSanitizer
    const auto encoded =
        tokenizer.encode(text, beginning, workspace, ids, {.enabled = control_tokens});
    if (!encoded.ok() && ids.size() < 64) continue;
    if (!encoded.ok() || encoded->bytes == 0) break;
    demand(encoded->bytes <= text.size() && encoded->tokens <= ids.size(), "encoded too much");
    for (std::size_t i = 0; i < encoded->tokens; ++i) {
      demand(ids[i] < vocabulary, "encoded an invalid token");
      (void)decode.next(ids[i]);
    }
    text.remove_prefix(encoded->bytes);
    beginning = encoded->beginning;
  }
  (void)decode.finish();
}

void use_pieces(const Tokenizer& tokenizer, std::uint32_t vocabulary) {
  Detokenizer decode(tokenizer);
  for (TokenId id = 0; id < std::min(vocabulary, 2000U); ++id) {
    (void)decode.next(id);
    (void)tokenizer.find(tokenizer.piece(id));
    (void)tokenizer.ends_reply(id);
  }
  (void)decode.next(0xFFFFFFFF);
  (void)decode.finish();
}

void use_text(const Model& model, std::span<std::byte> workspace) {
  const Result<Tokenizer> tokenizer = Tokenizer::open(model);
  if (!tokenizer.ok()) return;
  const std::uint32_t vocabulary = model.architecture().vocab_size;
  constexpr std::string_view text =
      "the cat and a  dog <s>\xF0\x9F\x98\x80\xFF sat 1234, caf\xC3\xA9 \xE2\x96\x81<unk>\n";
  use_tokenizer(*tokenizer, vocabulary, workspace, text, false);
  use_tokenizer(*tokenizer, vocabulary, workspace, text, true);
  use_pieces(*tokenizer, vocabulary);
  const Result<ChatFormat> chat = ChatFormat::open(model);
  if (!chat.ok()) return;
  std::vector<char> buffer(200);
  const auto first = chat->first_turn(std::nullopt, text, buffer);
  if (first.ok()) use_tokenizer(*tokenizer, vocabulary, workspace, first->text, true);
  (void)chat->first_turn("system", text, buffer);
  (void)chat->next_turn(text, std::span(buffer).first(20));
}

bool decode_some(const Model& model, const Config& config, std::span<std::byte> memory) {
  Result<Session> session = Session::create(model, config, memory, scalar_kernels());
  demand(session.ok(), "planned, but not created");
  use_text(model, session->tokenizer_workspace());
  const std::uint32_t vocabulary = model.architecture().vocab_size;
  const TokenId prompt[] = {1 % vocabulary, 2 % vocabulary, 5 % vocabulary, 0, vocabulary - 1};
  const bool decoded = session->prefill(prompt).ok();
  const SamplingDefaults defaults = model.sampling();
  auto sampler = session->sampler({.temperature = defaults.temperature,
                                   .top_k = defaults.top_k,
                                   .top_p = defaults.top_p,
                                   .min_p = defaults.min_p,
                                   .repeat_penalty = defaults.repeat_penalty});
  for (int i = 0; i < 12 && sampler.ok() && !session->logits().empty(); ++i) {
    const TokenId token = sampler->sample(session->logits());
    demand(token < vocabulary, "sampled an invalid token");
    (void)session->step(token);
  }
  demand(!session->step(vocabulary).ok(), "a token beyond the vocabulary was taken");
  return decoded;
}

}  // namespace

Exercised exercise(std::span<const std::byte> image) {
  const Result<Model> model = Model::open(image);
  if (!model.ok()) {
    std::array<char, 200> text{};
    (void)describe(model.status(), text);
    return {.opened = model.status()};
  }
  (void)model->verify_data();
  const Config config{.context = std::min(model->architecture().trained_context, 12U),
                      .sinks = 2,
                      .kv = {},
                      .prefill_chunk = 3,
                      .longest_word = 64};
  (void)plan(*model, Config{});
  const Result<MemoryPlan> needed = plan(*model, config);
  if (!needed.ok() || needed->total() > most_memory || model->data().size() > most_weights)
    return {};
  GuardedBytes memory(static_cast<std::size_t>(needed->total()), std::byte{0xFF});
  const bool decoded = decode_some(*model, config, memory.span());
  demand(memory.intact(), "wrote before its memory");
  return {.opened = {}, .decoded = decoded};
}

}  // namespace ringlet::test

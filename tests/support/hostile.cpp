#include "support/hostile.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "ringlet/ringlet.hpp"

namespace ringlet::test {
namespace {

constexpr std::uint64_t most_memory = 8U << 20;
constexpr std::size_t most_weights = 4U << 20;

void use_tokenizer(const Model& model, std::span<std::byte> workspace) {
  const Result<Tokenizer> tokenizer = Tokenizer::open(model);
  if (!tokenizer.ok()) return;
  std::string_view text = "the cat and a dog \xF0\x9F\x98\x80\xFF sat";
  std::array<TokenId, 64> ids{};
  Detokenizer decode(*tokenizer);
  while (!text.empty()) {
    const auto encoded = tokenizer->encode(text, true, workspace, ids);
    if (!encoded.ok() || encoded->bytes == 0) break;
    for (std::size_t i = 0; i < encoded->tokens; ++i) (void)decode.next(ids[i]);
    text.remove_prefix(encoded->bytes);
  }
  for (TokenId id = 0; id < std::min(model.architecture().vocab_size, 2000U); ++id)
    (void)decode.next(id);
  (void)decode.next(0xFFFFFFFF);
  (void)decode.finish();
}

void decode_some(const Model& model, const Config& config, std::span<std::byte> memory) {
  Result<Session> session = Session::create(model, config, memory);
  if (!session.ok()) return;
  use_tokenizer(model, session->tokenizer_workspace());
  const std::uint32_t vocabulary = model.architecture().vocab_size;
  const TokenId prompt[] = {1 % vocabulary, 2 % vocabulary, 5 % vocabulary, 0, vocabulary - 1};
  bool alive = session->prefill(prompt).ok();  // weights may give NaN or infinity
  const SamplingDefaults defaults = model.sampling();
  auto sampler = Sampler::create({.temperature = defaults.temperature,
                                  .top_k = defaults.top_k,
                                  .top_p = defaults.top_p,
                                  .min_p = defaults.min_p},
                                 vocabulary, session->sampler_workspace());
  for (int i = 0; i < 6 && sampler.ok() && alive; ++i) {
    alive = session->step(sampler->sample(session->logits())).ok();
  }
  (void)session->step(vocabulary);
}

}  // namespace

bool exercise(std::span<const std::byte> image) {
  const Result<Model> model = Model::open(image);
  if (!model.ok()) {
    std::array<char, 200> text{};
    (void)describe(model.status(), text);
    return false;
  }
  (void)model->verify_data();
  const Config config{.context = std::min(model->architecture().context, 12U),
                      .sinks = 2,
                      .kv = {},
                      .prefill_chunk = 3,
                      .longest_word = 64};
  (void)plan(*model, Config{});
  const Result<MemoryPlan> needed = plan(*model, config);
  if (!needed.ok() || needed->total() > most_memory || model->data().size() > most_weights)
    return true;
  AlignedBytes memory(static_cast<std::size_t>(needed->total()), std::byte{0xFF});
  decode_some(*model, config, memory.span());
  return true;
}

}  // namespace ringlet::test

#include "support/hostile_image.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "ringlet/ringlet.hpp"
#include "support/images.hpp"

namespace ringlet::test {
namespace {

struct Choice {
  const char* name;
  KvFormats kv;
};
constexpr Choice choices[] = {{"f32", KvFormat::f32},
                              {"f16", KvFormat::f16},
                              {"int8", KvFormat::int8},
                              {"k8v4", {KvFormat::int8, KvFormat::int4}},
                              {"int4", KvFormat::int4}};
constexpr unsigned repair_bit = 1;
constexpr unsigned in_place_bit = 16;
constexpr std::uint32_t vocabulary = 20;

const Model& tiny_model() {
  static const LoadedModel file = [] {
    Recipe recipe{.architecture = architecture_with_heads(2, 1, 8)};
    recipe.architecture.dim = 16;
    recipe.architecture.hidden_dim = 18;
    recipe.architecture.context = 200;
    recipe.architecture.vocab_size = vocabulary;
    recipe.windows = {5, 0};
    return LoadedModel(recipe, all_int8);
  }();
  return file.model;
}

Config config_of(unsigned mode) {
  return {.context = 70,
          .sinks = 2,
          .kv = choices[(mode >> 1 & 7U) % std::size(choices)].kv,
          .hot_window = 16,
          .prefill_chunk = 4,
          .repeat_window = 8,
          .sinks_in_image = (mode & in_place_bit) != 0};
}

void repair(AlignedBytes& image) {
  const std::size_t head = head_bytes(image.span());
  flatbuffers::Verifier verifier(image.as<std::uint8_t>(), head);
  if (head > 0 && schema::VerifySizePrefixedImageBuffer(verifier)) {
    auto* root =
        flatbuffers::GetMutableRoot<flatbuffers::Table>(image.data() + sizeof(std::uint32_t));
    root->SetField<std::uint64_t>(schema::Image::VT_MODEL, tiny_model().hash(), 0);
  }
  seal_image(image.span());
}

void demand(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "image: %s\n", what);
  std::abort();
}

/// A cache of garbage may give NaN or infinity. Then the session says so, and goes no further.
bool is_spoilt(const Status& status) {
  demand(status.ok() || status.code() == ErrorCode::not_finite, "tokens were refused");
  return !status.ok();
}

/// What a session does next, as a hash of its logits.
std::uint64_t go_on(Session& session) {
  static const std::vector<TokenId> tokens = random_tokens(15, vocabulary, 3);
  return digest_of_steps(session, tokens);
}

void use(Session& session, Sampler& sampler, const Config& config) {
  for (int i = 0; i < 3 && !session.logits().empty(); ++i) {
    if (is_spoilt(session.step(sampler.sample(session.logits())))) return;
  }
  const std::vector<TokenId> tokens = random_tokens(9, vocabulary, 4);
  if (is_spoilt(session.prefill(tokens))) return;
  demand(session.truncate(session.position() - config.prefill_chunk).ok(), "it does not go back");
  (void)session.truncate(0);
  const AlignedBytes saved = image_of(session, &sampler);
  LiveSession other(session.model(), config);
  auto second = *Sampler::create({}, vocabulary, other.session.sampler_workspace());
  demand(other.session.restore(saved.span(), &second).ok(), "what was saved is refused");
  demand(go_on(session) == go_on(other.session), "what was restored differs");
}

}  // namespace

bool exercise_image(std::span<const std::byte> input) {
  if (input.empty()) return false;
  const auto mode = std::to_integer<unsigned>(input[0]);
  AlignedBytes image(input.subspan(1));
  if ((mode & repair_bit) != 0) repair(image);
  std::array<char, 200> text{};
  (void)describe(image_info(image.span()).status(), text);
  const Config config = config_of(mode);
  LiveSession live(tiny_model(), config);
  auto sampler = *Sampler::create({.temperature = 1, .repeat_window = 8}, vocabulary,
                                  live.session.sampler_workspace());
  const Status status = live.session.restore(image.span(), &sampler);
  (void)describe(status, text);
  if (!status.ok()) {
    demand(live.session.position() == 0 && live.session.logits().empty(), "a refusal left a trace");
    return false;
  }
  // Near the end of all positions what is saved later would be beyond it.
  if (live.session.position() < std::uint64_t{1} << 61) use(live.session, sampler, config);
  return true;
}

std::vector<std::pair<std::string, AlignedBytes>> image_inputs() {
  std::vector<std::pair<std::string, AlignedBytes>> inputs;
  for (unsigned kv = 0; kv < std::size(choices); ++kv) {
    for (const std::size_t position : {1U, 2U, 30U, 150U}) {
      LiveSession live(tiny_model(), config_of(kv << 1));
      auto sampler =
          *Sampler::create({.repeat_window = 8}, vocabulary, live.session.sampler_workspace());
      for (const TokenId token : random_tokens(position, vocabulary, position)) {
        (void)live.session.step(token);
        sampler.observe(token);
      }
      const AlignedBytes image = image_of(live.session, position < 100 ? nullptr : &sampler);
      for (const unsigned more : {repair_bit, repair_bit | in_place_bit}) {
        if ((more & in_place_bit) != 0 && position < 2) continue;
        AlignedBytes input(image.size() + 1);
        input[0] = static_cast<std::byte>(kv << 1 | more);
        std::memcpy(input.data() + 1, image.data(), image.size());
        inputs.emplace_back(std::string(choices[kv].name) + "_" + std::to_string(position) +
                                ((more & in_place_bit) != 0 ? "_in_place" : ""),
                            std::move(input));
      }
    }
  }
  return inputs;
}

}  // namespace ringlet::test

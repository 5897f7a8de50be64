#include "support/hostile_snapshot.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "ringlet/ringlet.hpp"
#include "support/family_models.hpp"
#include "support/hash.hpp"
#include "support/snapshots.hpp"

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

const Model& tiny_model() {
  static const LoadedModel file = [] {
    Recipe recipe{.architecture = architecture_with_heads(2, 1, 8)};
    recipe.architecture.dim = 16;
    recipe.architecture.hidden_dim = 18;
    recipe.architecture.trained_context = 200;
    recipe.architecture.vocab_size = 20;
    recipe.windows = {5, 0};
    return LoadedModel(recipe, all_int8);
  }();
  return file.model;
}

const Model& model_of(unsigned number) {
  const auto families = static_cast<unsigned>(runtime_families().size());
  const unsigned index = number % (families + 1);
  return index == 0 ? tiny_model() : family_model(index - 1).model;
}

Config config_of(unsigned mode, unsigned number) {
  return {.context = number == 0 ? 70U : 24U,
          .sinks = 2,
          .kv = choices[(mode >> 1 & 7U) % std::size(choices)].kv,
          .hot_window = 16,
          .prefill_chunk = 4,
          .repeat_window = 8,
          .sinks_in_snapshot = (mode & in_place_bit) != 0,
          .rewind = 2};
}

void repair(AlignedBytes& snapshot, const Model& model) {
  const std::size_t header = header_bytes(snapshot.span());
  flatbuffers::Verifier verifier(snapshot.as<std::uint8_t>(), header);
  if (header > 0 && schema::VerifySizePrefixedSnapshotBuffer(verifier)) {
    auto* root =
        flatbuffers::GetMutableRoot<flatbuffers::Table>(snapshot.data() + sizeof(std::uint32_t));
    root->SetField<std::uint64_t>(schema::Snapshot::VT_MODEL, model.hash(), 0);
  }
  seal_snapshot(snapshot.span());
}

void demand(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "snapshot: %s\n", what);
  std::abort();
}

/// A cache of garbage can give NaN or infinity. Then the session reports it, and stops.
bool is_spoilt(const Status& status) {
  demand(status.ok() || status.code() == ErrorCode::not_finite, "tokens were refused");
  return !status.ok();
}

std::uint32_t vocabulary_of(const Session& session) {
  return session.model().architecture().vocab_size;
}

/// The next steps of a session, as a hash of its logits up to where it stops.
std::uint64_t go_on(Session& session) {
  Hash hash;
  for (const TokenId token : random_tokens(15, vocabulary_of(session), 3)) {
    if (is_spoilt(session.step(token))) break;
    hash.floats(session.logits());
  }
  return hash.value();
}

void use(Session& session, Sampler& sampler, const Config& config) {
  for (int i = 0; i < 3 && !session.logits().empty(); ++i) {
    if (is_spoilt(session.step(sampler.sample(session.logits())))) return;
  }
  const std::vector<TokenId> tokens = random_tokens(9, vocabulary_of(session), 4);
  if (is_spoilt(session.prefill(tokens))) return;
  const std::uint64_t back = std::min<std::uint64_t>(
      config.prefill_chunk,
      session.model().architecture().convolution != 0 ? config.rewind : config.prefill_chunk);
  demand(session.truncate(session.position() - back).ok(), "it does not go back");
  (void)session.truncate(0);
  const AlignedBytes saved = snapshot_of(session, &sampler);
  LiveSession other(session.model(), config);
  auto second = *other.session.sampler({});
  demand(other.session.restore(saved.span(), &second).ok(), "what was saved is refused");
  demand(go_on(session) == go_on(other.session), "what was restored differs");
}

/// Whether use() has positions enough: near the end of all of them what is saved later would be
/// beyond it, and learned ones end early.
bool has_positions(const Session& session) {
  constexpr std::uint64_t used = 30;
  const std::uint32_t learned = session.model().architecture().learned_positions;
  const std::uint64_t end = learned > 0 ? learned : std::uint64_t{1} << 61;
  return session.position() + used <= end;
}

NamedInput input_of(const AlignedBytes& snapshot, unsigned mode, unsigned number,
                    std::string name) {
  AlignedBytes input(snapshot_input_prefix + snapshot.size());
  input[0] = static_cast<std::byte>(mode);
  input[1] = static_cast<std::byte>(number);
  std::memcpy(input.data() + snapshot_input_prefix, snapshot.data(), snapshot.size());
  return {std::move(name), std::move(input)};
}

/// The snapshot of a session of that model after so many tokens; a long one has a sampler.
AlignedBytes snapshot_at(std::size_t position, unsigned kv, unsigned number) {
  LiveSession live(model_of(number), config_of(kv << 1, number));
  const std::uint32_t vocabulary = vocabulary_of(live.session);
  auto sampler = *live.session.sampler({.repeat_window = 8});
  for (const TokenId token : random_tokens(position, vocabulary, position)) {
    (void)live.session.step(token);
    sampler.observe(token);
  }
  return snapshot_of(live.session, position < 100 ? nullptr : &sampler);
}

}  // namespace

Status exercise_snapshot(std::span<const std::byte> input) {
  if (input.size() < snapshot_input_prefix)
    return {ErrorCode::invalid_argument, "input", "is short"};
  const auto mode = std::to_integer<unsigned>(input[0]);
  const auto number = std::to_integer<unsigned>(input[1]);
  const Model& model = model_of(number);
  AlignedBytes snapshot(input.subspan(snapshot_input_prefix));
  if ((mode & repair_bit) != 0) repair(snapshot, model);
  std::array<char, 200> text{};
  (void)describe(snapshot_info(snapshot.span()).status(), text);
  const Config config = config_of(mode, number);
  LiveSession live(model, config);
  auto sampler = *live.session.sampler({.temperature = 1, .repeat_window = 8});
  const Status status = live.session.restore(snapshot.span(), &sampler);
  (void)describe(status, text);
  if (!status.ok()) {
    demand(live.session.position() == 0 && live.session.logits().empty(), "a refusal left a trace");
    return status;
  }
  if (has_positions(live.session)) use(live.session, sampler, config);
  return status;
}

std::vector<NamedInput> snapshot_inputs() {
  std::vector<NamedInput> inputs;
  for (unsigned kv = 0; kv < std::size(choices); ++kv) {
    for (const std::size_t position : {1U, 2U, 30U, 150U}) {
      const AlignedBytes snapshot = snapshot_at(position, kv, 0);
      const std::string name = std::string(choices[kv].name) + "_" + std::to_string(position);
      inputs.push_back(input_of(snapshot, kv << 1 | repair_bit, 0, name));
      if (position < 2) continue;
      inputs.push_back(
          input_of(snapshot, kv << 1 | repair_bit | in_place_bit, 0, name + "_in_place"));
    }
  }
  return inputs;
}

std::vector<NamedInput> family_snapshot_inputs() {
  constexpr std::size_t short_text = 3, wrapped = 40;
  std::vector<NamedInput> inputs;
  for (unsigned i = 0; i < runtime_families().size(); ++i) {
    for (unsigned kv = 0; kv < std::size(choices); ++kv) {
      const std::size_t position = (i + kv) % 2 == 0 ? short_text : wrapped;
      const unsigned mode = kv << 1 | repair_bit | (kv % 2 == 0 ? in_place_bit : 0);
      inputs.push_back(input_of(snapshot_at(position, kv, i + 1), mode, i + 1,
                                std::string(runtime_families()[i].name) + "_" + choices[kv].name));
    }
  }
  return inputs;
}

std::vector<NamedInput> refused_snapshot_inputs() {
  const AlignedBytes intact = snapshot_at(30, 2, 0);
  std::vector<NamedInput> inputs;
  const auto add = [&](const char* refusal, const auto& change, unsigned kv = 2) {
    AlignedBytes snapshot = intact;
    change(snapshot);
    inputs.push_back(input_of(snapshot, kv << 1, 0, refusal));
  };
  using schema::Snapshot;
  add("version: ", [](auto& i) { set_header<std::uint32_t>(i, Snapshot::VT_VERSION, 1); });
  add("model: ", [](auto& i) { set_header<std::uint64_t>(i, Snapshot::VT_MODEL, 1); });
  add("sinks: ", [](auto& i) { set_header<std::uint32_t>(i, Snapshot::VT_SINKS, 3); });
  add("checksum of its header", [](auto& i) { i[header_bytes(i.span()) - 1] ^= std::byte{1}; });
  add("checksum of its planes", [](auto& i) { i[header_bytes(i.span()) + 1] ^= std::byte{1}; });
  add("truncated", [](auto& i) { i = AlignedBytes(i.span().first(i.size() - 64)); });
  add("first bytes differ", [](auto& i) { i = AlignedBytes(std::size_t{64}); });
  add(
      "kv[0]", [](auto&) {}, 4);
  return inputs;
}

}  // namespace ringlet::test

#include "fuzz/session_machine.hpp"

#include <algorithm>

#include "fuzz/aims.hpp"
#include "support/family_models.hpp"
#include "support/kernel_sets.hpp"
#include "support/random_model.hpp"

namespace ringlet::test {
namespace {

constexpr std::size_t most_subjects = 4, most_operations = 80;
constexpr std::size_t longest_history = 600;

/// Three layers, of which one has a window of its own; keys are turned and have biases.
const Model& small_model() {
  static const LoadedModel file = [] {
    Recipe recipe{.architecture = small_architecture(), .hadamard_keys = true, .key_bias = 0.5F};
    recipe.architecture.layers = 3;
    recipe.architecture.trained_context = 128;
    recipe.windows = {0, 11, 0};
    return LoadedModel(recipe, all_int8);
  }();
  return file.model;
}

const Model& choose_model(ByteSource& bytes) {
  const std::size_t index = bytes.index(runtime_families().size() + 1);
  return index == 0 ? small_model() : family_model(index - 1).model;
}

}  // namespace

const KernelSet& SessionMachine::choose_kernels() {
  static const std::vector<const KernelSet*> sets = kernel_sets();
  return *sets[bytes_.index(sets.size())];
}

SessionMachine::SessionMachine(ByteSource bytes) : bytes_(bytes), model_(choose_model(bytes_)) {}

const std::array<SessionMachine::Operation, 20> SessionMachine::operations = {
    &SessionMachine::prefill,
    &SessionMachine::prefill,
    &SessionMachine::prefill,
    &SessionMachine::prefill_cancelled,
    &SessionMachine::refused_tokens,
    &SessionMachine::step,
    &SessionMachine::verify,
    &SessionMachine::verify,
    &SessionMachine::sample,
    &SessionMachine::digest,
    &SessionMachine::truncate,
    &SessionMachine::truncate,
    &SessionMachine::reset,
    &SessionMachine::save,
    &SessionMachine::save,
    &SessionMachine::restore,
    &SessionMachine::restore_damaged,
    &SessionMachine::set_execution,
    &SessionMachine::compare,
    &SessionMachine::create_another};

std::size_t SessionMachine::run() {
  create();
  create();
  for (std::size_t i = 0; i < most_operations && !bytes_.empty(); ++i) {
    if (subjects_.empty()) {
      create();
      continue;
    }
    SessionSubject& subject = *subjects_[bytes_.index(subjects_.size())];
    (this->*operations[bytes_.index(operations.size())])(subject);
    demand(subject.driver().position() == subject.history.size(), "a call left a wrong position");
  }
  for (const auto& subject : subjects_) compare(*subject);
  return compared_;
}

std::uint32_t SessionMachine::choose_number(std::uint32_t first, std::uint32_t last) {
  if (bytes_.one_in(64)) return static_cast<std::uint32_t>(bytes_.extreme());
  return bytes_.between(first, last);
}

Config SessionMachine::choose_config() {
  constexpr KvFormat formats[] = {KvFormat::f32, KvFormat::f16, KvFormat::int8, KvFormat::int4};
  Config config;
  config.context = choose_number(0, 100);
  config.sinks = choose_number(0, 8);
  if (bytes_.flag()) config.kv = KvFormats(formats[bytes_.index(4)], formats[bytes_.index(4)]);
  config.hot_window = choose_number(16, 60);
  config.prefill_chunk = choose_number(1, 40);
  config.threads = choose_number(1, 3);
  config.longest_word = choose_number(1, 64);
  config.repeat_window = choose_number(0, 16);
  config.allow_longer_context = bytes_.one_in(4);
  config.sinks_in_snapshot = bytes_.one_in(8);
  if (bytes_.flag()) config.draft_tokens = choose_number(0, 15);
  if (bytes_.flag()) config.rewind = choose_number(0, 9);
  if (bytes_.one_in(8)) config.lookup_window = choose_number(0, 100);
  if (bytes_.one_in(8)) config.accelerator_bytes = bytes_.below(5000);
  return config;
}

void SessionMachine::create() {
  SessionSubject::Choices choices{.config = choose_config()};
  // As often as not a session that a snapshot of another one fits.
  if (!subjects_.empty() && bytes_.flag()) {
    choices.config = subjects_.front()->config();
    if (bytes_.flag()) choices.config.context = bytes_.between(1, 100);
    choices.config.sinks_in_snapshot = bytes_.one_in(4);
  }
  choices.interface = bytes_.flag() ? Interface::c : Interface::cpp;
  choices.kernels = &choose_kernels();
  choices.flush = bytes_.flag() ? GuardedBytes::Flush::begin : GuardedBytes::Flush::end;
  choices.garbage = static_cast<std::byte>(bytes_.number(1));
  if (auto subject = SessionSubject::create(model_, choices)) {
    subjects_.push_back(std::move(subject));
  } else {
    met("a configuration was refused");
  }
}

void SessionMachine::create_another(SessionSubject&) {
  if (subjects_.size() < most_subjects) create();
}

std::vector<TokenId> SessionMachine::choose_tokens(const SessionSubject& subject,
                                                   std::size_t most) {
  if (subject.history.size() > longest_history) return {};
  most = static_cast<std::size_t>(std::min<std::uint64_t>(most, subject.positions_left()));
  return random_tokens(bytes_.index(most + 1), subject.vocabulary(), bytes_.number(1));
}

void SessionMachine::appended(SessionSubject& subject, std::span<const TokenId> tokens) {
  subject.append(tokens, 1);
}

}  // namespace ringlet::test

#include "fuzz/pool_machine.hpp"

#include <algorithm>

#include "fuzz/aims.hpp"
#include "support/family_models.hpp"
#include "support/kernel_sets.hpp"
#include "support/ring_cases.hpp"

namespace ringlet::test {
namespace {

constexpr std::size_t most_operations = 80;
constexpr std::size_t longest_text = 500;

/// Three layers, of which one has a window of its own; keys have biases.
const Model& ring_model() {
  static const LoadedModel file = [] {
    Recipe recipe = ring_recipe();
    recipe.key_bias = 0.5F;
    return LoadedModel(recipe, all_int8);
  }();
  return file.model;
}

const Model& choose_model(ByteSource& bytes) {
  const std::size_t index = bytes.index(runtime_families().size() + 1);
  return index == 0 ? ring_model() : family_model(index - 1).model;
}

}  // namespace

PoolMachine::PoolMachine(ByteSource bytes) : bytes_(bytes), model_(choose_model(bytes_)) {
  static const std::vector<const KernelSet*> sets = kernel_sets();
  PoolSubject::Choices choices{.config = choose_config()};
  choices.interface = bytes_.flag() ? Interface::c : Interface::cpp;
  choices.kernels = sets[bytes_.index(sets.size())];
  choices.flush = bytes_.flag() ? GuardedBytes::Flush::begin : GuardedBytes::Flush::end;
  choices.garbage = static_cast<std::byte>(bytes_.number(1));
  subject_ = PoolSubject::create(model_, choices);
  if (subject_ == nullptr) met("a configuration was refused");
}

std::uint32_t PoolMachine::choose_number(std::uint32_t first, std::uint32_t last) {
  if (bytes_.one_in(128)) return static_cast<std::uint32_t>(bytes_.extreme());
  return bytes_.between(first, last);
}

PoolConfig PoolMachine::choose_config() {
  constexpr KvFormat formats[] = {KvFormat::f32, KvFormat::f16, KvFormat::int8, KvFormat::int4};
  PoolConfig config;
  Config& session = config.session;
  session.context = choose_number(0, 150);
  session.sinks = choose_number(0, 8);
  if (bytes_.flag()) session.kv = KvFormats(formats[bytes_.index(4)], formats[bytes_.index(4)]);
  session.hot_window = choose_number(16, 60);
  session.prefill_chunk = choose_number(1, 40);
  session.draft_tokens = choose_number(0, std::min(7U, session.prefill_chunk - 1));
  if (bytes_.flag()) session.rewind = choose_number(0, 9);
  config.sessions = choose_number(1, 5);
  if (bytes_.flag()) config.prefix_tokens = choose_number(1, 50);
  session.sinks_in_snapshot = bytes_.one_in(6);
  if (bytes_.flag()) {
    config.branches = choose_number(1, 4);
    config.branch_pages = choose_number(1, 30);
  }
  return config;
}

std::size_t PoolMachine::run() {
  if (subject_ == nullptr) return 0;
  if (subject_->config().prefix_tokens > 0) prefix();
  for (std::size_t i = 0; i < most_operations && !bytes_.empty(); ++i) {
    (this->*operations[bytes_.index(operations.size())])();
    for (std::uint32_t seat = 0; seat < subject_->seats.size(); ++seat) {
      demand(subject_->session(seat).position() == subject_->seats[seat].text.size(),
             "a call left a wrong position");
    }
  }
  for (std::uint32_t i = 0; i < subject_->seats.size(); ++i) {
    subject_->compare(i);
    ++compared_;
  }
  return compared_;
}

std::vector<TokenId> PoolMachine::choose_tokens(std::uint64_t count) {
  return random_tokens(static_cast<std::size_t>(count), subject_->vocabulary(), bytes_.number(2));
}

bool PoolMachine::has_branches() const {
  for (std::uint32_t i = 0; i < subject_->config().sessions; ++i) {
    if (subject_->branches_of(i) > 0) return true;
  }
  return false;
}

PoolMachine::Pass PoolMachine::choose_pass() {
  const std::uint32_t most_rows = subject_->config().session.prefill_chunk;
  const std::uint32_t most_logits = subject_->config().session.draft_tokens + 1;
  const auto count = static_cast<std::uint32_t>(subject_->seats.size());
  const std::uint32_t first = choose_seat();
  Pass pass;
  for (std::uint32_t k = 0; k < count; ++k) {
    const std::uint32_t seat = (first + k) % count;
    const std::uint64_t room =
        std::min<std::uint64_t>(subject_->room(seat), most_rows - pass.rows.size());
    if (room == 0 || subject_->seats[seat].text.size() > longest_text || bytes_.one_in(3)) continue;
    const std::uint64_t tokens =
        1 + bytes_.below(std::min<std::uint64_t>(room, bytes_.one_in(3) ? 30 : 3));
    const std::uint64_t logits = bytes_.below(std::min<std::uint64_t>(tokens, most_logits) + 1);
    const std::vector<TokenId> text = choose_tokens(tokens);
    for (std::size_t i = 0; i < text.size(); ++i) {
      const bool has_logits = i + logits >= tokens;
      // Later rows get logits although they do not ask for them.
      const bool asks = has_logits && (i + logits == tokens || bytes_.flag());
      pass.rows.push_back({seat, text[i], asks});
      pass.has_logits.push_back(has_logits);
    }
    subject_->append(seat, text, logits);
  }
  return pass;
}

void PoolMachine::take_prefix(const std::vector<TokenId>& tokens) {
  subject_->shared = tokens;
  for (std::uint32_t i = 0; i < subject_->config().sessions; ++i) subject_->begin_anew(i);
}

}  // namespace ringlet::test

#include "fuzz/session_subject.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "support/kernel_sets.hpp"

namespace ringlet::test {
namespace {

constexpr std::uint64_t most_memory = 1U << 20;

/// Threads one after the other, the last one first.
void run_backwards(void*, std::uint32_t threads, Team::Work work, void* argument) {
  while (threads-- > 0) work(argument, threads);
}

bool same_bits(std::span<const float> a, std::span<const float> b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

/// What is refused at creation, before it succeeds.
void expect_refusals(Interface interface, const SessionRequest& whole) {
  SessionRequest request = whole;
  Status status;
  request.memory = whole.memory.first(whole.memory.size() - 1);
  demand(drive(interface, request, status) == nullptr &&
             status.code() == ErrorCode::not_enough_memory &&
             status.needed() == whole.memory.size(),
         "one byte less is refused with the bytes needed");
  request.memory = whole.memory.subspan(8);
  demand(
      drive(interface, request, status) == nullptr && status.code() == ErrorCode::invalid_argument,
      "memory that is not aligned is refused");
}

}  // namespace

std::unique_ptr<SessionSubject> SessionSubject::create(const Model& model, const Choices& choices) {
  const Config& config = choices.config;
  const Result<MemoryPlan> planned = plan(model, config);
  const Team team{.threads = std::max(config.threads, 1U),
                  .run = config.threads > 1 ? run_backwards : Team{}.run};
  Status status;
  if (!planned.ok()) {
    std::array<char, 300> line{};
    demand(!describe(planned.status(), line).empty(), "a refusal says why");
    const SessionRequest request{model, config, {}, *choices.kernels, team};
    demand(drive(choices.interface, request, status) == nullptr &&
               status.code() == planned.status().code(),
           "what the plan refuses is created");
    return nullptr;
  }
  if (planned->total() > most_memory || config.threads > 64) return nullptr;
  const std::uint32_t longest = longest_context(model, config, planned->total());
  demand(longest >= config.context || config.allow_longer_context,
         "the longest context is shorter than one that fits");
  std::unique_ptr<SessionSubject> subject(new SessionSubject);
  subject->memory_ =
      GuardedBytes(static_cast<std::size_t>(planned->total()), choices.garbage, choices.flush);
  const SessionRequest request{model, config, subject->memory_.span(), *choices.kernels, team};
  expect_refusals(choices.interface, request);
  subject->driver_ = drive(choices.interface, request, status);
  demand(status.ok() && subject->driver_ != nullptr, "what is planned is not created");
  subject->model_ = &model;
  subject->config_ = config;
  return subject;
}

std::uint64_t SessionSubject::positions_left() const {
  const std::uint32_t learned = model_->architecture().learned_positions;
  return learned == 0 ? UINT64_MAX : learned - history.size();
}

std::vector<std::byte> SessionSubject::state() const {
  if (lacks_sinks()) return {};
  const std::shared_ptr<GuardedBytes> bytes = save(true).bytes;
  return {bytes->span().begin(), bytes->span().end()};
}

KeptSnapshot SessionSubject::save(bool with_sampler) const {
  const Result<std::size_t> asked = driver_->save({}, with_sampler);
  demand(asked.status().code() == ErrorCode::not_enough_memory, "saving into nothing");
  const auto needed = static_cast<std::size_t>(asked.status().needed());
  const Result<std::uint64_t> most = snapshot_bytes(*model_, config_);
  demand(most.ok() && needed <= *most, "a snapshot is larger than snapshot_bytes()");
  const Result<std::uint64_t> here = snapshot_bytes(*model_, config_, history.size());
  demand(highest > history.size() || (here.ok() && needed <= *here),
         "a snapshot is larger than snapshot_bytes() at its position");
  auto bytes = std::make_shared<GuardedBytes>(needed, std::byte{0xCD});
  demand(!driver_->save(bytes->span().first(needed - 1), with_sampler).ok(),
         "saved into too little");
  const Result<std::size_t> saved = driver_->save(bytes->span(), with_sampler);
  demand(saved.ok() && *saved == needed, "a snapshot has not the size that was asked for");
  demand(bytes->intact(), "a snapshot begins before its memory");
  bytes->make_read_only();
  return {.bytes = std::move(bytes),
          .model = model_,
          .config = config_,
          .history = history,
          .highest = highest,
          .has_logits = has_logits,
          .has_sampler = with_sampler,
          .sampler = driver_->sampler_state()};
}

void SessionSubject::append(std::span<const TokenId> tokens, std::size_t with_logits) {
  if (tokens.empty()) return;
  history.insert(history.end(), tokens.begin(), tokens.end());
  highest = std::max<std::uint64_t>(highest, history.size());
  rows = with_logits;
  has_logits = rows > 0;
}

bool SessionSubject::in_reach(std::uint64_t to) const {
  const bool recurrent = model_->architecture().convolution != 0;
  const std::uint64_t back = std::max(config_.rewind, config_.draft_tokens);
  return to <= history.size() && highest - to < config_.ring_chunk() &&
         (!recurrent || (to >= remembered && highest - to <= back));
}

bool SessionSubject::restore(const KeptSnapshot& snapshot, bool with_sampler) {
  const std::vector<std::byte> before = state();
  const Status status = driver_->restore(snapshot.bytes->span(), with_sampler);
  if (!status.ok()) {
    const bool equal = snapshot.model == model_ && snapshot.config.context == config_.context &&
                       snapshot.config.sinks == config_.sinks && snapshot.config.kv == config_.kv &&
                       snapshot.config.hot_window == config_.hot_window &&
                       snapshot.config.prefill_chunk == config_.prefill_chunk;
    const bool holds_sinks = !config_.sinks_in_snapshot || snapshot.history.size() >= config_.sinks;
    demand(!equal || !holds_sinks, "a snapshot of an equal configuration is refused");
    demand(state() == before, "a refused snapshot left a trace");
    return false;
  }
  demand(snapshot.model == model_, "a snapshot of another model was taken");
  if (config_.sinks_in_snapshot) sinks_ = snapshot.bytes;
  history = snapshot.history;
  highest = snapshot.highest;
  remembered = history.size();
  has_logits = snapshot.has_logits;
  rows = has_logits ? 1 : 0;
  if (with_sampler && snapshot.has_sampler) {
    const Sampler::State state = driver_->sampler_state();
    demand(state.seed == snapshot.sampler.seed && state.draws == snapshot.sampler.draws,
           "a sampler does not go on where it was");
  }
  return true;
}

void SessionSubject::compare_with_fresh() {
  demand(driver_->position() == history.size(), "the position is not that of the tokens");
  demand(driver_->logits().empty() == !has_logits, "there are logits where none can be");
  demand(memory_.intact(), "something before or behind the memory was written");
  if (lacks_sinks()) return;
  Config config = config_;
  config.threads = 1;
  config.sinks_in_snapshot = false;
  const Result<MemoryPlan> planned = plan(*model_, config);
  demand(planned.ok(), "a fresh session is refused");
  GuardedBytes memory(static_cast<std::size_t>(planned->total()), std::byte{0xFF});
  Result<Session> fresh = Session::create(*model_, config, memory.span(), *kernel_sets().back());
  demand(fresh.ok(), "a fresh session is not created");
  for (std::size_t at = 0; at < history.size();) {
    const std::size_t piece = std::min(history.size() - at, 1 + at * 7 % 23);
    demand(fresh->prefill(std::span(history).subspan(at, piece)).ok(), "a token is refused");
    at += piece;
  }
  if (has_logits) demand(same_bits(fresh->logits(), driver_->logits()), "logits differ");
  // What is in the ring shows in what comes next.
  for (TokenId more = 0; more < 3 && positions_left() > 0; ++more) {
    const TokenId token = (more * 5 + 2) % vocabulary();
    demand(fresh->step(token).ok() && driver_->step(token).ok(), "one more token is refused");
    append({&token, 1}, 1);
    demand(same_bits(fresh->logits(), driver_->logits()), "logits of a later token differ");
  }
}

}  // namespace ringlet::test

#include "fuzz/pool_subject.hpp"

#include <algorithm>

#include "c/convert.hpp"
#include "ringlet/cache_layout.hpp"
#include "support/kernel_sets.hpp"
#include "support/sessions.hpp"

namespace ringlet::test {
namespace {

using ringlet::c::from_c;

constexpr std::uint64_t most_memory = 2U << 20;

ringlet_pool_config to_c(const PoolConfig& config) {
  return {ringlet::c::to_c(config.session), config.sessions, config.prefix_tokens, config.branches,
          config.branch_pages};
}

ringlet_pool handle(const Pool& pool) {
  ringlet_pool handle;
  ringlet::c::place(handle, pool);
  return handle;
}

ringlet_model handle(const Model& model) {
  ringlet_model handle;
  ringlet::c::place(handle, model);
  return handle;
}

Result<Pool> make(Interface interface, const Model& model, const PoolConfig& config,
                  std::span<std::byte> memory, const KernelSet& kernels) {
  if (interface == Interface::cpp) return Pool::create(model, config, memory, kernels);
  const ringlet_model c_model = handle(model);
  const ringlet_pool_config c_config = to_c(config);
  ringlet_plan c_plan;
  const Status planned = from_c(ringlet_pool_plan_create(&c_model, &c_config, &c_plan));
  const Result<MemoryPlan> expected = plan(model, config);
  demand(planned.ok() == expected.ok(), "the interfaces do not refuse the same");
  demand(!planned.ok() || c_plan.total == expected->total(), "the interfaces plan differently");
  ringlet_pool pool;
  const Status status =
      from_c(ringlet_pool_create(&pool, &c_model, &c_config, memory.data(), memory.size(),
                                 reinterpret_cast<const ringlet_kernels*>(&kernels), nullptr));
  if (!status.ok()) return status;
  return ringlet::c::object<Pool>(pool);
}

}  // namespace

std::unique_ptr<PoolSubject> PoolSubject::create(const Model& model, const Choices& choices) {
  const PoolConfig& config = choices.config;
  const Result<MemoryPlan> planned = plan(model, config);
  if (!planned.ok()) {
    demand(!make(choices.interface, model, config, {}, *choices.kernels).ok(),
           "what the plan refuses is created");
    return nullptr;
  }
  if (planned->total() > most_memory) return nullptr;
  std::unique_ptr<PoolSubject> subject(new PoolSubject);
  subject->memory_ =
      GuardedBytes(static_cast<std::size_t>(planned->total()), choices.garbage, choices.flush);
  const std::span<std::byte> memory = subject->memory_.span();
  const Status small =
      make(choices.interface, model, config, memory.first(memory.size() - 1), *choices.kernels)
          .status();
  demand(small.code() == ErrorCode::not_enough_memory && small.needed() == memory.size(),
         "one byte less is refused with the bytes needed");
  const Result<Pool> pool = make(choices.interface, model, config, memory, *choices.kernels);
  demand(pool.ok(), "what is planned is not created");
  subject->model_ = &model;
  subject->config_ = pool->config();
  subject->interface_ = choices.interface;
  subject->pool_ = *pool;
  subject->seats.resize(config.sessions + config.branches);
  for (std::uint32_t i = config.sessions; i < subject->seats.size(); ++i) {
    subject->seats[i].is_begun = false;
  }
  return subject;
}

Status PoolSubject::prefix(std::span<const TokenId> tokens) {
  if (interface_ == Interface::cpp) return pool_.prefix(tokens);
  ringlet_pool pool = handle(pool_);
  return from_c(ringlet_pool_prefix(&pool, tokens.data(), tokens.size(), nullptr));
}

Status PoolSubject::prefix(const std::shared_ptr<GuardedBytes>& snapshot) {
  kept_.push_back(snapshot);
  if (interface_ == Interface::cpp) {
    return pool_.prefix(std::span<const std::byte>(snapshot->span()));
  }
  ringlet_pool pool = handle(pool_);
  return from_c(ringlet_pool_prefix_snapshot(&pool, snapshot->data(), snapshot->size()));
}

Status PoolSubject::step(std::span<const Pool::Row> rows) {
  if (interface_ == Interface::cpp) return pool_.step(rows);
  std::vector<ringlet_pool_row> same;
  for (const Pool::Row& row : rows) same.push_back({row.session, row.token, row.logits});
  ringlet_pool pool = handle(pool_);
  return from_c(ringlet_pool_step(&pool, same.data(), same.size()));
}

Status PoolSubject::fork(std::uint32_t from, std::uint32_t to, std::uint32_t most_tokens) {
  if (interface_ == Interface::cpp) return pool_.fork(from, to, most_tokens);
  ringlet_pool pool = handle(pool_);
  return from_c(ringlet_pool_fork(&pool, from, to, most_tokens));
}

std::span<const float> PoolSubject::logits(std::uint32_t row) const {
  if (interface_ == Interface::cpp) return pool_.logits(row);
  const ringlet_pool pool = handle(pool_);
  const float* logits = ringlet_pool_logits(&pool, row);
  return {logits, logits != nullptr ? vocabulary() : 0};
}

Config PoolSubject::alone() const {
  Config session = config_.session;
  session.sinks_in_snapshot = false;
  session.threads = 1;
  return session;
}

std::uint64_t PoolSubject::pinned(std::uint32_t index) const {
  if (is_branch(index)) return seats[index].begins;
  if (config_.prefix_tokens > 0) return config_.prefix_tokens;
  return config_.session.sinks_in_snapshot ? config_.session.sinks : 0;
}

bool PoolSubject::lacks_sinks(std::uint32_t index) const {
  return seats[index].text.size() < pinned(index);
}

bool PoolSubject::has_sinks() const {
  for (std::uint32_t i = 0; i < model_->architecture().layers; ++i) {
    if (cache_layout(*model_, config_.session, i).sinks > 0) return true;
  }
  return false;
}

std::uint32_t PoolSubject::branches_of(std::uint32_t ring) const {
  std::uint32_t count = 0;
  for (std::uint32_t i = config_.sessions; i < seats.size(); ++i) {
    if (seats[i].is_begun && seats[i].root == ring) ++count;
  }
  return count;
}

std::uint64_t PoolSubject::room(std::uint32_t index) const {
  const Seat& seat = seats[index];
  if (!seat.is_begun || lacks_sinks(index)) return 0;
  const std::uint32_t learned = model_->architecture().learned_positions;
  const std::uint64_t left = learned == 0 ? UINT32_MAX : learned - seat.text.size();
  if (is_branch(index)) return std::min<std::uint64_t>(left, seat.limit - seat.text.size());
  return branches_of(index) > 0 ? 0 : left;
}

void PoolSubject::append(std::uint32_t index, std::span<const TokenId> tokens,
                         std::uint64_t with_logits) {
  Seat& seat = seats[index];
  seat.text.insert(seat.text.end(), tokens.begin(), tokens.end());
  seat.highest = std::max<std::uint64_t>(seat.highest, seat.text.size());
  seat.rows = with_logits;
}

void PoolSubject::begin_anew(std::uint32_t index) {
  if (is_branch(index)) {
    seats[index] = Seat{};
    seats[index].is_begun = false;
    return;
  }
  for (std::uint32_t i = config_.sessions; i < seats.size(); ++i) {
    if (seats[i].is_begun && seats[i].root == index) begin_anew(i);
  }
  seats[index] = Seat{.text = shared, .highest = shared.size(), .remembered = shared.size()};
}

KeptSeat PoolSubject::save(std::uint32_t index) const {
  const Session session = pool_.session(index);
  const Result<std::size_t> asked = session.save({});
  demand(asked.status().code() == ErrorCode::not_enough_memory, "saving into nothing");
  auto bytes = std::make_shared<GuardedBytes>(static_cast<std::size_t>(asked.status().needed()),
                                              std::byte{0xCD});
  const Result<std::size_t> saved = session.save(bytes->span());
  demand(saved.ok() && *saved == bytes->size() && bytes->intact(), "a snapshot has a wrong size");
  bytes->make_read_only();
  return {std::move(bytes), seats[index]};
}

bool PoolSubject::restore(const KeptSeat& snapshot, std::uint32_t index) {
  const std::vector<TokenId>& text = snapshot.seat.text;
  const bool has_ring = !is_branch(index) && branches_of(index) == 0;
  bool fits = text.size() >= pinned(index) || is_branch(index);
  if (config_.prefix_tokens > 0 && fits) {
    // Where all layers have windows, none holds the prefix for the others.
    fits = !shared.empty() &&
           (!has_sinks() || std::ranges::equal(shared, std::span(text).first(shared.size())));
  }
  const std::vector<std::byte> before = state();
  const std::span<const std::byte> bytes = snapshot.bytes->span();
  const Status status = pool_.session(index).restore(bytes);
  demand(status.ok() == (has_ring && fits), "a restore has the wrong outcome");
  if (!status.ok()) {
    demand(state() == before, "a refused snapshot left a trace");
    return false;
  }
  kept_.push_back(snapshot.bytes);
  seats[index] = Seat{.text = text,
                      .highest = snapshot.seat.highest,
                      .remembered = text.size(),
                      .rows = std::min<std::uint64_t>(snapshot.seat.rows, 1)};
  return true;
}

std::vector<std::byte> PoolSubject::state() const {
  std::vector<std::byte> all;
  for (std::uint32_t i = 0; i < seats.size(); ++i) {
    if (!seats[i].is_begun || lacks_sinks(i)) continue;
    const KeptSeat seat = save(i);
    const std::span<const std::byte> bytes = seat.bytes->span();
    all.insert(all.end(), bytes.begin(), bytes.end());
  }
  return all;
}

void PoolSubject::compare(std::uint32_t index) const {
  const Seat& seat = seats[index];
  const Session session = pool_.session(index);
  demand(session.position() == seat.text.size(), "the position is not that of the tokens");
  demand(session.logits().empty() == (seat.rows == 0), "there are logits where none can be");
  demand(memory_.intact(), "something before or behind the memory was written");
  if (!seat.is_begun || lacks_sinks(index)) return;
  LiveSession fresh(*model_, alone(), {}, *kernel_sets().back());
  for (std::size_t at = 0; at < seat.text.size();) {
    const std::size_t piece = std::min(seat.text.size() - at, 1 + at * 7 % 23);
    demand(fresh.session.prefill(std::span(seat.text).subspan(at, piece)).ok(),
           "a token is refused");
    at += piece;
  }
  if (seat.rows > 0) demand(same_bits(session.logits(), fresh.session.logits()), "logits differ");
  // What is in the ring shows in what comes next.
  LiveSession restored(*model_, alone());
  const KeptSeat kept = save(index);
  const std::span<const std::byte> bytes = kept.bytes->span();
  demand(restored.session.restore(bytes).ok(), "a snapshot of the pool is refused");
  const std::uint32_t learned = model_->architecture().learned_positions;
  for (TokenId more = 0; more < 3; ++more) {
    if (learned != 0 && fresh.session.position() == learned) break;
    const TokenId token = (more * 5 + 2) % vocabulary();
    demand(fresh.session.step(token).ok() && restored.session.step(token).ok(),
           "one more token is refused");
    demand(same_bits(fresh.session.logits(), restored.session.logits()),
           "logits of a later token differ");
  }
}

}  // namespace ringlet::test

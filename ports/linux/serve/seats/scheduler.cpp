#include "serve/seats/scheduler.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "clock.hpp"

namespace ringlet::serve {

Scheduler::Scheduler(const SeatSettings& settings, Counters& counters, SeatKeeper* keeper)
    : scratch_(settings.pool.model().architecture().vocab_size),
      settings_(settings),
      counters_(counters),
      keeper_(keeper) {
  settings_.scratch = scratch_;
  const std::uint32_t count = settings_.pool.config().sessions;
  for (std::uint32_t i = 0; i < count; ++i) seats_.emplace_back(settings_, i);
  used_.resize(count, 0);
  rows_.reserve(settings_.pool.config().session.prefill_chunk);
}

std::uint64_t Scheduler::scratch_bytes(const Model& model) {
  return std::uint64_t{model.architecture().vocab_size} * sizeof(float);
}

bool Scheduler::is_busy() const { return idle_seats() < seats_.size(); }

std::size_t Scheduler::idle_seats() const {
  return static_cast<std::size_t>(
      std::count_if(seats_.begin(), seats_.end(), [](const Seat& s) { return s.is_idle(); }));
}

/// The seat for a job, with the conversation that it continues; null if all are busy.
Seat* Scheduler::seat_for(const Job& job) {
  Seat* nearest = nullptr;
  Seat* oldest = nullptr;
  std::size_t share = 0;
  for (Seat& seat : seats_) {
    if (!seat.is_idle()) continue;
    const std::size_t own = seat.shared_with(job);
    if (nearest == nullptr || own > share) {
      nearest = &seat;
      share = own;
    }
    const auto age = [&](const Seat& one) {
      return one.position() == 0 ? 0 : used_[one.index()] + 1;
    };
    if (oldest == nullptr || age(seat) < age(*oldest)) oldest = &seat;
  }
  if (nearest == nullptr) return nullptr;
  const std::size_t kept = keeper_ == nullptr ? 0 : keeper_->best_share(job);
  // A few tokens at the beginning do not make it the same conversation.
  const bool goes_on = 2 * share >= nearest->held().tokens().size() || share >= job.tokens.size();
  if (share >= kept && share > 0 && goes_on) return nearest;
  if (keeper_ != nullptr && oldest->position() > 0) keeper_->keep(*oldest);
  if (kept > share) (void)keeper_->bring_back(job, *oldest);
  return oldest;
}

bool Scheduler::seat(Job& job) {
  Seat* chosen = seat_for(job);
  if (chosen == nullptr) return false;
  used_[chosen->index()] = ++jobs_;
  counters_.cached_tokens += chosen->begin(std::move(job));
  ++counters_.answers;
  return true;
}

void Scheduler::sweep() {
  const auto now = std::chrono::steady_clock::now();
  for (Seat& seat : seats_) {
    if (seat.is_idle()) continue;
    if (seat.job().mailbox->cancelled()) {
      seat.end(Ending::cancelled);
    } else if (now > seat.job().deadline) {
      seat.end(seat.reads_prompt() ? Ending::overdue : Ending::limit);
    }
  }
}

void Scheduler::add(Seat& seat, std::size_t most) {
  const auto first = static_cast<std::uint32_t>(rows_.size());
  const std::span<const TokenId> tokens = seat.propose(most);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    rows_.push_back({seat.index(), tokens[i], seat.wants_logits(i)});
  }
  shares_.push_back({&seat, first, static_cast<std::uint32_t>(tokens.size())});
}

/// Chooses the rows of the next pass.
void Scheduler::collect_rows() {
  rows_.clear();
  shares_.clear();
  std::vector<Seat*> answers;
  std::vector<Seat*> prompts;
  for (std::size_t i = 0; i < seats_.size(); ++i) {
    Seat& seat = seats_[(i + turn_) % seats_.size()];
    if (!seat.is_idle()) (seat.reads_prompt() ? prompts : answers).push_back(&seat);
  }
  ++turn_;  // so that more seats than rows take turns
  const std::size_t most = settings_.pool.config().session.prefill_chunk;
  if (most == 1 && !prompts.empty() && turn_ % 2 == 0) answers.clear();  // they alternate
  // Of many answers and few rows, a prompt still gets one.
  const std::size_t reserved = prompts.empty() ? 0 : 1;
  answers.resize(std::min(answers.size(), std::max<std::size_t>(most - reserved, 1)));
  const std::size_t spare = most - answers.size();
  const std::size_t drafts = prompts.empty() && !answers.empty() ? spare / answers.size() : 0;
  for (Seat* seat : answers) add(*seat, 1 + drafts);
  for (std::size_t i = 0; i < prompts.size() && rows_.size() < most; ++i) {
    const std::size_t left = most - rows_.size();
    add(*prompts[i], std::max<std::size_t>(left / (prompts.size() - i), 1));
  }
}

bool Scheduler::pass() {
  sweep();
  collect_rows();
  counters_.busy_seats = static_cast<std::uint32_t>(seats_.size() - idle_seats());
  if (rows_.empty()) return false;
  const std::uint64_t started = port::now_nanoseconds();
  const Status status = settings_.pool.step(rows_);
  if (status.ok()) {
    share_out();
  } else {
    ++counters_.failures;
    for (const Share& share : shares_) {
      const auto row = static_cast<std::uint32_t>(std::max<std::int64_t>(status.index(), 0));
      const bool own = row >= share.first && row < share.first + share.count;
      share.seat->recover(own ? std::optional<std::size_t>(row - share.first) : std::nullopt,
                          status);
    }
  }
  ++counters_.passes;
  counters_.busy_nanoseconds += port::now_nanoseconds() - started;
  return true;
}

void Scheduler::share_out() {
  for (const Share& share : shares_) {
    const Seat::Gain gain = share.seat->take(share.first);
    counters_.prompt_tokens += gain.prompt_tokens;
    counters_.tokens += gain.tokens;
    counters_.drafted += gain.drafted;
    counters_.accepted += gain.accepted;
  }
}

void Scheduler::end_all(Ending ending) {
  for (Seat& seat : seats_) {
    if (!seat.is_idle()) seat.end(ending);
  }
}

void Scheduler::keep_all() {
  if (keeper_ == nullptr) return;
  for (Seat& seat : seats_) {
    if (seat.is_idle() && seat.position() > 0) keeper_->keep(seat);
  }
}

}  // namespace ringlet::serve

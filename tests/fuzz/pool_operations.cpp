// The calls of a PoolMachine, each with a check of its result.
#include <algorithm>

#include "fuzz/aims.hpp"
#include "fuzz/pool_machine.hpp"
#include "support/kernel_sets.hpp"
#include "support/sessions.hpp"
#include "support/snapshots.hpp"

namespace ringlet::test {
namespace {

constexpr std::size_t most_snapshots = 6;
constexpr std::size_t longest_prompt = 60;
constexpr std::size_t longest_text = 500;

[[maybe_unused]] const bool declared = declare_aims({"a configuration was refused",
                                                     "passed rows of several sessions",
                                                     "passed rows of a branch",
                                                     "a pass was refused",
                                                     "prefilled a session",
                                                     "verified and went back",
                                                     "went back",
                                                     "going back was refused",
                                                     "a branch ended",
                                                     "forked into a branch",
                                                     "forked a branch",
                                                     "forked into a session",
                                                     "a branch became its session",
                                                     "a fork was refused",
                                                     "pages ran out",
                                                     "saved",
                                                     "saved a branch",
                                                     "restored",
                                                     "a snapshot was refused",
                                                     "a prefix from tokens",
                                                     "a prefix from a snapshot",
                                                     "a prefix was refused",
                                                     "compared after the ring had wrapped"});

}  // namespace

const std::array<PoolMachine::Operation, 16> PoolMachine::operations = {
    &PoolMachine::step,         &PoolMachine::step,    &PoolMachine::step,   &PoolMachine::step,
    &PoolMachine::step_refused, &PoolMachine::prefill, &PoolMachine::verify, &PoolMachine::truncate,
    &PoolMachine::reset,        &PoolMachine::fork,    &PoolMachine::fork,   &PoolMachine::fork,
    &PoolMachine::save,         &PoolMachine::restore, &PoolMachine::prefix, &PoolMachine::compare};

void PoolMachine::step() {
  const Pass pass = choose_pass();
  if (pass.rows.empty()) return;
  demand(subject_->step(pass.rows).ok(), "a pass is refused without a reason");
  for (std::uint32_t i = 0; i < pass.rows.size(); ++i) {
    demand(subject_->logits(i).empty() != pass.has_logits[i], "a row has other logits than asked");
    if (subject_->is_branch(pass.rows[i].session)) met("passed rows of a branch");
  }
  const auto rows = static_cast<std::uint32_t>(pass.rows.size());
  demand(subject_->logits(rows).empty(), "there are logits behind the last row");
  if (pass.rows.front().session != pass.rows.back().session) met("passed rows of several sessions");
}

/// One fault among rows that are right.
void PoolMachine::step_refused() {
  const std::vector<Seat> expected = subject_->seats;
  const std::vector<std::byte> before = subject_->state();
  Pass pass = choose_pass();
  subject_->seats = expected;
  std::vector<Pool::Row>& rows = pass.rows;
  const std::uint32_t most_rows = subject_->config().session.prefill_chunk;
  const auto seats = static_cast<std::uint32_t>(expected.size());
  switch (bytes_.below(5)) {
    case 0:
      rows.assign(bytes_.flag() ? 0 : std::size_t{most_rows} + 1, {0, 1});
      break;
    case 1:
      rows.push_back({seats + static_cast<std::uint32_t>(bytes_.below(3)), 1});
      break;
    case 2:
      if (rows.empty()) return;
      rows[bytes_.index(rows.size())].token = subject_->vocabulary();
      break;
    case 3:
      if (rows.empty() || rows.front().session == rows.back().session) return;
      rows.push_back(rows.front());
      break;
    default: {  // a seat that may not go on
      const std::uint32_t seat = choose_seat();
      const bool used =
          std::ranges::any_of(rows, [&](const auto& row) { return row.session == seat; });
      if (subject_->room(seat) > 0 || used) return;
      rows.push_back({seat, 1});
    }
  }
  demand(!subject_->step(rows).ok(), "a wrong pass was taken");
  demand(subject_->state() == before, "a refused pass left a trace");
  met("a pass was refused");
}

void PoolMachine::prefill() {
  const std::uint32_t seat = choose_seat();
  const std::uint64_t room = subject_->room(seat);
  if (subject_->seats[seat].text.size() > longest_text) return;
  const std::vector<TokenId> tokens = choose_tokens(1 + bytes_.below(longest_prompt));
  const std::vector<std::byte> before = subject_->state();
  const Status status = subject_->session(seat).prefill(tokens);
  demand(status.ok() == (tokens.size() <= room), "a prefill has the wrong outcome");
  if (!status.ok()) {
    demand(subject_->state() == before, "a refused prefill left a trace");
    return;
  }
  subject_->append(seat, tokens, 1);
  met("prefilled a session");
}

void PoolMachine::verify() {
  const std::uint32_t seat = choose_seat();
  const std::uint64_t most = std::uint64_t{subject_->config().session.draft_tokens} + 1;
  const std::vector<TokenId> tokens = choose_tokens(bytes_.below(most + 2));
  const bool possible =
      !tokens.empty() && tokens.size() <= most && tokens.size() <= subject_->room(seat);
  Session session = subject_->session(seat);
  demand(session.verify(tokens).ok() == possible, "a verify has the wrong outcome");
  if (!possible) return;
  const std::uint64_t dropped = bytes_.below(tokens.size());
  const std::size_t kept = tokens.size() - static_cast<std::size_t>(dropped);
  demand(session.truncate(session.position() - dropped).ok(), "drafts cannot be dropped");
  subject_->append(seat, tokens, tokens.size());
  Seat& expected = subject_->seats[seat];
  expected.text.resize(expected.text.size() - static_cast<std::size_t>(dropped));
  expected.rows = kept;
  demand(!session.logits(static_cast<std::uint32_t>(kept) - 1).empty() &&
             session.logits(static_cast<std::uint32_t>(kept)).empty(),
         "a verify keeps other rows than tokens");
  if (dropped > 0) met("verified and went back");
}

void PoolMachine::truncate() {
  const std::uint32_t index = choose_seat();
  Seat& seat = subject_->seats[index];
  const std::uint64_t position = seat.text.size();
  const std::uint64_t to = position - bytes_.below(std::min<std::uint64_t>(position, 50) + 1);
  const std::vector<std::byte> before = subject_->state();
  const Status status = subject_->session(index).truncate(to);
  if (!status.ok()) {
    const Config& config = subject_->config().session;
    const bool recurrent = subject_->model().architecture().convolution != 0;
    const std::uint64_t back = std::max(config.rewind, config.draft_tokens);
    const bool in_reach = seat.highest - to < config.ring_chunk() &&
                          (!recurrent || (to >= seat.remembered && seat.highest - to <= back));
    demand(status.code() == ErrorCode::out_of_range && to < position, "going back is refused");
    demand(!in_reach || to < subject_->pinned(index), "a token back is out of reach");
    demand(status.needed() > to, "an earliest position that is no later");
    demand(subject_->state() == before, "a refused truncation left a trace");
    met("going back was refused");
    return;
  }
  demand(to == position || to >= subject_->pinned(index), "went back into what is shared");
  seat.text.resize(static_cast<std::size_t>(to));
  if (to == 0) seat.remembered = 0;
  seat.rows -= std::min(seat.rows, position - to);
  if (to < position) met("went back");
}

void PoolMachine::reset() {
  const std::uint32_t seat = choose_seat();
  if (subject_->is_branch(seat) && subject_->seats[seat].is_begun) met("a branch ended");
  subject_->session(seat).reset();
  subject_->begin_anew(seat);
}

void PoolMachine::fork() {
  const std::uint32_t from = choose_seat();
  const std::uint32_t to = choose_seat();
  const std::uint32_t tokens = choose_number(0, 80);
  const Seat source = subject_->seats[from];
  const bool into_branch = subject_->is_branch(to);
  const bool returns =
      !into_branch && subject_->is_branch(from) && source.is_begun && source.root == to;
  const bool is_free = into_branch ? !subject_->seats[to].is_begun
                                   : subject_->branches_of(to) <= (returns ? 1U : 0U);
  const bool has_sinks = !into_branch || source.text.size() >= subject_->config().session.sinks;
  const bool possible =
      from != to && source.is_begun && !subject_->lacks_sinks(from) && is_free && has_sinks;
  const std::vector<std::byte> before = subject_->state();
  const Status status = subject_->fork(from, to, tokens);
  const bool is_full = status.code() == ErrorCode::not_enough_memory;
  demand(status.ok() == (possible && !is_full), "a fork has the wrong outcome");
  if (!status.ok()) {
    demand(!is_full || (into_branch && status.needed() > subject_->config().branch_pages),
           "pages that are there are refused");
    demand(subject_->state() == before, "a refused fork left a trace");
    met(is_full ? "pages ran out" : "a fork was refused");
    return;
  }
  Seat copy{.text = source.text,
            .highest = source.highest,
            .remembered = source.remembered,
            .rows = std::min<std::uint64_t>(source.rows, 1)};
  if (into_branch) {
    copy.root = subject_->is_branch(from) ? source.root : from;
    copy.begins = source.text.size();
    copy.limit = copy.begins + tokens;
  }
  if (returns) subject_->begin_anew(from);
  subject_->seats[to] = copy;
  met(returns                     ? "a branch became its session"
      : !into_branch              ? "forked into a session"
      : subject_->is_branch(from) ? "forked a branch"
                                  : "forked into a branch");
}

void PoolMachine::save() {
  const std::uint32_t seat = choose_seat();
  if (subject_->lacks_sinks(seat) || !subject_->seats[seat].is_begun) {
    std::vector<std::byte> room(1U << 16);
    demand(!subject_->session(seat).save(room).ok(), "saved what is not there");
    return;
  }
  KeptSeat kept = subject_->save(seat);
  met(subject_->is_branch(seat) ? "saved a branch" : "saved");
  if (snapshots_.size() < most_snapshots) {
    snapshots_.push_back(std::move(kept));
  } else {
    snapshots_[bytes_.index(snapshots_.size())] = std::move(kept);
  }
}

void PoolMachine::restore() {
  if (snapshots_.empty()) return;
  const KeptSeat& snapshot = snapshots_[bytes_.index(snapshots_.size())];
  met(subject_->restore(snapshot, choose_seat()) ? "restored" : "a snapshot was refused");
}

void PoolMachine::prefix() {
  const std::uint32_t wanted = subject_->config().prefix_tokens;
  const bool in_place = subject_->config().session.sinks_in_snapshot;
  const bool from_tokens = bytes_.flag();
  const bool right_length = !bytes_.one_in(6);
  const std::vector<TokenId> tokens = choose_tokens(right_length ? wanted : wanted + 1);
  const bool possible = wanted > 0 && right_length && !has_branches() && !(from_tokens && in_place);
  const std::vector<std::byte> before = subject_->state();
  Status status;
  if (from_tokens) {
    status = subject_->prefix(tokens);
  } else {
    LiveSession author(subject_->model(), subject_->alone(), {}, *kernel_sets().front());
    demand(author.session.prefill(tokens).ok(), "a prefix is refused");
    const AlignedBytes snapshot = snapshot_of(author.session);
    const auto kept = std::make_shared<GuardedBytes>(snapshot.span());
    kept->make_read_only();
    status = subject_->prefix(kept);
  }
  demand(status.ok() == possible, "a prefix has the wrong outcome");
  if (!status.ok()) {
    demand(subject_->state() == before, "a refused prefix left a trace");
    met("a prefix was refused");
    return;
  }
  take_prefix(tokens);
  met(from_tokens ? "a prefix from tokens" : "a prefix from a snapshot");
}

void PoolMachine::compare() {
  const std::uint32_t seat = choose_seat();
  if (subject_->seats[seat].text.size() > std::size_t{subject_->config().session.context} + 40) {
    met("compared after the ring had wrapped");
  }
  subject_->compare(seat);
  ++compared_;
}

}  // namespace ringlet::test

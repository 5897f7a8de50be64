// The calls of a SessionMachine, each with a check of its result.
#include <algorithm>
#include <cstring>

#include "fuzz/aims.hpp"
#include "fuzz/session_machine.hpp"
#include "ringlet/digest.hpp"

namespace ringlet::test {
namespace {

constexpr std::size_t most_snapshots = 6;

[[maybe_unused]] const bool declared = declare_aims(
    {"a configuration was refused", "a prefill was cancelled", "positions ran out",
     "an invalid token was refused", "a digest was computed", "went back", "going back was refused",
     "went back within a verify", "verified", "saved", "saved with sinks in a snapshot", "restored",
     "restored with sinks in a snapshot", "restored under another configuration",
     "a snapshot was refused", "a damaged snapshot was refused", "another execution was taken",
     "compared after the ring had wrapped", "compared with sinks in a snapshot"});

}  // namespace

void SessionMachine::prefill(SessionSubject& subject) {
  const std::vector<TokenId> tokens = choose_tokens(subject, bytes_.one_in(4) ? 150 : 20);
  const Status status = subject.driver().prefill(tokens, {});
  demand(status.ok() != subject.lacks_sinks(), "tokens are refused without a reason");
  if (status.ok()) appended(subject, tokens);
}

void SessionMachine::prefill_cancelled(SessionSubject& subject) {
  const std::vector<TokenId> tokens = choose_tokens(subject, 100);
  if (subject.lacks_sinks() || tokens.empty()) return;
  std::uint64_t reports = bytes_.below(4);
  const Progress progress{[](void* left, std::uint64_t done, std::uint64_t total) {
                            demand(done <= total, "progress beyond the end");
                            auto& reports_left = *static_cast<std::uint64_t*>(left);
                            return reports_left-- > 0;
                          },
                          &reports};
  const std::size_t before = subject.history.size();
  const Status status = subject.driver().prefill(tokens, progress);
  const auto done = static_cast<std::size_t>(subject.driver().position() - before);
  demand(done <= tokens.size(), "a prefill went too far");
  demand(status.ok() ? done == tokens.size()
                     : status.code() == ErrorCode::cancelled && done < tokens.size() &&
                           status.actual() == done,
         "a cancelled prefill says something else than it did");
  appended(subject, std::span(tokens).first(done));
  if (status.ok()) return;
  subject.has_logits = false;
  subject.rows = 0;
  met("a prefill was cancelled");
}

void SessionMachine::refused_tokens(SessionSubject& subject) {
  std::vector<TokenId> tokens = choose_tokens(subject, 40);
  const std::vector<std::byte> before = subject.state();
  const std::uint64_t left = subject.positions_left();
  if (left < 200 && bytes_.flag()) {
    met("positions ran out");
    tokens.assign(static_cast<std::size_t>(left) + 1, 0);
  } else {
    tokens.push_back(subject.vocabulary() + static_cast<TokenId>(bytes_.number(4) >> 1));
  }
  demand(!subject.driver().prefill(tokens, {}).ok(), "an invalid token was taken");
  demand(subject.state() == before, "refused tokens left a trace");
  met("an invalid token was refused");
}

void SessionMachine::step(SessionSubject& subject) {
  const TokenId token = static_cast<TokenId>(bytes_.below(subject.vocabulary()));
  const bool possible = !subject.lacks_sinks() && subject.positions_left() > 0;
  demand(subject.driver().step(token).ok() == possible, "a step has the wrong outcome");
  if (possible) appended(subject, {&token, 1});
}

void SessionMachine::verify(SessionSubject& subject) {
  const std::uint64_t most = std::uint64_t{subject.config().draft_tokens} + 1;
  const std::vector<TokenId> tokens =
      choose_tokens(subject, static_cast<std::size_t>(std::min<std::uint64_t>(most + 1, 20)));
  const bool possible = !subject.lacks_sinks() && !tokens.empty() && tokens.size() <= most;
  const std::vector<std::byte> before = subject.state();
  const Status status = subject.driver().verify(tokens);
  demand(status.ok() == possible, "a verify has the wrong outcome");
  if (!possible) {
    demand(subject.state() == before, "a refused verify left a trace");
    return;
  }
  subject.append(tokens, tokens.size());
  const auto rows = static_cast<std::uint32_t>(tokens.size());
  demand(!subject.driver().logits(rows - 1).empty() && subject.driver().logits(rows).empty(),
         "a verify has other rows than tokens");
  demand(subject.driver().logits(rows - 1).data() == subject.driver().logits().data(),
         "the last row is not the last logits");
  met("verified");
}

void SessionMachine::sample(SessionSubject& subject) {
  if (!subject.has_logits || subject.lacks_sinks()) return;
  const TokenId token = subject.driver().sample();
  demand(token < subject.vocabulary(), "an invalid token was sampled");
  if (subject.positions_left() == 0) return;
  demand(subject.driver().step(token).ok(), "a sampled token is refused");
  appended(subject, {&token, 1});
}

void SessionMachine::digest(SessionSubject& subject) {
  const DigestOptions options{
      .tokens = bytes_.below(40), .chunk = bytes_.between(1, 20), .from_start = bytes_.one_in(4)};
  const std::vector<std::byte> before = subject.state();
  const Result<std::uint64_t> value = subject.driver().digest(options);
  if (!value.ok()) {
    if (options.tokens == 0 || (subject.lacks_sinks() && !options.from_start)) {
      demand(subject.state() == before, "a refused digest left a trace");
      return;
    }
    demand(
        subject.config().sinks_in_snapshot || subject.model().architecture().learned_positions != 0,
        "a digest is refused without a reason");
    // Whatever it decoded until then is in the session.
    subject.driver().reset();
    subject.history.clear();
    subject.highest = subject.remembered = 0;
    subject.has_logits = false;
    subject.rows = 0;
    return;
  }
  if (options.from_start) {
    subject.history.clear();
    subject.highest = subject.remembered = 0;
  }
  std::vector<TokenId> tokens;
  for (std::uint64_t i = 0; i < options.tokens; ++i) {
    tokens.push_back(digest_token(i, subject.vocabulary(), 0));
  }
  appended(subject, tokens);
  met("a digest was computed");
}

void SessionMachine::truncate(SessionSubject& subject) {
  const std::uint64_t position = subject.history.size();
  const std::uint64_t to =
      bytes_.one_in(8) ? bytes_.extreme() : position - bytes_.below(position + 1);
  const std::vector<std::byte> before = subject.state();
  const Status status = subject.driver().truncate(to);
  if (!status.ok()) {
    demand(status.code() == ErrorCode::out_of_range, "going back is refused for another reason");
    demand(subject.state() == before, "a refused truncation left a trace");
    demand(!subject.in_reach(to) || subject.config().sinks_in_snapshot,
           "a token back is out of reach");
    demand(to > position || status.needed() > to, "an earliest position that is no later");
    if (to < position) met("going back was refused");
    return;
  }
  demand(to <= position, "went ahead");
  subject.history.resize(static_cast<std::size_t>(to));
  if (to == position) return;
  if (to == 0) subject.remembered = 0;
  subject.rows -= std::min<std::uint64_t>(subject.rows, position - to);
  subject.has_logits = subject.rows > 0;
  met(subject.has_logits ? "went back within a verify" : "went back");
}

void SessionMachine::reset(SessionSubject& subject) {
  subject.driver().reset();
  subject.history.clear();
  subject.highest = subject.remembered = 0;
  subject.has_logits = false;
  subject.rows = 0;
}

void SessionMachine::save(SessionSubject& subject) {
  if (subject.lacks_sinks()) {
    std::vector<std::byte> room(64);
    demand(!subject.driver().save(room, false).ok(), "saved a session without its sinks");
    return;
  }
  KeptSnapshot snapshot = subject.save(bytes_.flag());
  demand(snapshot_info(snapshot.bytes->span()).ok(), "what was saved is no snapshot");
  met(subject.config().sinks_in_snapshot ? "saved with sinks in a snapshot" : "saved");
  if (snapshots_.size() < most_snapshots) {
    snapshots_.push_back(std::move(snapshot));
  } else {
    snapshots_[bytes_.index(snapshots_.size())] = std::move(snapshot);
  }
}

/// A snapshot for a session that wants its sinks in one: another session has been fed a prompt.
void SessionMachine::make_prefix(const SessionSubject& subject) {
  SessionSubject::Choices choices{.config = subject.config(), .kernels = &choose_kernels()};
  choices.config.sinks_in_snapshot = false;
  const auto source = SessionSubject::create(subject.model(), choices);
  if (source == nullptr) return;
  const std::vector<TokenId> prompt = choose_tokens(*source, 60);
  demand(source->driver().prefill(prompt, {}).ok(), "a prompt is refused");
  appended(*source, prompt);
  snapshots_.insert(snapshots_.begin(), source->save(bytes_.flag()));
}

void SessionMachine::restore(SessionSubject& subject) {
  if (subject.lacks_sinks()) make_prefix(subject);
  if (snapshots_.empty()) return;
  const KeptSnapshot& snapshot =
      snapshots_[subject.lacks_sinks() ? 0 : bytes_.index(snapshots_.size())];
  if (!subject.restore(snapshot, bytes_.flag())) {
    met("a snapshot was refused");
  } else if (subject.config().sinks_in_snapshot) {
    met("restored with sinks in a snapshot");
  } else {
    met(snapshot.config.context == subject.config().context
            ? "restored"
            : "restored under another configuration");
  }
}

void SessionMachine::restore_damaged(SessionSubject& subject) {
  if (snapshots_.empty()) return;
  const std::span<const std::byte> intact =
      snapshots_[bytes_.index(snapshots_.size())].bytes->span();
  GuardedBytes damaged(intact);
  std::span<std::byte> snapshot = damaged.span();
  const auto at = bytes_.index(snapshot.size());
  switch (bytes_.below(3)) {
    case 0:
      snapshot[at] ^= static_cast<std::byte>(1U << bytes_.below(8));
      break;
    case 1:
      snapshot = snapshot.first(at);
      break;
    default:  // as if power had failed while it was written
      std::memset(snapshot.data() + at, 0xFF, snapshot.size() - at);
      if (std::memcmp(snapshot.data(), intact.data(), snapshot.size()) == 0) return;
  }
  const std::vector<std::byte> before = subject.state();
  demand(!subject.driver().restore(snapshot, true).ok(), "a damaged snapshot was taken");
  demand(subject.state() == before, "a damaged snapshot left a trace");
  met("a damaged snapshot was refused");
}

void SessionMachine::set_execution(SessionSubject& subject) {
  const Execution execution{.decode_threads = choose_number(0, 4),
                            .prefill_threads = choose_number(0, 4),
                            .prefetch_bytes = static_cast<std::uint32_t>(bytes_.extreme())};
  const std::uint32_t threads = subject.config().threads;
  const bool possible = execution.decode_threads <= threads && execution.prefill_threads <= threads;
  demand(subject.driver().set_execution(execution).ok() == possible,
         "an execution has the wrong outcome");
  if (possible) met("another execution was taken");
}

void SessionMachine::compare(SessionSubject& subject) {
  if (subject.history.size() > 2 * std::size_t{subject.config().context} + 80) {
    met("compared after the ring had wrapped");
  }
  if (subject.config().sinks_in_snapshot && !subject.lacks_sinks()) {
    met("compared with sinks in a snapshot");
  }
  subject.compare_with_fresh();
  ++compared_;
}

}  // namespace ringlet::test

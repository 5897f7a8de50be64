// The calls that a SessionMachine makes, each with what it must have done.
#include <algorithm>
#include <cstring>

#include "fuzz/aims.hpp"
#include "fuzz/session_machine.hpp"
#include "ringlet/digest.hpp"

namespace ringlet::test {
namespace {

constexpr std::size_t most_images = 6;

[[maybe_unused]] const bool declared = declare_aims(
    {"a configuration was refused", "a prefill was cancelled", "positions ran out",
     "an invalid token was refused", "a digest was computed", "went back", "going back was refused",
     "saved", "saved with sinks in an image", "restored", "restored with sinks in an image",
     "restored under another configuration", "an image was refused", "a damaged image was refused",
     "another execution was taken", "compared after the ring had wrapped",
     "compared with sinks in an image"});

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
    demand(subject.config().sinks_in_image || subject.model().architecture().positions != 0,
           "a digest is refused without a reason");
    // Whatever it decoded until then is in the session.
    subject.driver().reset();
    subject.history.clear();
    subject.highest = 0;
    subject.has_logits = false;
    return;
  }
  if (options.from_start) {
    subject.history.clear();
    subject.highest = 0;
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
    const bool in_reach = to <= position && subject.highest - to < subject.config().ring_chunk();
    demand(!in_reach || subject.config().sinks_in_image, "a token back is out of reach");
    demand(to > position || status.needed() > to, "an earliest position that is no later");
    if (to < position) met("going back was refused");
    return;
  }
  demand(to <= position, "went ahead");
  subject.history.resize(static_cast<std::size_t>(to));
  if (to == position) return;
  subject.has_logits = false;
  met("went back");
}

void SessionMachine::reset(SessionSubject& subject) {
  subject.driver().reset();
  subject.history.clear();
  subject.highest = 0;
  subject.has_logits = false;
}

void SessionMachine::save(SessionSubject& subject) {
  if (subject.lacks_sinks()) {
    std::vector<std::byte> room(64);
    demand(!subject.driver().save(room, false).ok(), "saved a session without its sinks");
    return;
  }
  KeptImage image = subject.save(bytes_.flag());
  demand(image_info(image.bytes->span()).ok(), "what was saved is no image");
  met(subject.config().sinks_in_image ? "saved with sinks in an image" : "saved");
  if (images_.size() < most_images) {
    images_.push_back(std::move(image));
  } else {
    images_[bytes_.index(images_.size())] = std::move(image);
  }
}

/// An image for a session that wants its sinks in one: another session has been fed a prompt.
void SessionMachine::make_prefix(const SessionSubject& subject) {
  SessionSubject::Choices choices{.config = subject.config(), .kernels = &choose_kernels()};
  choices.config.sinks_in_image = false;
  const auto source = SessionSubject::create(subject.model(), choices);
  if (source == nullptr) return;
  const std::vector<TokenId> prompt = choose_tokens(*source, 60);
  demand(source->driver().prefill(prompt, {}).ok(), "a prompt is refused");
  appended(*source, prompt);
  images_.insert(images_.begin(), source->save(bytes_.flag()));
}

void SessionMachine::restore(SessionSubject& subject) {
  if (subject.lacks_sinks()) make_prefix(subject);
  if (images_.empty()) return;
  const KeptImage& image = images_[subject.lacks_sinks() ? 0 : bytes_.index(images_.size())];
  if (!subject.restore(image, bytes_.flag())) {
    met("an image was refused");
  } else if (subject.config().sinks_in_image) {
    met("restored with sinks in an image");
  } else {
    met(image.config.context == subject.config().context ? "restored"
                                                         : "restored under another configuration");
  }
}

void SessionMachine::restore_damaged(SessionSubject& subject) {
  if (images_.empty()) return;
  const std::span<const std::byte> intact = images_[bytes_.index(images_.size())].bytes->span();
  GuardedBytes damaged(intact);
  std::span<std::byte> image = damaged.span();
  const auto at = bytes_.index(image.size());
  switch (bytes_.below(3)) {
    case 0:
      image[at] ^= static_cast<std::byte>(1U << bytes_.below(8));
      break;
    case 1:
      image = image.first(at);
      break;
    default:  // as if power had failed while it was written
      std::memset(image.data() + at, 0xFF, image.size() - at);
      if (std::memcmp(image.data(), intact.data(), image.size()) == 0) return;
  }
  const std::vector<std::byte> before = subject.state();
  demand(!subject.driver().restore(image, true).ok(), "a damaged image was taken");
  demand(subject.state() == before, "a damaged image left a trace");
  met("a damaged image was refused");
}

void SessionMachine::set_execution(SessionSubject& subject) {
  const Execution execution{.decode_lanes = choose_number(0, 4),
                            .prefill_lanes = choose_number(0, 4),
                            .prefetch_bytes = static_cast<std::uint32_t>(bytes_.extreme())};
  const std::uint32_t lanes = subject.config().lanes;
  const bool possible = execution.decode_lanes <= lanes && execution.prefill_lanes <= lanes;
  demand(subject.driver().set_execution(execution).ok() == possible,
         "an execution has the wrong outcome");
  if (possible) met("another execution was taken");
}

void SessionMachine::compare(SessionSubject& subject) {
  if (subject.history.size() > 2 * std::size_t{subject.config().context} + 80) {
    met("compared after the ring had wrapped");
  }
  if (subject.config().sinks_in_image && !subject.lacks_sinks()) {
    met("compared with sinks in an image");
  }
  subject.compare_with_fresh();
  ++compared_;
}

}  // namespace ringlet::test

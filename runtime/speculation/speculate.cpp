#include "ringlet/speculation.hpp"

#include <algorithm>
#include <array>

namespace ringlet {
namespace {

constexpr std::size_t most_tokens = DraftLength::most_costs;

/// Lets the drafter propose tokens after `tokens[0]`, and returns the number of tokens to verify.
std::size_t propose(const Session& session, const Drafter& drafter, DraftLength& length,
                    std::span<TokenId> tokens) {
  const Architecture& a = session.model().architecture();
  std::uint64_t most = std::min<std::uint64_t>(session.config().draft_tokens, tokens.size() - 1);
  if (a.learned_positions != 0) {
    const std::uint64_t left = a.learned_positions - session.position();
    most = std::min(most, left > 0 ? left - 1 : 0);
  }
  const std::uint32_t wanted = length.next(static_cast<std::uint32_t>(most));
  if (wanted == 0 || drafter.draft == nullptr) return 1;
  const std::span<TokenId> drafts = tokens.subspan(1, wanted);
  const std::size_t count = std::min(drafter.draft(drafter.user_data, drafts), drafts.size());
  const auto valid =
      std::find_if(drafts.begin(), drafts.begin() + static_cast<std::ptrdiff_t>(count),
                   [&](TokenId token) { return token >= a.vocab_size; });
  return 1 + static_cast<std::size_t>(valid - drafts.begin());
}

/// Appends the tokens, or as many as the model can compute, and returns their number.
Result<std::size_t> verify(Session& session, std::span<const TokenId> tokens) {
  const std::uint64_t start = session.position();
  Status status = session.verify(tokens);
  if (status.code() == ErrorCode::not_finite) {
    const std::uint64_t finite = static_cast<std::uint64_t>(status.index()) - start;
    if (finite > 0 && finite < tokens.size()) {
      tokens = tokens.first(static_cast<std::size_t>(finite));
      status = session.verify(tokens);
    }
  }
  if (!status.ok()) return status;
  return tokens.size();
}

}  // namespace

Result<Round> speculate(Session& session, const TokenChooser& chooser, const Drafter& drafter,
                        DraftLength& length, TokenId last, const TokenSink& sink) noexcept {
  std::array<TokenId, most_tokens> tokens;
  tokens[0] = last;
  drafter.tell({tokens.data(), 1});
  const std::uint64_t start = session.position();
  const std::size_t proposed = propose(session, drafter, length, tokens);
  const Result<std::size_t> verified = verify(session, std::span(tokens).first(proposed));
  if (!verified) return verified.status();

  Round round{.drafted = static_cast<std::uint32_t>(*verified) - 1};
  for (std::uint32_t row = 0; !round.ended && row == round.accepted; ++row) {
    round.last = chooser(session.logits(row));
    ++round.emitted;
    round.ended = !sink.take(sink.user_data, round.last);
    if (!round.ended && row < round.drafted && round.last == tokens[row + 1]) ++round.accepted;
  }
  length.learn(round.drafted, round.accepted);
  if (round.accepted > 0) drafter.tell(std::span(tokens).subspan(1, round.accepted));
  // What was verified last can always be taken back.
  const Status status = session.truncate(start + 1 + round.accepted);
  if (!status.ok()) return status;
  return round;
}

}  // namespace ringlet

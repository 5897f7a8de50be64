#include "ringlet/draft_model.hpp"

#include <algorithm>

#include "base/invalid_argument.hpp"
#include "ringlet/tokenizer.hpp"
#include "speculation/draft_session.hpp"
#include "speculation/most_likely.hpp"

namespace ringlet {

Status same_vocabulary(const Model& a, const Model& b) noexcept {
  const std::uint32_t sizes[] = {a.architecture().vocab_size, b.architecture().vocab_size};
  const Result<Tokenizer> pieces[] = {Tokenizer::open(a), Tokenizer::open(b)};
  if (!pieces[0].ok() || !pieces[1].ok()) {
    if (sizes[0] == sizes[1]) return {};
    return invalid_argument("draft model", "without a tokenizer, must have as many tokens")
        .with(sizes[0], sizes[1]);
  }
  const std::uint32_t common = std::min(sizes[0], sizes[1]);
  for (TokenId token = 0; token < common; ++token) {
    if (pieces[0]->piece(token) != pieces[1]->piece(token)) {
      return invalid_argument("draft model",
                              "has another vocabulary; draft text in place of tokens")
          .at(token);
    }
  }
  return {};
}

Result<DraftModel> DraftModel::create(const Model& target, Session session) noexcept {
  Status status = same_vocabulary(target, session.model());
  if (status.ok()) status = check_draft_session(session);
  if (!status.ok()) return status;
  DraftModel model;
  model.session_ = session;
  return model;
}

void DraftModel::observe(std::span<const TokenId> tokens) noexcept {
  pause_.observed(tokens.size());
  if (!pause_.lasts()) begin_anew();
  for (const TokenId token : tokens) {
    if (pending_count_ == 0 && matched_ < drafted_count_ && drafted_[matched_] == token) {
      ++matched_;
      continue;
    }
    settle();
    if (pending_count_ == pending_.size()) make_room();
    pending_[pending_count_++] = token;
  }
}

/// Takes back what the text does not have of the last draft.
void DraftModel::settle() noexcept {
  std::size_t wrong = drafted_count_ - matched_;
  if (wrong > 0 && matched_ > 0) {
    // The logits after the last right token are gone; it is read again.
    pending_[pending_count_++] = drafted_[matched_ - 1];
    ++wrong;
  }
  if (wrong > 0 && !session_.truncate(session_.position() - wrong).ok()) session_.reset();
  drafted_count_ = 0;
  matched_ = 0;
}

/// After a pause in which text was dropped, only the pending tokens are of use.
void DraftModel::begin_anew() noexcept {
  if (!pause_.take_dropped()) return;
  session_.reset();
  drafted_count_ = 0;
  matched_ = 0;
}

/// Reads the pending tokens, or drops the older half of them while drafts pause.
void DraftModel::make_room() noexcept {
  if (!pause_.lasts()) {
    (void)flush();
    return;
  }
  const std::size_t kept = pending_count_ / 2;
  std::copy_n(pending_.begin() + static_cast<std::ptrdiff_t>(pending_count_ - kept), kept,
              pending_.begin());
  pending_count_ = kept;
  pause_.drop();
}

/// Reads the pending tokens. If that is impossible, the session begins anew.
bool DraftModel::flush() noexcept {
  const Status status = session_.prefill({pending_.data(), pending_count_});
  if (!status.ok()) session_.reset();
  pending_count_ = 0;
  return status.ok();
}

std::size_t DraftModel::draft(std::span<TokenId> out) noexcept {
  pause_.drafted();
  begin_anew();
  if (matched_ < drafted_count_) settle();
  drafted_count_ = 0;
  matched_ = 0;
  if (pending_count_ > 0 && !flush()) return 0;
  std::size_t count = 0;
  while (count < std::min(out.size(), drafted_.size()) && !session_.logits().empty()) {
    out[count] = most_likely(session_.logits());
    ++count;
    if (count == out.size()) break;
    if (!session_.step(out[count - 1]).ok()) break;
    drafted_[drafted_count_++] = out[count - 1];
  }
  return count;
}

Drafter DraftModel::drafter() noexcept { return Drafter::of(*this); }

}  // namespace ringlet

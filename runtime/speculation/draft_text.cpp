#include "ringlet/draft_text.hpp"

#include <algorithm>

#include "speculation/draft_session.hpp"
#include "speculation/most_likely.hpp"

namespace ringlet {
namespace {

bool ends_word(char character) { return character == ' ' || character == '\n'; }

bool begins_word(std::string_view text) { return !text.empty() && ends_word(text.front()); }

}  // namespace

bool DraftText::Text::append(std::string_view more) noexcept {
  if (more.size() > characters.size() - size) return false;
  std::copy(more.begin(), more.end(), characters.begin() + static_cast<std::ptrdiff_t>(size));
  size += more.size();
  return true;
}

void DraftText::Text::drop(std::size_t first) noexcept {
  std::copy(characters.begin() + static_cast<std::ptrdiff_t>(first),
            characters.begin() + static_cast<std::ptrdiff_t>(size), characters.begin());
  size -= first;
}

Result<DraftText> DraftText::create(const Model& target, Session session) noexcept {
  const Result<Tokenizer> pieces = Tokenizer::open(target);
  if (!pieces.ok()) return pieces.status();
  const Result<Tokenizer> own = Tokenizer::open(session.model());
  if (!own.ok()) return own.status();
  const Status status = check_draft_session(session);
  if (!status.ok()) return status;
  return DraftText(*pieces, *own, session);
}

void DraftText::observe(std::span<const TokenId> tokens) noexcept {
  pause_.observed(tokens.size());
  if (!pause_.lasts()) begin_anew();
  for (const TokenId token : tokens) take(token);
}

/// After a pause in which text was dropped, the text begins with the tail.
void DraftText::begin_anew() noexcept {
  if (!pause_.take_dropped()) return;
  session_.reset();
  tail_.begins = true;
}

void DraftText::take(TokenId token) noexcept {
  const std::string_view text = target_text_.next(token);
  if (tail_.count == tail_.tokens.size() || !tail_.text.append(text)) {
    settle(std::max<std::size_t>(last_word(), 1));
    if (tail_.text.size + text.size() > tail_.text.characters.size()) settle(tail_.count);
    (void)tail_.text.append(text);
  }
  tail_.tokens[tail_.count] = token;
  tail_.ends[tail_.count] = static_cast<std::uint16_t>(tail_.text.size);
  ++tail_.count;
}

/// The first token of the tail's last word.
std::size_t DraftText::last_word() const noexcept {
  std::size_t first = tail_.count;
  while (first > 0) {
    --first;
    const std::size_t begin = first == 0 ? 0 : tail_.ends[first - 1];
    if (begins_word(tail_.text.part(begin, tail_.ends[first]))) break;
  }
  return first;
}

/// Lets the draft model read the first tokens of the tail, which end there. While drafts pause,
/// they are dropped.
void DraftText::settle(std::size_t tokens) noexcept {
  if (tokens == 0) return;
  const std::size_t bytes = tail_.ends[tokens - 1];
  if (pause_.lasts()) {
    pause_.drop();
  } else {
    (void)read(tail_.text.part(0, bytes), tail_.begins);
  }
  tail_.begins = false;
  tail_.text.drop(bytes);
  for (std::size_t i = tokens; i < tail_.count; ++i) {
    tail_.tokens[i - tokens] = tail_.tokens[i];
    tail_.ends[i - tokens] = static_cast<std::uint16_t>(tail_.ends[i] - bytes);
  }
  tail_.count -= tokens;
}

/// Appends a text to the session, and returns the number of its tokens. If that is impossible, the
/// session begins anew.
std::size_t DraftText::read(std::string_view text, bool begins) noexcept {
  std::array<TokenId, 32> room;
  std::size_t total = 0;
  std::size_t count = 0;
  if (begins && draft_.adds_bos()) room[count++] = draft_.bos();
  while (!text.empty() || count > 0) {
    const Result<Encoded> encoded =
        text.empty() ? Encoded{}
                     : draft_.encode(text, begins, session_.tokenizer_workspace(),
                                     std::span(room).subspan(count));
    if (encoded.ok()) count += encoded->tokens;
    if (!encoded.ok() || !session_.prefill({room.data(), count}).ok()) {
      session_.reset();
      return total;
    }
    text.remove_prefix(encoded->bytes);
    begins = encoded->beginning;
    total += count;
    count = 0;
  }
  return total;
}

/// Continues the text greedily until `words` more words are complete. Each is at least one token of
/// the target.
void DraftText::write_on(std::size_t steps, std::size_t words) noexcept {
  Detokenizer text(draft_, session_.position() == 0);
  for (std::size_t step = 0; step < steps && !session_.logits().empty(); ++step) {
    const TokenId token = most_likely(session_.logits());
    const std::size_t before = std::max(continued_.size, tail_.text.size + 1);
    if (draft_.ends_text(token) || !continued_.append(text.next(token))) return;
    for (std::size_t i = before; i < continued_.size; ++i) {
      if (ends_word(continued_.characters[i]) && --words == 0) return;
    }
    if (!session_.step(token).ok()) return;
  }
}

/// Cuts the continued text into the target's tokens, and returns how many of them follow the tail.
std::size_t DraftText::cut(std::span<TokenId> out) noexcept {
  // The last word may be incomplete.
  const std::size_t end = continued_.view().find_last_of(" \n");
  const std::string_view text = continued_.part(0, end == std::string_view::npos ? 0 : end);
  if (text.size() <= tail_.text.size) return 0;
  std::array<TokenId, 96> tokens;
  const Result<Encoded> encoded =
      target_.encode(text, tail_.begins, session_.tokenizer_workspace(), tokens);
  const auto known = std::span(tail_.tokens).first(tail_.count);
  if (!encoded.ok() || encoded->tokens <= known.size() ||
      !std::equal(known.begin(), known.end(), tokens.begin())) {
    return 0;
  }
  const std::size_t count = std::min(out.size(), encoded->tokens - known.size());
  std::copy_n(tokens.begin() + static_cast<std::ptrdiff_t>(known.size()), count, out.begin());
  return count;
}

std::size_t DraftText::draft(std::span<TokenId> out) noexcept {
  pause_.drafted();
  begin_anew();
  settle(last_word());
  const std::uint64_t start = session_.position();
  // What the session can take back in any case.
  const std::size_t most = session_.config().ring_chunk();
  const std::size_t tokens = read(tail_.text.view(), tail_.begins);
  std::size_t count = 0;
  if (tokens > 0 && tokens < most && session_.position() == start + tokens) {
    continued_ = tail_.text;
    write_on(most - tokens, out.size());
    count = cut(out);
  }
  if (session_.position() > start && !session_.truncate(start).ok()) session_.reset();
  return count;
}

Drafter DraftText::drafter() noexcept { return Drafter::of(*this); }

}  // namespace ringlet

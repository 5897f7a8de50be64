#include <algorithm>

#include "ringlet/tokenizer.hpp"
#include "text/token_bytes.hpp"
#include "text/utf8.hpp"

namespace ringlet {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

}  // namespace

std::string_view Detokenizer::next(TokenId token) noexcept {
  if (tokenizer_.is_control(token)) return {};
  char byte = 0;
  const std::string_view bytes = token_bytes(tokenizer_, token, at_start_, byte);
  at_start_ = false;
  return emit(bytes);
}

std::string_view Detokenizer::next_bytes(std::string_view bytes) noexcept {
  at_start_ = false;
  return emit({bytes.data(), std::min(bytes.size(), longest_piece)});
}

std::string_view Detokenizer::finish() noexcept {
  if (pending_size_ == 0) return {};
  pending_size_ = 0;
  return replacement;
}

/// Each incomplete or impossible run of bytes becomes one U+FFFD. A run is the longest sequence
/// that could begin a character ("maximal subpart", Unicode 15, section 3.9), as on the web. Each
/// byte is written at most once, and a replacement is three bytes for at least one, so the buffer
/// holds the worst case.
std::string_view Detokenizer::emit(std::string_view bytes) noexcept {
  std::size_t size = 0;
  const auto put = [&](std::string_view out) {
    for (const char c : out) buffer_[size++] = c;
  };
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    const auto lead = static_cast<std::uint8_t>(pending_[0]);
    if (pending_size_ > 0 && !utf8_continues(lead, pending_size_, byte)) {
      put(replacement);
      pending_size_ = 0;
    }
    if (pending_size_ == 0 && utf8_length(byte) == 0) {
      put(replacement);
      continue;
    }
    pending_[pending_size_++] = c;
    if (pending_size_ == utf8_length(static_cast<std::uint8_t>(pending_[0]))) {
      put({pending_.data(), pending_size_});
      pending_size_ = 0;
    }
  }
  return {buffer_.data(), size};
}

}  // namespace ringlet

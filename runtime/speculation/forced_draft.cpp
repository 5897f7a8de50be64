#include "ringlet/forced_draft.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "text/token_bytes.hpp"

namespace ringlet {
namespace {

// Forced text beyond that is drafted in the next pass.
constexpr std::size_t most_bytes = 96;
constexpr std::size_t most_tokens = 32;

}  // namespace

std::size_t ForcedDraft::draft(std::span<TokenId> out) noexcept {
  std::array<char, most_bytes> bytes;
  const std::string_view spelled(bytes.data(), grammar_.forced(bytes));
  std::array<TokenId, most_tokens> tokens;
  std::size_t count = encode_printed(spelled, tokens);
  if (count == 0) count = encode(spelled, tokens);
  if (count == 0) return other_.draft == nullptr ? 0 : other_.draft(other_.user_data, out);
  count = std::min(count, out.size());
  std::copy_n(tokens.begin(), count, out.begin());
  return count;
}

/// Behind an added token some vocabularies put a space in front of the text themselves, so that the
/// printed text has the right tokens. 0 if they do not spell these bytes.
std::size_t ForcedDraft::encode_printed(std::string_view spelled, std::span<TokenId> out) noexcept {
  if (std::find(spelled.begin(), spelled.end(), ' ') == spelled.end()) return 0;
  std::array<char, most_bytes> text;
  const std::string_view printed(text.data(), grammar_.forced_text(text));
  if (printed == spelled) return 0;
  const std::size_t count = encode(printed, out);
  return spell(out.first(count), spelled) ? count : 0;
}

std::size_t ForcedDraft::encode(std::string_view text, std::span<TokenId> out) const noexcept {
  const Result<Encoded> encoded = tokenizer_.encode(text, false, workspace_, out);
  return encoded.ok() ? encoded->tokens : 0;
}

/// Whether the bytes begin with those of the tokens, as far as they go.
bool ForcedDraft::spell(std::span<const TokenId> tokens, std::string_view bytes) const noexcept {
  for (const TokenId token : tokens) {
    char byte = 0;
    const std::string_view piece = token_bytes(tokenizer_, token, false, byte);
    const std::size_t size = std::min(piece.size(), bytes.size());
    if (!std::equal(piece.begin(), piece.begin() + size, bytes.begin())) return false;
    bytes.remove_prefix(size);
  }
  return true;
}

bool ForcedDraft::is_forced() noexcept {
  // Of a space in front of a word and the byte behind it, forced() does not leave the space alone.
  std::array<char, 2> bytes;
  return grammar_.forced(bytes) > 0;
}

}  // namespace ringlet

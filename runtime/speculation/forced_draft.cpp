#include "ringlet/forced_draft.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace ringlet {
namespace {

// Forced text beyond that is drafted in the next pass.
constexpr std::size_t most_bytes = 96;
constexpr std::size_t most_tokens = 32;

}  // namespace

std::size_t ForcedDraft::draft(std::span<TokenId> out) noexcept {
  std::array<char, most_bytes> bytes;
  const std::size_t size = grammar_.forced(bytes);
  std::array<TokenId, most_tokens> tokens;
  const Result<Encoded> encoded =
      tokenizer_.encode(std::string_view(bytes.data(), size), false, workspace_, tokens);
  if (size > 0 && encoded.ok() && encoded->tokens > 0) {
    const std::size_t count = std::min(encoded->tokens, out.size());
    std::copy_n(tokens.begin(), count, out.begin());
    return count;
  }
  return other_.draft == nullptr ? 0 : other_.draft(other_.user_data, out);
}

bool ForcedDraft::is_forced() noexcept {
  std::array<char, 1> byte;
  return grammar_.forced(byte) > 0;
}

}  // namespace ringlet

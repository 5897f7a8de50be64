#include "serve/seats/seat_head.hpp"

#include <array>
#include <bit>
#include <cstring>

namespace ringlet::serve {
namespace {

constexpr std::size_t alignment = 64;
constexpr std::uint32_t most_tokens = 1U << 30;
constexpr std::uint32_t most_text = 1U << 30;

struct Start {
  std::array<char, 8> magic;
  std::uint32_t version;
  std::uint32_t tokens;
  std::uint32_t text;
  std::uint32_t reserved;
  std::uint64_t checksum;  // of all other bytes of the head
};
static_assert(sizeof(Start) <= head_start);

constexpr std::array<char, 8> magic =
    std::endian::native == std::endian::little
        ? std::array<char, 8>{'R', 'I', 'N', 'G', 'S', 'E', 'A', 'T'}
        : std::array<char, 8>{'R', 'I', 'N', 'G', 'T', 'A', 'E', 'S'};

/// FNV-1a, which finds damage; nobody but the owner can write here.
std::uint64_t checksum(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : bytes) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3U;
  }
  return hash;
}

std::size_t size_of(const Start& start) {
  const std::size_t bytes = head_start + start.tokens * sizeof(TokenId) + start.text;
  return (bytes + alignment - 1) / alignment * alignment;
}

std::optional<Start> read_start(std::string_view bytes) {
  if (bytes.size() < head_start) return std::nullopt;
  Start start;
  std::memcpy(&start, bytes.data(), sizeof(start));
  if (start.magic != magic || start.version != 1 || start.tokens > most_tokens ||
      start.text > most_text) {
    return std::nullopt;
  }
  return start;
}

}  // namespace

std::string write_head(std::span<const TokenId> tokens, std::string_view text) {
  Start start{.magic = magic,
              .version = 1,
              .tokens = static_cast<std::uint32_t>(tokens.size()),
              .text = static_cast<std::uint32_t>(text.size()),
              .reserved = 0,
              .checksum = 0};
  std::string head(size_of(start), '\0');
  std::memcpy(head.data(), &start, sizeof(start));
  const std::size_t token_bytes = tokens.size_bytes();
  if (token_bytes > 0) std::memcpy(head.data() + head_start, tokens.data(), token_bytes);
  text.copy(head.data() + head_start + token_bytes, text.size());
  start.checksum = checksum(head);
  std::memcpy(head.data(), &start, sizeof(start));
  return head;
}

std::size_t head_bytes(std::string_view bytes) {
  const std::optional<Start> start = read_start(bytes);
  return start ? size_of(*start) : 0;
}

std::optional<SeatHead> read_head(std::string_view bytes) {
  std::optional<Start> start = read_start(bytes);
  if (!start || bytes.size() < size_of(*start)) return std::nullopt;
  SeatHead head;
  head.bytes = size_of(*start);
  std::string copy(bytes.substr(0, head.bytes));
  const std::uint64_t expected = start->checksum;
  start->checksum = 0;
  std::memcpy(copy.data(), &*start, sizeof(*start));
  if (checksum(copy) != expected) return std::nullopt;
  head.tokens.resize(start->tokens);
  const std::size_t token_bytes = start->tokens * sizeof(TokenId);
  if (token_bytes > 0) std::memcpy(head.tokens.data(), copy.data() + head_start, token_bytes);
  head.text = copy.substr(head_start + token_bytes, start->text);
  return head;
}

}  // namespace ringlet::serve

#include "serve/seats/seat_head.hpp"

#include <array>
#include <bit>
#include <cstring>

namespace ringlet::serve {
namespace {

constexpr std::size_t alignment = 64;
constexpr std::uint32_t head_version = 4;
constexpr std::uint32_t most_tokens = 1U << 28;

struct Start {
  std::array<char, 8> magic;
  std::uint32_t version;
  std::uint32_t tokens;
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
  const std::size_t bytes = head_start + start.tokens * sizeof(TokenId);
  return (bytes + alignment - 1) / alignment * alignment;
}

std::optional<Start> read_start(std::string_view bytes) {
  if (bytes.size() < head_start) return std::nullopt;
  Start start;
  std::memcpy(&start, bytes.data(), sizeof(start));
  if (start.magic != magic || start.version != head_version || start.tokens > most_tokens) {
    return std::nullopt;
  }
  return start;
}

}  // namespace

std::string write_head(std::span<const TokenId> tokens) {
  Start start{.magic = magic,
              .version = head_version,
              .tokens = static_cast<std::uint32_t>(tokens.size()),
              .checksum = 0};
  std::string head(head_start, '\0');
  std::memcpy(head.data(), &start, sizeof(start));
  head.append(reinterpret_cast<const char*>(tokens.data()), tokens.size_bytes());
  head.resize(size_of(start));
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
  const std::size_t size = head.tokens.size() * sizeof(TokenId);
  if (size > 0) std::memcpy(head.tokens.data(), copy.data() + head_start, size);
  return head;
}

}  // namespace ringlet::serve

#include "serve/seats/seat_head.hpp"

#include <array>
#include <bit>
#include <cstring>

namespace ringlet::serve {
namespace {

constexpr std::size_t alignment = 64;
constexpr std::uint32_t head_version = 3;
// The sizes of all parts add up to less than 2^32.
constexpr std::uint32_t most_tokens = 1U << 28;
constexpr std::uint32_t most_text = 1U << 30;
constexpr std::uint32_t most_literals = 1U << 26;

/// The beginning and the end of a literal range.
using Literal = std::array<std::uint32_t, 2>;

struct Start {
  std::array<char, 8> magic;
  std::uint32_t version;
  std::uint32_t tokens;
  std::uint32_t text;
  std::uint32_t literals;
  std::uint64_t ends_in_reply;  // 1 or 0
  std::uint64_t checksum;       // of all other bytes of the head
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
  const std::size_t bytes =
      head_start + start.tokens * sizeof(TokenId) + start.literals * sizeof(Literal) + start.text;
  return (bytes + alignment - 1) / alignment * alignment;
}

std::optional<Start> read_start(std::string_view bytes) {
  if (bytes.size() < head_start) return std::nullopt;
  Start start;
  std::memcpy(&start, bytes.data(), sizeof(start));
  if (start.magic != magic || start.version != head_version || start.tokens > most_tokens ||
      start.literals > most_literals || start.text > most_text) {
    return std::nullopt;
  }
  return start;
}

template <typename Value>
void append(std::string& bytes, std::span<const Value> values) {
  bytes.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
}

/// Takes values from the bytes, which have at least as many.
template <typename Value>
std::vector<Value> take(std::string_view& bytes, std::size_t count) {
  std::vector<Value> values(count);
  if (count > 0) std::memcpy(values.data(), bytes.data(), count * sizeof(Value));
  bytes.remove_prefix(count * sizeof(Value));
  return values;
}

}  // namespace

std::string write_head(std::span<const TokenId> tokens, const templates::Prompt& held,
                       bool ends_in_reply) {
  std::vector<Literal> literals;
  for (const templates::Span& span : held.literal) {
    literals.push_back(
        {static_cast<std::uint32_t>(span.begin), static_cast<std::uint32_t>(span.end)});
  }
  Start start{.magic = magic,
              .version = head_version,
              .tokens = static_cast<std::uint32_t>(tokens.size()),
              .text = static_cast<std::uint32_t>(held.text.size()),
              .literals = static_cast<std::uint32_t>(literals.size()),
              .ends_in_reply = ends_in_reply ? 1U : 0U,
              .checksum = 0};
  std::string head(head_start, '\0');
  std::memcpy(head.data(), &start, sizeof(start));
  append(head, tokens);
  append(head, std::span<const Literal>(literals));
  head += held.text;
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
  std::string_view parts = std::string_view(copy).substr(head_start);
  head.tokens = take<TokenId>(parts, start->tokens);
  for (const Literal& literal : take<Literal>(parts, start->literals)) {
    head.held.literal.push_back({literal[0], literal[1]});
  }
  head.held.text = parts.substr(0, start->text);
  head.ends_in_reply = start->ends_in_reply != 0;
  return head;
}

}  // namespace ringlet::serve

#include "grammar/envelope.hpp"

#include <cstring>

#include "base/crc32c.hpp"
#include "base/invalid_argument.hpp"
#include "model/invalid_model.hpp"

namespace ringlet {
namespace {

constexpr std::size_t size_prefix = sizeof(flatbuffers::uoffset_t);
constexpr std::size_t identifier_at = 2 * size_prefix;
constexpr std::size_t checksum_bytes = sizeof(std::uint32_t);
constexpr std::size_t smallest =
    identifier_at + flatbuffers::kFileIdentifierLength + checksum_bytes;
constexpr flatbuffers::uoffset_t deepest_table = 2;
constexpr flatbuffers::uoffset_t most_tables = 2;

std::uint32_t number_at(std::span<const std::byte> bytes, std::size_t at) noexcept {
  std::uint32_t number = 0;
  std::memcpy(&number, bytes.data() + at, sizeof(number));
  return number;
}

}  // namespace

Result<const std::uint8_t*> open_envelope(std::span<const std::byte> bytes,
                                          const Envelope& kind) noexcept {
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % alignof(std::uint32_t) != 0) {
    return invalid_argument("bytes", "must be aligned to 4 bytes");
  }
  if (bytes.size() < smallest) {
    return invalid_model(kind.name, "too short for its first bytes").with(smallest, bytes.size());
  }
  if (std::memcmp(bytes.data() + identifier_at, kind.identifier,
                  flatbuffers::kFileIdentifierLength) != 0) {
    return invalid_model(kind.name, "not a file of this kind (its first bytes differ)");
  }
  const std::uint64_t whole = std::uint64_t{number_at(bytes, 0)} + size_prefix + checksum_bytes;
  if (whole != bytes.size() || whole % size_prefix != 0) {
    return invalid_model(kind.name, whole > bytes.size() ? "truncated" : "has bytes after its end")
        .with(whole, bytes.size());
  }
  const auto covered = bytes.first(bytes.size() - checksum_bytes);
  if (crc32c(covered) != number_at(bytes, covered.size())) {
    return Status(ErrorCode::checksum_mismatch, kind.name, "damaged (checksum differs)");
  }
  const auto* buffer = reinterpret_cast<const std::uint8_t*>(covered.data());
  if (covered.size() < FLATBUFFERS_MAX_BUFFER_SIZE) {
    flatbuffers::Verifier verifier(buffer, covered.size(), deepest_table, most_tables);
    const std::size_t root = verifier.VerifyOffset(size_prefix);
    const std::uint8_t* table = buffer + size_prefix + root;
    if (root != 0 && check_tables(verifier, table, kind.shapes)) return table;
  }
  return invalid_model(kind.name, "not a valid FlatBuffer of its schema");
}

}  // namespace ringlet

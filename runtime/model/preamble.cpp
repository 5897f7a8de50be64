#include "model/preamble.hpp"

#include <cstdint>
#include <cstring>

#include "base/crc32c.hpp"
#include "model/invalid_model.hpp"
#include "ringlet/model.hpp"

namespace ringlet {
namespace {

/// Checks the preamble by itself.
Status check_header(std::span<const std::byte> bytes, file::Preamble& preamble) {
  if (bytes.size() < sizeof(preamble)) {
    return invalid_model("file", "too short for a ringlet model")
        .with(sizeof(preamble), bytes.size());
  }
  std::memcpy(&preamble, bytes.data(), sizeof(preamble));
  if (std::memcmp(preamble.magic, file::magic, sizeof(file::magic)) != 0) {
    return invalid_model("file", "not a ringlet model (its first bytes differ)");
  }
  if (preamble.major < file::least_major_version || preamble.major > file::most_major_version) {
    return Status(ErrorCode::unsupported, "file",
                  "unsupported format version; convert the model again")
        .at_most(file::most_major_version, preamble.major);
  }
  file::Preamble unsigned_copy = preamble;
  unsigned_copy.preamble_crc32c = 0;
  if (crc32c(std::as_bytes(std::span(&unsigned_copy, 1))) != preamble.preamble_crc32c) {
    return {ErrorCode::checksum_mismatch, "file",
            "the first 64 bytes are damaged (checksum differs)"};
  }
  return {};
}

/// The tables and the data segment must follow each other and fill the file exactly.
Status check_parts(const file::Preamble& p, std::uint64_t file_size) {
  if (p.tables_offset != sizeof(p) || p.tables_size > file_size - sizeof(p)) {
    return invalid_model("tables", "do not fit into the file, which is truncated")
        .at_most(file_size - sizeof(p), p.tables_size);
  }
  if (p.segment_offset % file::segment_alignment != 0 || p.segment_offset / 64 > UINT32_MAX ||
      p.segment_offset < p.tables_offset + p.tables_size) {
    return invalid_model("data segment", "not aligned, or overlaps the tables");
  }
  const std::uint64_t expected = p.segment_offset + p.segment_size;
  if (expected < p.segment_offset || expected != file_size) {
    return invalid_model("file", expected > file_size ? "truncated" : "has bytes after its end")
        .with(expected, file_size);
  }
  return {};
}

}  // namespace

Status read_preamble(std::span<const std::byte> bytes, file::Preamble& preamble) noexcept {
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % file::base_alignment != 0) {
    return {ErrorCode::invalid_argument, "bytes", "must be aligned to 64 bytes"};
  }
  const Status status = check_header(bytes, preamble);
  return status.ok() ? check_parts(preamble, bytes.size()) : status;
}

Result<std::uint64_t> model_bytes(std::span<const std::byte> first_bytes) noexcept {
  file::Preamble preamble{};
  const Status status = check_header(first_bytes, preamble);
  if (!status.ok()) return status;
  const std::uint64_t bytes = preamble.segment_offset + preamble.segment_size;
  if (bytes < preamble.segment_offset || bytes < sizeof(preamble)) {
    return invalid_model("file", "the header gives an impossible size");
  }
  return bytes;
}

}  // namespace ringlet

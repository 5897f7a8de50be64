// What is around the tables of a grammar and of lists of words: their size (32 bits), the
// FlatBuffer, and its CRC32C, size included. All is a multiple of 4 bytes.
#pragma once

#include <cstddef>
#include <span>

#include "model/table_shapes.hpp"
#include "ringlet/status.hpp"

namespace ringlet {

/// The kind of a file.
struct Envelope {
  const char* name;        // for errors: "grammar"
  const char* identifier;  // four characters
  std::span<const TableShape> shapes;
};

/// Checks size, identifier, checksum and structure of a file, and returns its root table. `bytes`
/// must be aligned to 4.
Result<const std::uint8_t*> open_envelope(std::span<const std::byte> bytes,
                                          const Envelope& kind) noexcept;

}  // namespace ringlet

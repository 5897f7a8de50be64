// Verifies the first 64 bytes of a model file.
#pragma once

#include <cstddef>
#include <span>

#include "model/file_format.hpp"
#include "ringlet/status.hpp"

namespace ringlet {

/// Reads and checks the preamble of `bytes`, its checksum, and that tables and data segment fill
/// the file. The tables are then within the file; their content has not been checked.
Status read_preamble(std::span<const std::byte> bytes, file::Preamble& preamble) noexcept;

}  // namespace ringlet

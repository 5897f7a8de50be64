// The first 64 bytes of a model file, verified.
#pragma once

#include <cstddef>
#include <span>

#include "model/file_format.hpp"
#include "ringlet/status.hpp"

namespace ringlet {

/// Checks the header of `bytes`, its checksum, and that tables and data segment fill the file.
/// The tables then lie within the file; what is in them has not been looked at.
Status read_preamble(std::span<const std::byte> bytes, file::Preamble& preamble) noexcept;

}  // namespace ringlet

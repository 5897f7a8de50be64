// One fuzz input: a model file from anywhere, opened and used as an application would.
#pragma once

#include <cstddef>
#include <span>

namespace ringlet::test {

/// The first byte of the input is the mode, the rest the file. Even: the file as it is. Odd: its
/// preamble and the checksum of its tables are put right first, since no mutation would ever get
/// past them.
void fuzz_model(std::span<const std::byte> input);

}  // namespace ringlet::test

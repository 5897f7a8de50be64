// What an application would do with a model file from anywhere.
#pragma once

#include <cstddef>
#include <span>

#include "support/model_image.hpp"

namespace ringlet::test {

/// Opens the file and, when that succeeds, reads its data, plans, creates a session in exactly the
/// planned memory, encodes a text and decodes a few tokens. Returns whether it opened. Work is
/// bounded: what would need more than a few megabytes is planned but not created.
bool exercise(std::span<const std::byte> image);

}  // namespace ringlet::test

// What an application would do with a model file from anywhere.
#pragma once

#include <cstddef>
#include <span>

#include "ringlet/status.hpp"
#include "support/model_image.hpp"

namespace ringlet::test {

/// How far a file came.
struct Exercised {
  Status opened;
  bool decoded = false;  // a session was created, and tokens were decoded
};

/// Opens the file and, when that succeeds, reads its data, plans, creates a session in exactly the
/// planned memory, encodes a text and decodes a few tokens. Work is bounded: what would need more
/// than a few megabytes is planned but not created. Memory has pages at its ends that nobody may
/// touch, so that a write beyond it ends the program in every build.
Exercised exercise(std::span<const std::byte> image);

}  // namespace ringlet::test

// Uses an untrusted model file like an application.
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

/// Opens the file and, if that succeeds, reads its data, plans, creates a session in exactly the
/// planned memory, encodes a text and decodes a few tokens. Work is bounded: a session of more than
/// a few megabytes is planned but not created. Memory has inaccessible pages at its ends, so that a
/// write beyond it ends the program in every build.
Exercised exercise(std::span<const std::byte> image);

}  // namespace ringlet::test

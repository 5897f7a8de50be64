// What an application would do with an image from anywhere.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "support/aligned.hpp"

namespace ringlet::test {

/// An input of the image fuzzer: the first byte is the mode, the rest the image. Bit 0 of the mode
/// puts the model's hash and the checksums right first, since no mutation would ever get past them;
/// bits 1 to 3 choose the format of the session's cache, bit 4 has the sinks used in place.
///
/// Restores the image into a session of a tiny model, and when that succeeds decodes, goes back,
/// saves, and restores what was saved into another session, which has to go on with the same bits;
/// ends the program otherwise. Returns whether the image was restored.
bool exercise_image(std::span<const std::byte> input);

/// Intact inputs of every format at several positions, in every mode that takes them, with names.
std::vector<std::pair<std::string, AlignedBytes>> image_inputs();

}  // namespace ringlet::test

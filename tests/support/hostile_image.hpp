// What an application would do with an image from anywhere.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "ringlet/status.hpp"
#include "support/aligned.hpp"

namespace ringlet::test {

/// Bytes before the image in an input of the image fuzzer: the mode, and which model the session is
/// of (0: a tiny one; then those of all_families(); beyond them it begins again). Bit 0 of the mode
/// puts the model's hash and the checksums right first, since no mutation would ever get past them;
/// bits 1 to 3 choose the format of the session's cache, bit 4 has the sinks used in place.
inline constexpr std::size_t image_input_prefix = 2;

/// Restores the image of an input into a session, and when that succeeds decodes, goes back, saves,
/// and restores what was saved into another session, which has to go on with the same bits; ends
/// the program otherwise. Returns what restore() said.
Status exercise_image(std::span<const std::byte> input);

using NamedInput = std::pair<std::string, AlignedBytes>;

/// Intact inputs of the tiny model, of every format at several positions, in every mode that takes
/// them.
std::vector<NamedInput> image_inputs();

/// One of every family and format, by turns before and after the ring has wrapped.
std::vector<NamedInput> family_image_inputs();

/// Intact images of the tiny model that are changed in one place, in the mode that repairs nothing,
/// under the words of the refusal.
std::vector<NamedInput> refused_image_inputs();

}  // namespace ringlet::test

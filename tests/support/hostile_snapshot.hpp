// Uses an untrusted snapshot like an application.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "ringlet/status.hpp"
#include "support/aligned.hpp"

namespace ringlet::test {

/// Bytes before the snapshot in an input of the snapshot fuzzer: the mode, and the model of the
/// session (0: a tiny one; then those of all_families(), cyclically). Bit 0 of the mode corrects
/// the model's hash and the checksums first, since no mutation would ever pass them. Bits 1 to 3
/// choose the format of the session's cache, and bit 4 uses the sinks in place.
inline constexpr std::size_t snapshot_input_prefix = 2;

/// Restores the snapshot of an input into a session. If that succeeds, decodes, goes back, saves,
/// and restores the saved snapshot into another session, which must continue with the same bits;
/// otherwise ends the program. Returns the result of restore().
Status exercise_snapshot(std::span<const std::byte> input);

using NamedInput = std::pair<std::string, AlignedBytes>;

/// Intact inputs of the tiny model, of every format at several positions, in every mode that takes
/// them.
std::vector<NamedInput> snapshot_inputs();

/// One of every family and format, by turns before and after the ring has wrapped.
std::vector<NamedInput> family_snapshot_inputs();

/// Intact snapshots of the tiny model that are changed in one place, in the mode that repairs
/// nothing, under the words of the refusal.
std::vector<NamedInput> refused_snapshot_inputs();

}  // namespace ringlet::test

// The first 64 bytes of a model file, and the order of its parts:
//
//   preamble (64 bytes) | tables (a FlatBuffer, schema/ringlet.fbs) | padding | data segment
//
// The data segment begins at a multiple of 4096 in the file, so that a mapped file has its planes
// on cache lines and its large matrices on pages. All numbers are little-endian.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace ringlet::file {

static_assert(std::endian::native == std::endian::little, "the file is read in place");

/// "\x89RGLT\r\n\x1a", in the manner of PNG: detects text-mode transfers and is not valid text.
inline constexpr unsigned char magic[8] = {0x89, 'R', 'G', 'L', 'T', '\r', '\n', 0x1A};

// A reader refuses any other major version. Files have version 2 if they contain what a reader of
// version 1 would not see and compute without (needs_version_2 in the converter).
inline constexpr std::uint16_t least_major_version = 1;
inline constexpr std::uint16_t most_major_version = 2;
inline constexpr std::uint16_t minor_version = 0;  // a reader accepts any

inline constexpr std::uint64_t base_alignment = 64;       // of the file in memory
inline constexpr std::uint64_t segment_alignment = 4096;  // of the data segment in the file
inline constexpr std::uint64_t plane_alignment = 64;      // of a plane in the segment
inline constexpr std::uint64_t large_plane =
    65536;  // planes from this size lie on segment_alignment

struct Preamble {
  unsigned char magic[8];
  std::uint16_t major;
  std::uint16_t minor;
  std::uint32_t preamble_crc32c;  // of these 64 bytes with this field zero
  std::uint64_t tables_offset;    // 64
  std::uint64_t tables_size;
  std::uint64_t segment_offset;
  std::uint64_t segment_size;
  std::uint32_t tables_crc32c;
  std::uint32_t reserved[3];  // zero
};
static_assert(sizeof(Preamble) == 64);

}  // namespace ringlet::file

#include "session/snapshot_planes.hpp"

#include <algorithm>

#include "session/invalid_snapshot.hpp"

namespace ringlet {
namespace {

/// Whether `fails` is false for every word of the plane.
template <typename Word, typename Fails>
bool all_pass(std::span<const std::byte> plane, Fails fails) {
  const auto* first = reinterpret_cast<const Word*>(plane.data());
  return std::none_of(first, first + plane.size() / sizeof(Word), fails);
}

bool is_infinite(std::uint32_t bits) { return (bits & 0x7F800000U) == 0x7F800000U; }

}  // namespace

Status check_floats(const char* where, std::span<const std::byte> floats) noexcept {
  if (all_pass<std::uint32_t>(floats, is_infinite)) return {};
  return invalid_snapshot(where, "a number of the snapshot is not finite");
}

Status check_plane(const HeadPlane& plane, std::span<const std::byte> codes,
                   std::span<const std::byte> scales) noexcept {
  const auto fault = [&](const char* what) {
    return invalid_snapshot(plane.keys ? "keys" : "values", what).at(plane.layer);
  };
  const auto infinite_half = [](std::uint16_t bits) { return (bits & 0x7C00U) == 0x7C00U; };
  const auto bad_scale = [&](std::uint16_t bits) {
    return infinite_half(bits) || (bits != 0 && (bits & 0x7C00U) == 0);
  };
  bool good = true;
  switch (plane.format) {
    case KvFormat::f32:
      good = all_pass<std::uint32_t>(codes, is_infinite);
      break;
    case KvFormat::f16:
      good = all_pass<std::uint16_t>(codes, infinite_half);
      break;
    case KvFormat::int8:
      good = all_pass<std::uint8_t>(codes, [](std::uint8_t code) { return code == 0x80; });
      break;
    case KvFormat::int4:
      break;  // every nibble is a valid code
  }
  if (!good) return fault("the snapshot has a number that no cache can hold");
  if (!all_pass<std::uint16_t>(scales, bad_scale)) {
    return fault("a scale is denormal or not finite");
  }
  return {};
}

}  // namespace ringlet

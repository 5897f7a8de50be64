#include "failure.hpp"

#include <array>
#include <cstddef>
#include <new>

#include "export.hpp"

namespace ringlet::port {
namespace {

// Without a constructor: a module without an entry point would run those before every export.
alignas(Status) constinit std::array<std::byte, sizeof(Status)> storage{};
constinit std::array<char, 512> line{};

/// Of a call that has failed.
const Status& last() noexcept {
  return *std::launder(reinterpret_cast<const Status*>(storage.data()));
}

}  // namespace

bool succeeds(const Status& status) noexcept {
  if (!status.ok()) new (storage.data()) Status(status);
  return status.ok();
}

RINGLET_EXPORT(error_code) std::uint32_t error_code() {
  return static_cast<std::uint32_t>(last().code());
}
/// The error as one line, which ends with a zero.
RINGLET_EXPORT(error_line) const char* error_line() {
  const std::string_view text = describe(last(), std::span(line).first(line.size() - 1));
  line[text.size()] = '\0';
  return line.data();
}
RINGLET_EXPORT(error_what) const char* error_what() { return last().what(); }
RINGLET_EXPORT(error_where) const char* error_where() { return last().where(); }
RINGLET_EXPORT(error_index) std::int64_t error_index() { return last().index(); }
RINGLET_EXPORT(error_numbers) std::uint32_t error_numbers() {
  return static_cast<std::uint32_t>(last().numbers());
}
RINGLET_EXPORT(error_needed) std::uint64_t error_needed() { return last().needed(); }
RINGLET_EXPORT(error_actual) std::uint64_t error_actual() { return last().actual(); }
/// Null without a suggestion.
RINGLET_EXPORT(error_setting) const char* error_setting() { return last().setting(); }
RINGLET_EXPORT(error_suggestion) std::uint32_t error_suggestion() { return last().suggestion(); }

}  // namespace ringlet::port

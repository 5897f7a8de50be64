// Numbers in human-readable form.
#pragma once

#include <cstdint>
#include <string>

#include "with_commas.hpp"

namespace ringlet::common {

using port::with_commas;

/// "token" or "tokens".
[[nodiscard]] std::string plural(std::uint64_t count, const char* noun);

/// "3.0 MiB"; below 1 KiB "3 bytes".
[[nodiscard]] std::string human_bytes(std::uint64_t bytes);

/// printf into a string of at most 1023 bytes. The compiler checks the arguments against the
/// pattern.
[[nodiscard]] std::string format(const char* pattern, ...) __attribute__((format(printf, 1, 2)));

/// " at 12.3 tok/s", or an empty string if the divisor is zero.
[[nodiscard]] std::string rate(std::uint64_t tokens, std::uint64_t nanoseconds);

}  // namespace ringlet::common

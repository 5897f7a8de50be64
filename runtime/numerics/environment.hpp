// The float arithmetic that everything else assumes.
#pragma once

namespace ringlet {

/// Whether this thread rounds to nearest even and keeps denormals. Any other setting changes bits;
/// the library refuses it rather than changing its caller's environment.
[[nodiscard]] bool float_environment_is_canonical() noexcept;

}  // namespace ringlet

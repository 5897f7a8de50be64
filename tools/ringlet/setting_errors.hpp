// Settings that the library refuses, reported by the option that sets them.
#pragma once

#include <string>
#include <string_view>

#include "options.hpp"

namespace ringlet::cli {

/// The option for a field of Config or SamplerOptions; null if there is none.
[[nodiscard]] const char* option_for(std::string_view field);

/// Throws a UsageError if an option has a value that is not accepted, otherwise a Failure about the
/// file at `path`.
[[noreturn]] void refuse_setting(const std::string& path, const Status& status);

/// The same for the settings of a session. If a default does not suit an option that was given, the
/// error names the option.
[[noreturn]] void refuse_setting(const std::string& path, const Status& status,
                                 const SessionOptions& options);

}  // namespace ringlet::cli

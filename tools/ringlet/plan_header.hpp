// Generates the header for C and C++ with the sizes of a plan.
#pragma once

#include <string>
#include <string_view>

#include "plan_report.hpp"

namespace ringlet::cli {

/// The name of a model in a program: its file name without extension, with an underscore for
/// characters that an identifier cannot contain, and with m before a digit. Names that contain it
/// have no two underscores in a row, because C++ reserves those.
[[nodiscard]] std::string identifier_of(std::string_view file_name);

/// Whether a name can be part of a C identifier.
[[nodiscard]] bool is_identifier(std::string_view name);

/// Returns a header with the sizes as macros, so that firmware can declare its memory statically,
/// and with the configuration that they are valid for. Every name in it contains `name`, so that a
/// program can have several models. It does not compile with another version of the library.
[[nodiscard]] std::string plan_header(const PlanReport& report, const std::string& name);

}  // namespace ringlet::cli

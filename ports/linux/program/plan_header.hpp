// The header for C and C++ with the sizes of a plan.
#pragma once

#include <string>
#include <string_view>

#include "plan_report.hpp"

namespace ringlet::cli {

/// The name of a model in a program: its file's name without extension, with an underscore for
/// whatever an identifier may not have.
[[nodiscard]] std::string identifier_of(std::string_view file_name);

/// Whether a name may be a part of an identifier of C.
[[nodiscard]] bool is_identifier(std::string_view name);

/// A header with the sizes as macros, so that firmware can declare its memory statically, and with
/// the configuration that they hold for. Every name in it contains `name`, so that one program may
/// have several models. It refuses headers of another version of the library.
[[nodiscard]] std::string plan_header(const PlanReport& report, const std::string& name);

}  // namespace ringlet::cli

// As much of the Jinja template language as chat templates use, to render conversations with.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace ringlet::convert {

/// Renders a template with these variables, with trim_blocks and lstrip_blocks as chat templates
/// expect. Throws std::runtime_error in one sentence for syntax, filters and functions that are not
/// known, for what the template itself raises, and when it runs for too long.
std::string render_template(std::string_view text, const nlohmann::json& variables);

}  // namespace ringlet::convert

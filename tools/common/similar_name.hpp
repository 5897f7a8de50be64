// The name that was probably meant by a misspelled one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ringlet::common {

/// Returns the name that differs from `wrong` by the fewest letters, at most two, or an empty
/// string.
[[nodiscard]] std::string similar_name(std::string_view wrong,
                                       const std::vector<std::string>& names);

/// The long option of a CLI::App that is similar to `wrong` ("--contxt=5"), or an empty string. A
/// template, because this library does without CLI11.
template <typename App>
std::string similar_option(const App& app, std::string_view wrong) {
  std::vector<std::string> names;
  for (const auto* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return similar_name(wrong.substr(0, wrong.find('=')), names);
}

/// "unknown option '--contxt=5'; did you mean --context?"; nothing is asked if `similar` is empty.
[[nodiscard]] inline std::string unknown_option(const std::string& wrong,
                                                const std::string& similar) {
  return "unknown option '" + wrong + "'" +
         (similar.empty() ? "" : "; did you mean " + similar + "?");
}

}  // namespace ringlet::common

// Errors of the command line parser, rephrased for people.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace ringlet::cli {

/// One line about an error, without the names of program and command. `app` is the chosen command,
/// or the program if none was.
[[nodiscard]] std::string explain(const CLI::ParseError& error, const CLI::App& program,
                                  const CLI::App& app);

}  // namespace ringlet::cli

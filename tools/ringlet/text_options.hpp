// Options about texts: the prompt, and the end of the generated text.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "common/stop_strings.hpp"

namespace ringlet::cli {

/// The values of --stop and --escape.
struct TextOptions {
  std::vector<std::string> stop;
  bool escape = false;

  /// Returns a text of the command line with its escapes replaced, if requested. Throws UsageError.
  [[nodiscard]] std::string read(const std::string& text) const;

  /// Returns the stop strings, read like texts. Throws UsageError if one is empty.
  [[nodiscard]] common::StopStrings stop_strings() const;
};

/// Adds -e.
void add_escape_option(CLI::App& app, TextOptions& options);

/// Adds --stop.
void add_stop_option(CLI::App& app, TextOptions& options);

}  // namespace ringlet::cli

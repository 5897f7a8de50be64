#include "text_options.hpp"

#include "command.hpp"
#include "escapes.hpp"

namespace ringlet::cli {

std::string TextOptions::read(const std::string& text) const {
  return escape ? unescape(text) : text;
}

common::StopStrings TextOptions::stop_strings() const {
  std::vector<std::string> texts;
  for (const std::string& text : stop) {
    if (text.empty()) throw UsageError("--stop: an empty text would stop at once; give another");
    texts.push_back(read(text));
  }
  return common::StopStrings(texts);
}

void add_escape_option(CLI::App& app, TextOptions& options) {
  app.add_flag("-e,--escape", options.escape,
               "Interpret \\n, \\t, \\r, \\\\, \\\", \\' and \\xHH in texts on the command line.");
}

void add_stop_option(CLI::App& app, TextOptions& options) {
  app.add_option("--stop", options.stop,
                 "Stop before the model writes this text (repeatable).")
      ->type_name("TEXT")
      ->expected(1)  // the argument after the text can be the model
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

}  // namespace ringlet::cli

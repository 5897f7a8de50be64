#include "usage_errors.hpp"

#include <string_view>
#include <utility>
#include <vector>

#include "common/similar_name.hpp"

namespace ringlet::cli {
namespace {

/// What llama.cpp calls an option.
constexpr std::pair<std::string_view, const char*> other_names[] = {
    {"--ctx-size", "--context"},
    {"--predict", "-n"},
    {"--n-predict", "-n"},
    {"--tokens", "-n"},
    {"--keep", "--sinks"},
    {"--batch-size", "--prefill-chunk"},
    {"--ubatch-size", "--prefill-chunk"},
    {"--threads-batch", "--prefill-threads"},
    {"--cache-type-k", "--kv"},
    {"--cache-type-v", "--kv"},
    {"--prompt-cache", "--session"},
    {"--reverse-prompt", "--stop"},
    {"--system-prompt", "--system"},
    {"--n-depth", "--depth"},
    {"--model-draft", "--draft"},
    {"--draft-model", "--draft"},
    {"--draft-n", "--draft-tokens"},
    {"--draft-max", "--draft-tokens"}};

/// The option of `app` that was probably meant, or an empty string.
std::string similar_option(const CLI::App& app, std::string_view wrong) {
  const std::string_view wrong_name = wrong.substr(0, wrong.find('='));
  for (const auto& [name, option] : other_names) {
    if (name == wrong_name && app.get_option_no_throw(option) != nullptr) return option;
  }
  return common::similar_option(app, wrong);
}

/// What to do about an argument that is one too many, or an empty string.
std::string advice_on_argument(const CLI::App& app) {
  if (app.get_name() == "chat") return "; give a message with -p TEXT";
  if (app.get_name() == "run") return "; quote a prompt of several words";
  if (app.get_name() == "tokenize") return "; quote a text of several words";
  return {};
}

std::string explain_extras(const CLI::App& program, const CLI::App& app) {
  std::vector<std::string> extras = program.remaining(true);
  // What follows -- is never an option.
  const bool ended = !extras.empty() && extras.front() == "--";
  if (ended) extras.erase(extras.begin());
  const std::string first = extras.empty() ? "--" : extras.front();
  const bool in_program = &app == &program;
  const std::string help =
      " (see " + (in_program ? "ringlet" : "ringlet " + app.get_name()) + " --help)";
  if (!ended && first.starts_with("-")) {
    return common::unknown_option(first, similar_option(app, first)) + help;
  }
  if (in_program) return "unknown command '" + first + "'" + help;
  return "unexpected argument '" + first + "'" + advice_on_argument(app) + help;
}

}  // namespace

std::string explain(const CLI::ParseError& error, const CLI::App& program, const CLI::App& app) {
  const std::string help = " (see ringlet " + app.get_name() + " --help)";
  std::string message = error.what();
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
    return explain_extras(program, app);
  }
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
    // Options that can be given by position are reported by it.
    if (message.starts_with("--model ")) message.replace(0, 7, "MODEL");
    return message + help;
  }
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    return message.substr(0, message.find(':')) + " takes one value" + help;
  }
  return message;
}

}  // namespace ringlet::cli

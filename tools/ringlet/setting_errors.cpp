#include "setting_errors.hpp"

#include <array>
#include <utility>

#include "command.hpp"
#include "parse_values.hpp"
#include "ringlet/linux/failure.hpp"

namespace ringlet::cli {
namespace {

constexpr std::pair<std::string_view, const char*> option_names[] = {
    {"allow_longer_context", "--allow-longer-context"},
    {"context", "--context"},
    {"sinks", "--sinks"},
    {"kv", "--kv"},
    {"hot_window", "--hot-window"},
    {"rewind", "--rewind"},
    {"prefill_chunk", "--prefill-chunk"},
    {"threads", "--threads"},
    {"longest_word", "--longest-word"},
    {"draft_tokens", "--draft-tokens"},
    {"prefix_tokens", "--prefix-tokens"},
    {"sessions", "--sessions"},
    {"branches", "--branches"},
    {"branch_pages", "--branch-pages"},
    {"temperature", "--temperature"},
    {"top_k", "--top-k"},
    {"top_p", "--top-p"},
    {"min_p", "--min-p"},
    {"repeat_penalty", "--repeat-penalty"}};

/// The option for a field, or the field where there is none.
const char* option_or_field(const char* field) {
  const char* option = option_for(field);
  return option == nullptr ? field : option;
}

/// The status with options in place of fields.
Status with_options(const Status& status) {
  const Status named = Status(status.code(), option_or_field(status.where()), status.what())
                           .compare(status.numbers(), status.needed(), status.actual())
                           .at(status.index());
  return status.has_suggestion()
             ? named.suggest(option_or_field(status.setting()), status.suggestion())
             : named;
}

}  // namespace

const char* option_for(std::string_view field) {
  for (const auto& [name, option] : option_names) {
    if (name == field) return option;
  }
  return nullptr;
}

void refuse_setting(const std::string& path, const Status& status) {
  const Status named = with_options(status);
  if (status.code() != ErrorCode::invalid_argument || option_for(status.where()) == nullptr) {
    throw port::failure_of(path, named);
  }
  std::array<char, 512> line;
  throw UsageError(std::string(describe(named, line)));
}

void refuse_setting(const std::string& path, const Status& status, const SessionOptions& options) {
  const std::string_view where = status.where();
  if (where == "allow_longer_context") {
    throw UsageError("--context: " + with_commas(status.actual()) + " is longer than the " +
                     with_commas(status.needed()) +
                     " that the model was trained on; use --context " +
                     std::to_string(status.needed()) + ", or add --allow-longer-context");
  }
  if (where == "sinks" && options.config.context != 0 && !options.chose_sinks) {
    throw UsageError("--context: must be more than the " + with_commas(status.actual()) +
                     " sinks; --context " + std::to_string(status.actual() + 1) + " or --sinks " +
                     std::to_string(status.needed()) + " would fit");
  }
  refuse_setting(path, status);
}

}  // namespace ringlet::cli

// What a model wants around the messages of a conversation: its chat template, or its chat format.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "options.hpp"
#include "ringlet/chat.hpp"
#include "templates/prompt_template.hpp"

namespace ringlet::cli {

/// Exactly one of the two is there.
struct ChatMarkup {
  std::unique_ptr<templates::PromptTemplate> chat_template;
  std::optional<ChatFormat> format;

  [[nodiscard]] bool has_system() const {
    return chat_template ? chat_template->has_system() : format->has_system();
  }
  /// For display.
  [[nodiscard]] std::string name() const {
    return chat_template ? "chat template" : "chat format " + std::string(format->name());
  }
};

/// The template of the model, or with `compact` the chat format, as firmware uses it; without a
/// template always the format. Throws Failure if the model has neither.
[[nodiscard]] ChatMarkup open_chat_markup(const LoadedModel& model, bool compact);

/// The variables of options NAME=VALUE. A value is JSON (false, 3, "text"), or else a text. Throws
/// UsageError.
[[nodiscard]] nlohmann::ordered_json template_variables(const std::vector<std::string>& options);

}  // namespace ringlet::cli

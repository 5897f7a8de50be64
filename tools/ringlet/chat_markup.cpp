#include "chat_markup.hpp"

#include "command.hpp"
#include "ringlet/linux/failure.hpp"
#include "schema/ringlet_generated.h"
#include "templates/control_spellings.hpp"
#include "templates/stored_templates.hpp"

namespace ringlet::cli {

ChatMarkup open_chat_markup(const LoadedModel& model, bool compact) {
  ChatMarkup markup;
  std::optional<templates::StoredTemplates> stored;
  if (!compact) stored = templates::templates_of(*model.model.tables(), model.path);
  if (stored && stored->find("default") != nullptr) {
    templates::ControlSpellings control(open_tokenizer(model),
                                        model.model.architecture().vocab_size);
    markup.chat_template = std::make_unique<templates::PromptTemplate>(
        std::move(*stored), std::move(control), model.path);
    return markup;
  }
  markup.format = port::value_of(model.path, ChatFormat::open(model.model));
  return markup;
}

nlohmann::ordered_json template_variables(const std::vector<std::string>& options) {
  auto variables = nlohmann::ordered_json::object();
  for (const std::string& option : options) {
    const std::size_t equals = option.find('=');
    if (equals == 0 || equals == std::string::npos) {
      throw UsageError("--template-var: '" + option + "' is not NAME=VALUE");
    }
    const std::string text = option.substr(equals + 1);
    nlohmann::ordered_json value = nlohmann::ordered_json::parse(text, nullptr, false);
    variables[option.substr(0, equals)] =
        value.is_discarded() ? nlohmann::ordered_json(text) : std::move(value);
  }
  return variables;
}

}  // namespace ringlet::cli

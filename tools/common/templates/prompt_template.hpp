// A model's chat template: from messages in JSON to the prompt.
#pragma once

#include <ctime>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "jinja/template.hpp"
#include "templates/control_spellings.hpp"
#include "templates/guarded_render.hpp"
#include "templates/stored_templates.hpp"

namespace ringlet::templates {

/// What to render. The names are those of Hugging Face's apply_chat_template().
struct PromptRequest {
  /// Objects with "role" and "content" (a text or a list of parts), and whatever else the template
  /// reads: "reasoning_content", "tool_calls", "tool_call_id".
  nlohmann::ordered_json messages = nlohmann::ordered_json::array();
  nlohmann::ordered_json tools = nullptr;      // a list of functions as JSON Schema
  nlohmann::ordered_json documents = nullptr;  // a list
  nlohmann::ordered_json variables = nlohmann::ordered_json::object();  // enable_thinking
  /// The prompt asks for a reply.
  bool add_generation_prompt = true;
  /// The prompt ends where the last message does, so that the model continues that.
  bool continue_final_message = false;
  /// What strftime_now() tells; without it, a template finds no such function.
  std::optional<std::tm> clock = {};
};

class PromptTemplate {
 public:
  /// Throws port::Failure, which begins with `model`, the name of the file, if a template cannot be
  /// read.
  PromptTemplate(StoredTemplates stored, ControlSpellings control, const std::string& model);

  /// Renders with the template for the request: "tool_use" if there are tools, "rag" if there are
  /// documents, where the model has these, otherwise "default". Bounds time, memory and output.
  /// Throws port::Failure with the reason if the template refuses the messages.
  [[nodiscard]] Prompt render(const PromptRequest& request) const;

  /// Whether a system message appears in the prompt.
  [[nodiscard]] bool has_system() const;

  /// Whether the template wants "content" to be a list of parts, and does not write texts.
  [[nodiscard]] bool needs_parts() const { return needs_parts_; }

  /// A message whose "content" has the form that the template wants: a text, or a list with one
  /// part if the template does not write texts.
  [[nodiscard]] nlohmann::ordered_json message(const char* role, std::string_view text) const;

  /// The spellings of the vocabulary's control tokens.
  [[nodiscard]] const ControlSpellings& control() const { return control_; }

  /// Whether the source of the template for requests with tools, or for those without, has this
  /// text.
  [[nodiscard]] bool mentions(std::string_view text, bool with_tools = false) const;

 private:
  [[nodiscard]] const jinja::Template& choose(const PromptRequest& request) const;
  [[nodiscard]] bool writes(const nlohmann::ordered_json& messages, std::string_view text) const;

  StoredTemplates stored_;
  ControlSpellings control_;
  std::map<std::string, jinja::Template, std::less<>> parsed_;
  std::vector<std::string> trusted_;  // names of variables
  bool needs_parts_ = false;
};

}  // namespace ringlet::templates

#include "templates/prompt_template.hpp"

#include <algorithm>

#include "common/errors.hpp"
#include "jinja/error.hpp"
#include "jinja/text.hpp"

namespace ringlet::templates {
namespace {

using Json = nlohmann::ordered_json;

/// Conversations of a long context, in at most a second or so.
constexpr std::size_t most_work = 5'000'000;

constexpr const char* probe = "Qwoxprobe";

Json message_of(const char* role, std::string_view text, bool in_parts) {
  if (!in_parts) return {{"role", role}, {"content", text}};
  return {{"role", role}, {"content", {{{"type", "text"}, {"text", text}}}}};
}

/// The text of the last message: its content, or the last part of it.
std::string final_text(const Json& messages) {
  if (!messages.empty() && messages.back().is_object() && messages.back().contains("content")) {
    const Json& content = messages.back().at("content");
    if (content.is_string()) return content.get<std::string>();
    for (auto part = content.rbegin(); content.is_array() && part != content.rend(); ++part) {
      if (part->is_object() && part->value("type", "") == "text" && part->contains("text") &&
          part->at("text").is_string()) {
        return part->at("text").get<std::string>();
      }
    }
  }
  common::fail("the last message has no text that could be continued");
}

/// Ends the prompt behind the text of its last message, as Transformers does.
void cut_behind(Prompt& prompt, const std::string& final) {
  const std::string_view left = jinja::strip_left(final);
  const std::string_view whole = jinja::strip_right(left);
  const std::size_t at = prompt.text.rfind(whole);
  if (whole.empty() || at == std::string::npos) {
    common::fail("the chat template changes the last message, so it cannot be continued");
  }
  const bool kept = std::string_view(prompt.text).substr(at, left.size()) == left;
  prompt.text.resize(at + (kept ? left.size() : whole.size()));
  std::erase_if(prompt.literal, [&](const Span& span) { return span.end > prompt.text.size(); });
}

}  // namespace

PromptTemplate::PromptTemplate(StoredTemplates stored, ControlSpellings control,
                               const std::string& model)
    : stored_(std::move(stored)), control_(std::move(control)) {
  for (const auto& [name, text] : stored_.templates) {
    try {
      parsed_.emplace(name, jinja::Template(text));
    } catch (const jinja::Fault& fault) {
      common::fail(model, ": the chat template \"", name, "\": ", fault.what());
    }
  }
  for (const auto& [name, text] : stored_.tokens) trusted_.push_back(name);
  trusted_.emplace_back("additional_special_tokens");
  const Json text = Json::array({message_of("user", probe, false)});
  const Json part = Json::array({message_of("user", probe, true)});
  needs_parts_ = !writes(text, probe) && writes(part, probe);
}

const jinja::Template& PromptTemplate::choose(const PromptRequest& request) const {
  const auto of = [&](const char* name) { return parsed_.find(name); };
  if (!request.tools.is_null() && of("tool_use") != parsed_.end()) return of("tool_use")->second;
  if (!request.documents.is_null() && of("rag") != parsed_.end()) return of("rag")->second;
  if (of("default") != parsed_.end()) return of("default")->second;
  common::fail("the model has no chat template for a conversation without tools");
}

Prompt PromptTemplate::render(const PromptRequest& request) const {
  Json variables = request.variables;
  for (const auto& [name, text] : stored_.tokens) variables[name] = text;
  if (!stored_.additional_tokens.empty()) {
    variables["additional_special_tokens"] = stored_.additional_tokens;
  }
  variables["messages"] = request.messages;
  variables["tools"] = request.tools;
  variables["documents"] = request.documents;
  const bool goes_on = request.continue_final_message;
  variables["add_generation_prompt"] = request.add_generation_prompt && !goes_on;
  try {
    Prompt prompt = guarded_render(choose(request), variables, trusted_, control_,
                                   {.clock = request.clock, .most_work = most_work});
    if (goes_on) cut_behind(prompt, final_text(request.messages));
    return prompt;
  } catch (const jinja::Fault& fault) {
    common::fail("the chat template: ", fault.what());
  }
}

bool PromptTemplate::writes(const Json& messages, std::string_view text) const {
  PromptRequest request;
  request.messages = messages;
  request.clock = std::tm{};
  request.clock->tm_year = 100;
  request.clock->tm_mday = 1;
  try {
    return render(request).text.find(text) != std::string::npos;
  } catch (const port::Failure&) {
    return false;
  }
}

Json PromptTemplate::message(const char* role, std::string_view text) const {
  return message_of(role, text, needs_parts_);
}

bool PromptTemplate::has_system() const {
  const std::string system = std::string(probe) + "system";
  return writes(Json::array({message("system", system), message("user", probe)}), system);
}

bool PromptTemplate::mentions(std::string_view text, bool with_tools) const {
  const std::string* source = with_tools ? stored_.find("tool_use") : nullptr;
  if (source == nullptr) source = stored_.find("default");
  return source != nullptr && source->find(text) != std::string::npos;
}

}  // namespace ringlet::templates

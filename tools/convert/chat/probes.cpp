#include "chat/probes.hpp"

#include <array>

#include "chat/kept_templates.hpp"
#include "jinja/text.hpp"

namespace ringlet::convert {
namespace {

nlohmann::ordered_json message_of(const char* role, const std::string& content) {
  return {{"role", role}, {"content", content}};
}

}  // namespace

ChatTemplate::ChatTemplate(const SourceTokenizer& tokenizer)
    : template_(tokenizer.chat_template),
      variables_({{"tools", nullptr}, {"documents", nullptr}, {"add_generation_prompt", true}}),
      environment_{} {
  for (const auto& [name, text] : template_variables(tokenizer)) variables_[name] = text;
  if (!tokenizer.additional_special_tokens.empty()) {
    variables_["additional_special_tokens"] = tokenizer.additional_special_tokens;
  }
  // Where the source names no tokens, they are not absent but unknown.
  if (!tokenizer.template_tokens.empty()) return;
  environment_.unknown = {"pad_token", "cls_token", "sep_token", "mask_token",
                          "additional_special_tokens"};
}

std::string ChatTemplate::render(const Conversation& conversation,
                                 const std::optional<std::tm>& clock) const {
  nlohmann::ordered_json messages = nlohmann::ordered_json::array();
  if (conversation.system) messages.push_back(message_of("system", *conversation.system));
  for (std::size_t i = 0; i < conversation.users.size(); ++i) {
    if (i > 0) messages.push_back(message_of("assistant", conversation.replies[i - 1]));
    messages.push_back(message_of("user", conversation.users[i]));
  }
  nlohmann::ordered_json variables = variables_;
  variables["messages"] = std::move(messages);
  jinja::Environment environment = environment_;
  environment.clock = clock;
  return template_.render(variables, environment);
}

Conversation probe_conversation(std::size_t turns, bool system) {
  static constexpr std::array<const char*, 5> numbers = {"one", "two", "three", "four", "five"};
  Conversation conversation;
  if (system) conversation.system = "Qwoxprobesystem";
  for (std::size_t i = 0; i < turns; ++i) {
    if (i > 0) conversation.replies.push_back(std::string("Qwoxprobereply") + numbers[i - 1]);
    conversation.users.push_back(std::string("Qwoxprobeuser") + numbers[i]);
  }
  return conversation;
}

std::optional<std::vector<std::string>> parts_between(const std::string& text,
                                                      const Conversation& conversation) {
  std::vector<std::string> messages;
  if (conversation.system) messages.push_back(*conversation.system);
  for (std::size_t i = 0; i < conversation.users.size(); ++i) {
    if (i > 0) messages.push_back(conversation.replies[i - 1]);
    messages.push_back(conversation.users[i]);
  }
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (const std::string& message : messages) {
    const std::size_t at = text.find(message, begin);
    if (at == std::string::npos || text.find(message) != at ||
        text.find(message, at + 1) != std::string::npos) {
      return {};
    }
    parts.push_back(text.substr(begin, at - begin));
    begin = at + message.size();
  }
  parts.push_back(text.substr(begin));
  return parts;
}

std::string written_by(const SourceChat& chat, const Conversation& conversation,
                       const std::string& reply_lead) {
  const auto trimmed = [&](const std::string& text) {
    if (!chat.trim) return text;
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string::npos) return std::string();
    return text.substr(begin, text.find_last_not_of(" \t\r\n") + 1 - begin);
  };
  std::string text = chat.opening;
  if (conversation.system) {
    text = chat.system_prefix.value_or("") + trimmed(*conversation.system) + chat.system_suffix;
  }
  for (std::size_t i = 0; i < conversation.users.size(); ++i) {
    if (i > 0) text += reply_lead + conversation.replies[i - 1] + chat.after_reply;
    text += trimmed(conversation.users[i]) + chat.before_reply;
  }
  return text;
}

std::string quoted_part(std::string_view text) {
  constexpr std::size_t longest = 60;
  std::string result = "\"";
  for (const std::string_view character : jinja::characters(text)) {
    if (result.size() >= longest) return result + "...\"";
    if (character == "\n") {
      result += "\\n";
    } else if (jinja::code_point(character) >= 0x20) {
      result += character;
    }
  }
  return result + "\"";
}

}  // namespace ringlet::convert

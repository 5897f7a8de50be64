// Conversations for rendering with a chat template.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "jinja/template.hpp"
#include "source/source_model.hpp"

namespace ringlet::convert {

struct Conversation {
  std::optional<std::string> system = {};
  std::vector<std::string> users = {};
  std::vector<std::string> replies = {};  // one fewer than user messages
};

/// A tokenizer's template, rendered like Hugging Face's apply_chat_template() without tools.
class ChatTemplate {
 public:
  /// Like the functions, throws jinja::Error and jinja::Unsupported.
  explicit ChatTemplate(const SourceTokenizer& tokenizer);

  /// Returns the conversation up to the start of the next reply.
  [[nodiscard]] std::string render(const Conversation& conversation,
                                   const std::optional<std::tm>& clock) const;

 private:
  jinja::Template template_;
  nlohmann::ordered_json variables_;
  jinja::Environment environment_;
};

/// Returns `turns` user messages and the replies between them, all of words that no template
/// searches for.
Conversation probe_conversation(std::size_t turns, bool system);

/// Returns the texts before, between and after the messages. Each message, starting with the system
/// message, must occur once and in order; otherwise returns nothing.
std::optional<std::vector<std::string>> parts_between(const std::string& text,
                                                      const Conversation& conversation);

/// Returns a conversation as the model's chat format writes it. `reply_lead` is the text that the
/// model itself writes before each reply.
std::string written_by(const SourceChat& chat, const Conversation& conversation,
                       const std::string& reply_lead);

/// Returns a text on one line, quoted and shortened, for messages.
std::string quoted_part(std::string_view text);

}  // namespace ringlet::convert

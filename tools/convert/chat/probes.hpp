// Conversations that a chat template is asked to render.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "jinja/template.hpp"
#include "source_model.hpp"

namespace ringlet::convert {

struct Conversation {
  std::optional<std::string> system = {};
  std::vector<std::string> users = {};
  std::vector<std::string> replies = {};  // one fewer than there are messages of the user
};

/// A tokenizer's template, rendered as Hugging Face's apply_chat_template() does without tools.
class ChatTemplate {
 public:
  /// Throws jinja::Error and jinja::Unsupported, as do the functions.
  explicit ChatTemplate(const SourceTokenizer& tokenizer);

  /// The conversation up to where the next reply begins.
  [[nodiscard]] std::string render(const Conversation& conversation,
                                   const std::optional<std::tm>& clock) const;

 private:
  jinja::Template template_;
  nlohmann::ordered_json variables_;
  jinja::Environment environment_;
};

/// `turns` messages of the user and the replies between them, all words that no template looks for.
Conversation probe_conversation(std::size_t turns, bool system);

/// The texts before, between and after the messages, each of which must be there once, in order;
/// nothing where one is not. The system message comes first.
std::optional<std::vector<std::string>> parts_between(const std::string& text,
                                                      const Conversation& conversation);

/// What the model's chat format makes of a conversation. `reply_lead` is what the model writes
/// itself before each reply.
std::string written_by(const SourceChat& chat, const Conversation& conversation,
                       const std::string& reply_lead);

/// A text on one line and in quotes, shortened, for messages.
std::string quoted_part(std::string_view text);

}  // namespace ringlet::convert

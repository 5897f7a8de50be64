// From messages to the prompt of a model: by its chat template, or by its chat format.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ringlet/chat.hpp"
#include "ringlet/model.hpp"
#include "ringlet/tokenizer.hpp"
#include "serve/protocol/call_text.hpp"
#include "serve/protocol/requests.hpp"
#include "templates/control_spellings.hpp"
#include "templates/prompt_template.hpp"
#include "templates/reasoning.hpp"

namespace ringlet::serve {

class Prompts {
 public:
  /// `name` is the model's, for messages. Throws port::Failure for a template that cannot be read.
  /// A model can have neither template nor chat format; then chats are refused.
  Prompts(const Model& model, const Tokenizer& tokenizer, const std::string& name);
  Prompts(const Prompts&) = delete;  // the template refers to the spellings
  Prompts& operator=(const Prompts&) = delete;

  [[nodiscard]] bool can_chat() const noexcept { return template_ || format_; }
  /// Whether a system message appears in the prompt.
  [[nodiscard]] bool has_system() const {
    return template_ ? template_->has_system() : format_ && format_->has_system();
  }
  /// Whether the template has a place for tools.
  [[nodiscard]] bool knows_tools() const { return template_ && template_->mentions("tools", true); }
  /// Whether it has one for tools, and what is rendered for this request has none for the calls of
  /// earlier messages.
  [[nodiscard]] bool leaves_out_calls(const ChatRequest& request) const {
    return knows_tools() && !template_->mentions("tool_calls", !request.tools.is_null());
  }
  /// How the model writes calls, by its template and its control tokens.
  [[nodiscard]] CallSyntax call_syntax() const noexcept { return call_syntax_; }
  [[nodiscard]] const std::optional<templates::ReasoningMarks>& reasoning() const noexcept {
    return marks_;
  }

  /// The prompt of a chat, with the calls that messages have stand-ins for. Throws ApiError if the
  /// template or the format has no place for it.
  [[nodiscard]] templates::Prompt render(const ChatRequest& request) const;

  /// Its tokens. Throws ApiError.
  [[nodiscard]] std::vector<TokenId> encode(const templates::Prompt& prompt) const;
  /// The tokens of a text in which nothing is a control token, with the begin-of-text token if the
  /// model wants one. Throws ApiError.
  [[nodiscard]] std::vector<TokenId> encode(const std::string& text, bool bos,
                                            bool control_tokens = false) const;

  /// The text of tokens. Throws ApiError about `param` for a number that is no token.
  [[nodiscard]] std::string decode(std::span<const TokenId> tokens, const char* param) const;

 private:
  [[nodiscard]] CallSyntax find_call_syntax() const;
  [[nodiscard]] templates::Prompt render_format(const Json& messages) const;
  void append(templates::Prompt& prompt, std::string_view before, std::string_view literal,
              std::string_view after) const;

  Tokenizer tokenizer_;
  std::uint32_t vocabulary_;
  templates::ControlSpellings control_;  // of the vocabulary
  std::unique_ptr<templates::PromptTemplate> template_;
  std::optional<ChatFormat> format_;
  CallSyntax call_syntax_ = CallSyntax::tagged;
  std::optional<templates::ReasoningMarks> marks_;
};

}  // namespace ringlet::serve

#include "serve/service/prompts.hpp"

#include <ctime>
#include <utility>

#include "encode_text.hpp"
#include "ringlet/linux/failure.hpp"
#include "serve/protocol/api_error.hpp"
#include "serve/service/written_calls.hpp"
#include "templates/encode_prompt.hpp"
#include "templates/stored_templates.hpp"

namespace ringlet::serve {
namespace {

std::tm local_time() {
  const std::time_t now = std::time(nullptr);
  std::tm clock{};
  if (localtime_r(&now, &clock) == nullptr) clock = {};
  return clock;
}

/// A turn of the format, which grows with the message.
template <typename Write>
ChatTurn write_turn(const Write& write, std::vector<char>& buffer) {
  buffer.resize(4096);
  while (true) {
    const Result<ChatTurn> turn = write(buffer);
    if (turn.ok()) return *turn;
    if (turn.status().code() != ErrorCode::not_enough_memory) {
      throw invalid("messages", port::failure_of("messages", turn.status()).what());
    }
    buffer.resize(static_cast<std::size_t>(turn.status().needed()));
  }
}

/// The tools with what templates read of every function.
Json completed(Json tools) {
  for (Json& tool : tools) {
    Json& function = tool["function"];
    if (!function.contains("description")) function["description"] = "";
    Json& parameters = function["parameters"];
    if (parameters.is_null()) parameters = {{"type", "object"}, {"properties", Json::object()}};
  }
  return tools;
}

std::string role_of(const Json& message) { return message["role"].get<std::string>(); }
std::string text_of(const Json& message) { return message["content"].get<std::string>(); }

}  // namespace

Prompts::Prompts(const Model& model, const Tokenizer& tokenizer, const std::string& name)
    : tokenizer_(tokenizer),
      vocabulary_(model.architecture().vocab_size),
      control_(tokenizer, vocabulary_) {
  auto stored = templates::templates_of(*model.tables(), name);
  if (stored && stored->find("default") != nullptr) {
    template_ = std::make_unique<templates::PromptTemplate>(std::move(*stored), control_, name);
    marks_ = templates::reasoning_marks(*template_, tokenizer);
    call_syntax_ = find_call_syntax();
    return;
  }
  if (const Result<ChatFormat> format = ChatFormat::open(model); format.ok()) format_ = *format;
}

CallSyntax Prompts::find_call_syntax() const {
  if (!knows_tools()) return CallSyntax::tagged;  // tools_as_text
  if (template_->mentions("<function=", true)) return CallSyntax::elements;
  for (const CallSyntax syntax : {CallSyntax::python, CallSyntax::gemma, CallSyntax::granite,
                                  CallSyntax::tagged, CallSyntax::bracket}) {
    const std::string_view opening = marks_of(syntax).opening();
    if (template_->mentions(opening, true)) return syntax;
    // Templates of LFM2.5 have tools, and do not say how they are called.
    if (syntax == CallSyntax::python && !control_.find(opening).empty()) return syntax;
  }
  return CallSyntax::plain;
}

templates::Prompt Prompts::render(const ChatRequest& request) const {
  if (!template_) {
    templates::Prompt prompt = render_format(request.messages);
    put_written_calls(prompt, request.written_calls, call_syntax(), control_);
    return prompt;
  }
  templates::PromptRequest rendered;
  rendered.messages = request.messages;
  if (template_->needs_parts()) {
    for (Json& message : rendered.messages) {
      message["content"] = Json::array({{{"type", "text"}, {"text", text_of(message)}}});
    }
  }
  rendered.tools = completed(request.tools);
  rendered.variables = request.variables;
  // The template may write these as control tokens, so they are not for clients to set.
  rendered.variables.erase("additional_special_tokens");
  rendered.clock = local_time();
  try {
    templates::Prompt prompt = template_->render(rendered);
    put_written_calls(prompt, request.written_calls, call_syntax(), control_);
    return prompt;
  } catch (const port::Failure& failure) {
    throw invalid("messages", failure.what());
  }
}

/// Adds a literal text and what the format has around it.
void Prompts::append(templates::Prompt& prompt, std::string_view before, std::string_view literal,
                     std::string_view after) const {
  prompt.text += before;
  append_literal(prompt, literal, control_);
  prompt.text += after;
}

templates::Prompt Prompts::render_format(const Json& messages) const {
  templates::Prompt prompt;
  std::optional<std::string> system;
  std::vector<char> buffer;
  std::string expected = "user";
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const std::string role = role_of(messages[i]);
    const std::string text = text_of(messages[i]);
    if (role == "system" && i == 0) {
      if (!format_->has_system()) {
        throw unsupported("messages", "the model's chat format has no place for a system message");
      }
      system = text;
      continue;
    }
    if (role != expected) {
      throw unsupported("messages",
                        "the model's chat format takes messages of user and assistant in turn");
    }
    expected = role == "user" ? "assistant" : "user";
    if (role == "assistant") {
      append(prompt, "", text, "");
      continue;
    }
    const bool first = prompt.text.empty();
    const ChatTurn turn = write_turn(
        [&](std::vector<char>& room) {
          const std::optional<std::string_view> opening =
              system ? std::optional<std::string_view>(*system) : std::nullopt;
          return first ? format_->first_turn(opening, text, room) : format_->next_turn(text, room);
        },
        buffer);
    const std::string_view literal = turn.control_tokens.literal;
    const std::size_t begin =
        literal.empty() ? 0 : static_cast<std::size_t>(literal.data() - turn.text.data());
    append(prompt, turn.text.substr(0, begin), literal, turn.text.substr(begin + literal.size()));
  }
  if (expected != "assistant") {
    throw unsupported("messages", "the last message must be the user's");
  }
  return prompt;
}

std::vector<TokenId> Prompts::encode(const templates::Prompt& prompt) const {
  std::vector<TokenId> tokens;
  try {
    templates::encode_prompt(tokenizer_, prompt, 0, true, tokens);
  } catch (const port::Failure& failure) {
    throw invalid("messages", failure.what());
  }
  return tokens;
}

std::vector<TokenId> Prompts::encode(const std::string& text, bool bos, bool control_tokens) const {
  std::vector<TokenId> tokens;
  if (bos && tokenizer_.adds_bos() && tokenizer_.bos() != Tokenizer::none) {
    tokens.push_back(tokenizer_.bos());
  }
  const Status status = port::encode_text(tokenizer_, text, tokens, {.enabled = control_tokens});
  if (!status.ok()) throw invalid("prompt", port::failure_of("the text", status).what());
  return tokens;
}

std::string Prompts::decode(std::span<const TokenId> tokens, const char* param) const {
  Detokenizer detokenizer(tokenizer_);
  std::string text;
  for (const TokenId token : tokens) {
    if (token >= vocabulary_) {
      throw invalid(param, std::string(param) + " must be numbers of tokens, below " +
                               std::to_string(vocabulary_));
    }
    text += detokenizer.next(token);
  }
  return text += detokenizer.finish();
}

}  // namespace ringlet::serve

#include "template_turns.hpp"

#include <algorithm>

#include "ringlet/linux/failure.hpp"

namespace ringlet::cli {
namespace {

using Json = nlohmann::ordered_json;

/// Stands for the replies that only the session knows.
constexpr const char* unknown_reply = "Qwoxunknownreply";

std::string_view without(std::string_view text, std::string_view characters) {
  const std::size_t begin = text.find_first_not_of(characters);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(characters) + 1 - begin);
}

/// Drops the text up to the unknown reply, which the session holds in its own words.
void cut_unknown(templates::Prompt& prompt) {
  const std::string_view mark = unknown_reply;
  const std::size_t at = prompt.text.find(mark);
  if (at == std::string::npos || prompt.text.find(mark, at + 1) != std::string::npos) {
    throw port::Failure(
        "the chat template cannot continue a conversation from a file; try --compact");
  }
  const std::size_t cut = at + mark.size();
  prompt.text.erase(0, cut);
  std::erase_if(prompt.literal, [&](const templates::Span& span) { return span.begin < cut; });
  for (templates::Span& span : prompt.literal) span = {span.begin - cut, span.end - cut};
}

}  // namespace

TemplateTurns::TemplateTurns(const templates::PromptTemplate& chat_template,
                             const Tokenizer& tokenizer, TurnSettings settings)
    : template_(chat_template),
      tokenizer_(tokenizer),
      settings_(std::move(settings)),
      marks_(templates::reasoning_marks(chat_template, tokenizer)),
      transcript_(tokenizer, chat_template.control()) {}

void TemplateTurns::begin(std::uint64_t position) {
  base_ = position;
  transcript_.clear();
  messages_ = Json::array();
  if (position > 0) {
    messages_.push_back(template_.message("user", "Qwoxunknownmessage"));
    messages_.push_back(template_.message("assistant", unknown_reply));
  } else if (settings_.system) {
    messages_.push_back(template_.message("system", *settings_.system));
  }
}

templates::Prompt TemplateTurns::render(const Json& messages, bool ask) const {
  templates::PromptRequest request;
  request.messages = messages;
  request.variables = settings_.variables;
  request.add_generation_prompt = ask;
  request.clock = settings_.clock;
  templates::Prompt prompt = template_.render(request);
  if (base_ > 0) cut_unknown(prompt);
  return prompt;
}

TemplateTurns::Turn TemplateTurns::ask(std::string_view message) const {
  Json messages = messages_;
  messages.push_back(template_.message("user", message));
  Turn turn{.message = std::string(message), .prompt = render(messages, true), .continuation = {}};
  turn.continuation = transcript_.continue_with(turn.prompt);
  return turn;
}

std::size_t TemplateTurns::lasting_tokens(const Turn& turn) const {
  Json messages = messages_;
  messages.push_back(template_.message("user", turn.message));
  const auto lasting = transcript_.continue_with(render(messages, false));
  const auto& all = turn.continuation;
  if (lasting.keep != all.keep) return std::min(lasting.keep, all.keep);
  const auto ends = std::mismatch(all.append.begin(), all.append.end(), lasting.append.begin(),
                                  lasting.append.end());
  return all.keep + static_cast<std::size_t>(ends.first - all.append.begin());
}

void TemplateTurns::asked(const Turn& turn) {
  messages_.push_back(template_.message("user", turn.message));
  transcript_.hold(turn.prompt, turn.continuation);
}

templates::ReasoningSplitter TemplateTurns::splitter(const Turn& turn) const {
  return {marks_, turn.prompt.text};
}

/// Whether the conversation with this reply begins with the last prompt and the text that the
/// session holds behind it.
bool TemplateTurns::goes_on_with(const std::string& content, const std::string& held) const {
  Json messages = messages_;
  messages.push_back(template_.message("assistant", content));
  try {
    return render(messages, false).text.starts_with(transcript_.held().text + held);
  } catch (const port::Failure&) {
    return false;
  }
}

void TemplateTurns::replied(const Reply& reply) {
  std::string held;
  for (const TokenId token : reply.tokens) held += templates::spelled(tokenizer_, token);
  Json message = template_.message("assistant", reply.content);
  if (reply.reasoning) {
    message["reasoning_content"] = without(*reply.reasoning, "\n");
  } else {
    // Some templates write the white space before a reply, others leave it to the model.
    const std::size_t first = std::min(held.find_first_not_of(" \n"), held.size());
    const bool leads = !reply.decoded.starts_with(held.substr(0, first));
    const std::string lead = leads ? held.substr(0, first) : std::string();
    // The text counts as it was shown, where it has bytes that are not UTF-8.
    held = lead + reply.decoded;
    if (!lead.empty() && !goes_on_with(reply.decoded, held) && goes_on_with(held, held)) {
      message = template_.message("assistant", lead + reply.content);
    }
  }
  transcript_.append(reply.tokens, held);
  messages_.push_back(std::move(message));
}

void TemplateTurns::go_back(std::uint64_t position) {
  transcript_.truncate(static_cast<std::size_t>(position - base_));
}

}  // namespace ringlet::cli

#include "chat/chat_format.hpp"

#include <array>
#include <optional>
#include <stdexcept>
#include <vector>

#include "chat/jinja.hpp"
#include "errors.hpp"

namespace ringlet::convert {
namespace {

struct Message {
  const char* role;
  std::string text;
};

// Words that no template looks for.
const std::string user_1 = "Qwoxprobeuserone";
const std::string reply_1 = "Qwoxprobereplyone";
const std::string user_2 = "Qwoxprobeusertwo";
const std::string reply_2 = "Qwoxprobereplytwo";
const std::string user_3 = "Qwoxprobeuserthree";
const std::string system_1 = "Qwoxprobesystem";

std::string token_text(const SourceTokenizer& tokenizer, std::int32_t token) {
  return token < 0 ? "" : tokenizer.pieces[static_cast<std::size_t>(token)].text;
}

std::string render(const SourceTokenizer& tokenizer, const std::vector<Message>& messages,
                   bool reply) {
  nlohmann::json list = nlohmann::json::array();
  for (const Message& message : messages) {
    list.push_back({{"role", message.role}, {"content", message.text}});
  }
  return render_template(tokenizer.chat_template,
                         {{"messages", list},
                          {"add_generation_prompt", reply},
                          {"bos_token", token_text(tokenizer, tokenizer.bos)},
                          {"eos_token", token_text(tokenizer, tokenizer.eos)},
                          {"unk_token", token_text(tokenizer, tokenizer.unknown)}});
}

/// The texts before, between and after the probes, each of which must be there once, in order.
std::vector<std::string> parts_between(const std::string& text,
                                       const std::vector<std::string>& probes) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (const std::string& probe : probes) {
    const std::size_t at = text.find(probe, begin);
    if (at == std::string::npos || text.find(probe) != at ||
        text.find(probe, at + 1) != std::string::npos) {
      fail("does not write every message once and in order");
    }
    parts.push_back(text.substr(begin, at - begin));
    begin = at + probe.size();
  }
  parts.push_back(text.substr(begin));
  return parts;
}

/// Where the two differ only in that the history has spaces that the model writes itself when it
/// replies, what stands before a reply is the shorter of them.
bool is_same_before_reply(const std::string& prompt, const std::string& history) {
  return history == prompt ||
         (history.starts_with(prompt) &&
          history.find_first_not_of(" \n", prompt.size()) == std::string::npos);
}

/// The system message, where the template has a place for it.
void read_system(const SourceTokenizer& tokenizer, SourceChat& chat) {
  std::string text;
  try {
    text = render(tokenizer, {{"system", system_1}, {"user", user_1}}, true);
  } catch (const std::runtime_error&) {
    return;  // the template refuses one
  }
  if (text.find(system_1) == std::string::npos) return;
  const std::vector<std::string> parts = parts_between(text, {system_1, user_1});
  if (parts[2] != chat.before_reply) fail("changes what follows when there is a system message");
  chat.system_prefix = parts[0];
  chat.system_suffix = parts[1];
}

bool trims(const SourceTokenizer& tokenizer, const SourceChat& chat) {
  const std::string text = render(tokenizer, {{"user", "  " + user_1 + " \n"}}, true);
  if (text == chat.opening + user_1 + chat.before_reply) return true;
  if (text == chat.opening + "  " + user_1 + " \n" + chat.before_reply) return false;
  fail("changes the white space around messages in a way of its own");
}

const char* family_of(const SourceChat& chat) {
  static constexpr std::array<std::pair<const char*, const char*>, 8> marks = {
      {{"<|im_start|>", "ChatML"},
       {"<|start_header_id|>", "Llama 3"},
       {"<start_of_turn>", "Gemma"},
       {"<<SYS>>", "Llama 2"},
       {"[INST]", "Mistral"},
       {"<|assistant|>\n", "Zephyr or Phi"},
       {"<|im_sep|>", "Phi"},
       {"<|assistant|>", "Phi"}}};
  const std::string all =
      chat.opening + chat.before_reply + chat.after_reply + chat.system_prefix.value_or("");
  for (const auto& [mark, name] : marks) {
    if (all.find(mark) != std::string::npos) return name;
  }
  return "its own";
}

}  // namespace

SourceChat chat_format_of(const SourceTokenizer& tokenizer) {
  const std::vector<std::string> first =
      parts_between(render(tokenizer, {{"user", user_1}}, true), {user_1});
  SourceChat chat{.name = {},
                  .opening = first[0],
                  .system_prefix = {},
                  .system_suffix = {},
                  .before_reply = first[1],
                  .after_reply = {}};
  const std::vector<std::string> all = parts_between(render(tokenizer,
                                                            {{"user", user_1},
                                                             {"assistant", reply_1},
                                                             {"user", user_2},
                                                             {"assistant", reply_2},
                                                             {"user", user_3}},
                                                            true),
                                                     {user_1, reply_1, user_2, reply_2, user_3});
  chat.after_reply = all[2];
  if (all[0] != chat.opening) fail("begins differently when there are more messages");
  if (!is_same_before_reply(chat.before_reply, all[1]) || all[3] != all[1]) {
    fail("writes a reply in the history differently from where it asks for one");
  }
  if (all[4] != chat.after_reply || all[5] != chat.before_reply) {
    fail("writes later messages differently from the first");
  }
  read_system(tokenizer, chat);
  chat.trim = trims(tokenizer, chat);
  chat.name = family_of(chat);
  return chat;
}

}  // namespace ringlet::convert

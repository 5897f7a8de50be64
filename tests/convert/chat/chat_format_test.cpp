// The format that probes find in chat templates. The Python tests beside it compare formats with
// Jinja2.
#include <gtest/gtest.h>

#include "chat/chat_format.hpp"
#include "support/convert_checkpoint.hpp"

namespace ringlet::convert {
namespace {

using test::error_of;

SourceTokenizer with_template(std::string text) {
  SourceTokenizer tokenizer{.pieces = {{.text = "<s>"}, {.text = "</s>"}}, .bos = 0, .eos = 1};
  tokenizer.chat_template = std::move(text);
  return tokenizer;
}

SourceChat format_of(const std::string& text) { return chat_format_of(with_template(text)).chat; }
std::string note_of(const std::string& text) { return chat_format_of(with_template(text)).note; }
std::string error_in(const std::string& text) {
  return error_of([&] { format_of(text); });
}

TEST(ChatFormat, FindsChatMl) {
  const SourceChat chat = format_of(
      "{% for m in messages %}{% if loop.first and m.role != 'system' %}"
      "<|im_start|>system\nBe kind.<|im_end|>\n{% endif %}"
      "{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}{% endfor %}"
      "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}");
  EXPECT_EQ(chat.name, "ChatML");
  EXPECT_EQ(chat.opening, "<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\n");
  EXPECT_EQ(chat.system_prefix, "<|im_start|>system\n");
  EXPECT_EQ(chat.system_suffix, "<|im_end|>\n<|im_start|>user\n");
  EXPECT_EQ(chat.before_reply, "<|im_end|>\n<|im_start|>assistant\n");
  EXPECT_EQ(chat.after_reply, "<|im_end|>\n<|im_start|>user\n");
  EXPECT_FALSE(chat.trim);
}

TEST(ChatFormat, FindsFormatsWithoutSystemMessagesAndWithTrimming) {
  const SourceChat chat = format_of(
      "{{ bos_token }}{% if messages[0].role == 'system' %}{{ raise_exception('no') }}{% endif %}"
      "{% for m in messages %}{{ '<start_of_turn>' + ('model' if m.role == 'assistant' else m.role)"
      " + '\n' + m.content | trim + '<end_of_turn>\n' }}{% endfor %}"
      "{% if add_generation_prompt %}{{ '<start_of_turn>model\n' }}{% endif %}");
  EXPECT_EQ(chat.name, "Gemma");
  EXPECT_EQ(chat.opening, "<s><start_of_turn>user\n");
  EXPECT_FALSE(chat.system_prefix.has_value());
  EXPECT_EQ(chat.after_reply, "<end_of_turn>\n<start_of_turn>user\n");
  EXPECT_TRUE(chat.trim);
}

TEST(ChatFormat, LeavesTheSpaceBeforeAReplyToTheModel) {
  const SourceChat chat = format_of(
      "{{ bos_token }}{% for m in messages %}{% if m.role == 'user' %}"
      "{{ '[INST] ' + m.content + ' [/INST]' }}{% elif m.role == 'assistant' %}"
      "{{ ' ' + m.content + eos_token }}{% endif %}{% endfor %}");
  EXPECT_EQ(chat.name, "Mistral");
  EXPECT_EQ(chat.opening, "<s>[INST] ");
  EXPECT_EQ(chat.before_reply, " [/INST]");
  EXPECT_EQ(chat.after_reply, "</s>[INST] ");
  EXPECT_FALSE(chat.system_prefix.has_value());  // it would be dropped
}

TEST(ChatFormat, RefusesTemplatesThatAreNotPrefixAndSuffix) {
  EXPECT_EQ(error_in("{{ messages[0].content }}"),
            "does not write every message once and in order");
  EXPECT_EQ(error_in("{% for m in messages %}{% if m.role == 'user' %}{{ loop.index }}{% endif %}"
                     "{{ m.content }}|{% endfor %}"),
            "writes later messages differently from the first");
  EXPECT_EQ(error_in("{{ messages | length }}{% for m in messages %}{{ m.content }}|{% endfor %}"),
            "begins differently when there are more messages");
  EXPECT_EQ(
      error_in("{% for m in messages %}{{ m.content }}{{ '!' if m.role == 'user' and loop.last "
               "else '?' }}{% endfor %}"),
      "writes \"?\" before the replies of the history, but \"!\" where it asks for one");
  EXPECT_EQ(error_in("{% for m in messages %}{{ '|' + m.content }}{% endfor %}\n{{ 1 | shout }}"),
            "cannot be rendered: line 2: the filter \"shout\" is not supported");
  EXPECT_EQ(error_in("{{ pad_token }}"),
            "cannot be rendered: line 1: the variable \"pad_token\" is not supported");
}

/// A template for each turn: {{ m.role }}: text.
std::string turns(const std::string& user, const std::string& reply, const std::string& prompt) {
  return "{% for m in messages %}{% if m.role == 'user' %}" + user +
         "{% elif m.role == 'assistant' %}" + reply + "{% endif %}{% endfor %}" + prompt;
}

TEST(ChatFormat, TellsTurnsApartThatOnlySomeConversationsHave) {
  // The fifth turn, equal messages, and what a message says.
  EXPECT_EQ(error_in(turns("{{ '#' if loop.index > 8 }}<{{ m.content }}", ">{{ m.content }}", ">")),
            "writes conversations of 5 turns in a way of their own");
  EXPECT_EQ(error_in(turns("<{{ m.content }}{{ '!' if m == messages[0] and not loop.first }}",
                           ">{{ m.content }}", ">")),
            "writes messages differently for what they say");
  EXPECT_EQ(error_in(turns("<{{ m.content | replace('%', '') }}", ">{{ m.content }}", ">")),
            "writes messages differently for what they say");
}

TEST(ChatFormat, TellsReasoningInThePromptFromReasoningInTheHistory) {
  EXPECT_EQ(error_in(turns("<{{ m.content }}", ">{{ m.content }}", "><think>\\n")),
            "asks for a reply after \"<think>\\n\", which it leaves out of the history");
  EXPECT_EQ(
      error_in(turns("<{{ m.content }}", "><think></think>{{ m.content }}", ">")),
      "writes \"<think></think>\" before the replies of the history, but not where it asks for "
      "one");
  const std::string cut = turns("<{{ m.content }}", ">{{ m.content.split('</think>')[-1] }}", ">");
  EXPECT_EQ(format_of(cut).before_reply, ">");
  EXPECT_EQ(note_of(cut),
            "the template changes what it writes for \"</think>\" in replies; a session does not");
}

TEST(ChatFormat, LeavesOutSystemMessagesThatMoveWithTheConversation) {
  const std::string moves =
      "{% set s = messages[0].content if messages[0].role == 'system' else none %}"
      "{% for m in messages %}{% if m.role == 'user' %}<{{ s + '/' if s and loop.last }}"
      "{{ m.content }}>{% elif m.role == 'assistant' %}{{ m.content }}{% endif %}{% endfor %}";
  EXPECT_EQ(format_of(moves).opening, "<");
  EXPECT_FALSE(format_of(moves).system_prefix.has_value());
  EXPECT_EQ(
      note_of(moves),
      "without system messages, because of the template: it moves them to the last message of "
      "the user");
  const std::string front =
      "{% for m in messages %}{{ '[' + m.role + ']' + m.content }}{% endfor %}[assistant]";
  EXPECT_EQ(format_of(front).system_prefix, "[system]");
  EXPECT_EQ(note_of(front), "");
}

TEST(ChatFormat, SaysWhatHappensToWhiteSpaceAroundSystemMessages) {
  const auto text = [](const std::string& system, const std::string& user) {
    return "{% for m in messages %}{{ '[' + m.role + ']' }}{% if m.role == 'system' %}" + system +
           "{% else %}" + user + "{% endif %}{% endfor %}[assistant]";
  };
  EXPECT_EQ(note_of(text("{{ m.content }}", "{{ m.content }}")), "");
  EXPECT_EQ(note_of(text("{{ m.content | trim }}", "{{ m.content | trim }}")), "");
  EXPECT_EQ(note_of(text("{{ m.content | trim }}", "{{ m.content }}")),
            "white space around a system message stays, which the template takes away");
  EXPECT_EQ(note_of(text("{{ m.content }}", "{{ m.content | trim }}")),
            "white space around a system message is taken away, which the template keeps");
}

TEST(ChatFormat, NeverHoldsTheDateOfTheConversion) {
  const std::string rest = turns("<{{ m.content }}", ">{{ m.content }}", ">");
  EXPECT_EQ(error_in("{{ strftime_now('%d %b %Y') }}" + rest),
            "writes the date of the day (strftime_now), which a model file cannot know");
  EXPECT_EQ(error_in("{{ 'Monday' if strftime_now('%A') == 'Saturday' }}" + rest),
            "writes the date of the day (strftime_now), which a model file cannot know");
  const std::string fixed =
      "{{ strftime_now('%Y') if strftime_now is defined else '2024' }}" + rest;
  EXPECT_EQ(format_of(fixed).opening, "2024<");
  EXPECT_EQ(note_of(fixed), "with the date that the template writes where there is no clock");
}

TEST(ChatFormat, KeepsDefaultSystemMessagesAndLineBreaksOfWindows) {
  const SourceChat chat = format_of(
      "{% if messages[0].role != 'system' %}\r\n[system]Be kind.\r\n{% endif %}\r\n"
      "{% for m in messages %}\r\n[{{ m.role }}]\r\n{{ m.content }}\r\n{% endfor "
      "%}\r\n[assistant]\r\n");
  EXPECT_EQ(chat.opening, "[system]Be kind.\n[user]\n");
  EXPECT_EQ(chat.system_prefix, "[system]\n");
  EXPECT_EQ(chat.before_reply, "\n[assistant]");
}

}  // namespace
}  // namespace ringlet::convert

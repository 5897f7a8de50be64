// Chat templates: the language, and the format that probes find in them.
#include <gtest/gtest.h>

#include "chat/chat_format.hpp"
#include "chat/jinja.hpp"
#include "convert_checkpoint.hpp"

namespace ringlet::convert {
namespace {

using test::error_of;

std::string render(const std::string& text) {
  return render_template(text, {{"messages", {{{"role", "user"}, {"content", " Hi "}}}},
                                {"bos_token", "<s>"},
                                {"number", 3}});
}

TEST(Jinja, ComputesAsPythonDoes) {
  EXPECT_EQ(render("{{ 1 + 2 * 3 }} {{ (1 + 2) * 3 }} {{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }}"),
            "7 9 3 -4 2");
  EXPECT_EQ(render("{{ 'a' ~ 1 ~ none }}{{ 'b' + 'c' }}"), "a1Nonebc");
  EXPECT_EQ(render("{{ 1 < 2 and not 3 <= 2 }} {{ 'a' in 'cat' }} {{ 4 not in [1, 2] }}"),
            "True True True");
  EXPECT_EQ(render("{{ 'x' if number == 4 else 'y' }}{{ '' or 'z' }}"), "yz");
  EXPECT_EQ(render("{{ [1, 'two', {'k': 2.5}] }}"), "[1, 'two', {'k': 2.5}]");
  EXPECT_EQ(render("{{ 'abc'[1:] }}{{ [1,2,3][::-1] }}{{ [1,2,3][-1] }}"), "bc[3, 2, 1]3");
}

TEST(Jinja, KnowsMembersFiltersTestsAndMethods) {
  EXPECT_EQ(render("{{ messages[0].role }} {{ messages[0]['content'] | trim }}!"), "user Hi!");
  EXPECT_EQ(render("{{ messages | length }}{{ 'aB' | upper }}{{ 'AB'.lower() }}"), "1ABab");
  EXPECT_EQ(render("{{ x is defined }} {{ number is not none }} {{ 'a' is string }}"),
            "False True True");
  EXPECT_EQ(render("{{ 'a</t>b'.split('</t>')[-1] }}{{ '\nx\n'.strip('\n') }}"), "bx");
  EXPECT_EQ(render("{{ {'a': 1} | tojson }} {{ x | default('d') }}"), "{\"a\": 1} d");
  EXPECT_EQ(render("{{ messages | map(attribute='role') | join('+') }}"), "user");
  EXPECT_EQ(render("{{ messages | selectattr('role', 'equalto', 'system') | list | length }}"),
            "0");
}

TEST(Jinja, RunsLoopsConditionsMacrosAndNamespaces) {
  EXPECT_EQ(render("{% for a in [1,2,3] if a != 2 %}{{ loop.index }}{{ a }}"
                   "{{ ';' if not loop.last }}{% endfor %}"),
            "11;23");
  EXPECT_EQ(render("{% for a in [] %}x{% else %}none{% endfor %}"), "none");
  EXPECT_EQ(render("{% for k, v in {'a': 1}.items() %}{{ k }}{{ v }}{% endfor %}"), "a1");
  EXPECT_EQ(render("{% set n = namespace(s=0) %}{% for a in [1,2] %}{% set n.s = n.s + a %}"
                   "{% endfor %}{{ n.s }}"),
            "3");
  // A variable that is set in a loop ends with its turn.
  EXPECT_EQ(render("{% set s = 0 %}{% for a in [1] %}{% set s = 5 %}{% endfor %}{{ s }}"), "0");
  EXPECT_EQ(render("{% macro f(a, b='y') %}[{{ a }}{{ b }}]{% endmacro %}{{ f('x') }}"), "[xy]");
  EXPECT_EQ(render("{% if number > 5 %}a{% elif number == 3 %}b{% else %}c{% endif %}"), "b");
  EXPECT_EQ(render("{% set t %}in{{ number }}{% endset %}{{ t }}"), "in3");
}

TEST(Jinja, TakesWhiteSpaceAwayAsChatTemplatesExpect) {
  EXPECT_EQ(render("a\n{% if true %}\nb\n{% endif %}\nc\n"), "a\nb\nc");
  EXPECT_EQ(render("  {% if true %}\n  x{% endif %}"), "  x");
  EXPECT_EQ(render("a \n {{- 'b' -}} \n c"), "abc");
  EXPECT_EQ(render("a {#- note -#} b"), "ab");
  EXPECT_EQ(render("a{# note #}\nb"), "ab");
}

TEST(Jinja, RefusesWhatItDoesNotKnowAndWhatNeverEnds) {
  const auto error = [](const std::string& text) { return error_of([&] { render(text); }); };
  EXPECT_EQ(error("{{ 1 | shout }}"), "has the filter shout, which is not known");
  EXPECT_EQ(error("{{ raise_exception('roles') }}"), "refuses: roles");
  EXPECT_EQ(error("a\n{% include 'x' %}"), "line 2 has the statement include, which is not known");
  EXPECT_EQ(error("{{ 'open }}"), "line 1: has a string without end");
  EXPECT_EQ(error("{% if true %}x"), "line 1 ends inside a block");
  EXPECT_EQ(error("{% for a in range(5000) %}{% for b in range(5000) %}{% endfor %}{% endfor %}"),
            "runs for too long");
  EXPECT_EQ(error("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}"), "nests too deeply");
  std::string deep = "{{ ";
  EXPECT_NE(error(deep.append(5000, '(')), "no error");
}

SourceTokenizer with_template(std::string text) {
  SourceTokenizer tokenizer{.pieces = {{.text = "<s>"}, {.text = "</s>"}}, .bos = 0, .eos = 1};
  tokenizer.chat_template = std::move(text);
  return tokenizer;
}

SourceChat format_of(const std::string& text) { return chat_format_of(with_template(text)); }

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
  const auto error = [](const std::string& text) { return error_of([&] { format_of(text); }); };
  EXPECT_EQ(error("{{ messages[0].content }}"), "does not write every message once and in order");
  EXPECT_EQ(error("{% for m in messages %}{% if m.role == 'user' %}{{ loop.index }}{% endif %}"
                  "{{ m.content }}|{% endfor %}"),
            "writes later messages differently from the first");
  EXPECT_EQ(error("{{ messages | length }}{% for m in messages %}{{ m.content }}|{% endfor %}"),
            "begins differently when there are more messages");
  EXPECT_EQ(error("{% for m in messages %}{{ m.content }}{{ '!' if m.role == 'user' and loop.last "
                  "else '?' }}{% endfor %}"),
            "writes a reply in the history differently from where it asks for one");
}

}  // namespace
}  // namespace ringlet::convert

// The template language. tests/convert/chat compares it with Jinja2; here is what needs no other
// program: the main constructs, the sentences of errors, and that hostile templates end.
#include <gtest/gtest.h>

#include "jinja/error.hpp"
#include "jinja/large_integer.hpp"
#include "jinja/template.hpp"
#include "support/convert_checkpoint.hpp"

namespace ringlet::jinja {
namespace {

using ringlet::test::error_of;

std::string render(const std::string& text, const Environment& environment = {}) {
  return Template(text).render({{"messages", {{{"role", "user"}, {"content", " Hi "}}}},
                                {"bos_token", "<s>"},
                                {"number", 3}},
                               environment);
}

std::string error(const std::string& text) {
  return error_of([&] { render(text); });
}

TEST(Jinja, ComputesAsPythonDoes) {
  EXPECT_EQ(render("{{ 1 + 2 * 3 }} {{ (1 + 2) * 3 }} {{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }}"),
            "7 9 3 -4 2");
  EXPECT_EQ(render("{{ 'a' ~ 1 ~ none }}{{ 'b' + 'c' }}"), "a1Nonebc");
  EXPECT_EQ(render("{{ 1 < 2 and not 3 <= 2 }} {{ 'a' in 'cat' }} {{ 4 not in [1, 2] }}"),
            "True True True");
  EXPECT_EQ(render("{{ 'x' if number == 4 else 'y' }}{{ '' or 'z' }}"), "yz");
  EXPECT_EQ(render("{{ [1, 'two', {'k': 2.5}, (3,)] }}"), "[1, 'two', {'k': 2.5}, (3,)]");
  EXPECT_EQ(render("{{ 'abc'[1:] }}{{ [1,2,3][::-1] }}{{ [1,2,3][-1] }}"), "bc[3, 2, 1]3");
  EXPECT_EQ(render("{{ '%s-%03d' % ('a', 7) }} {{ 1e16 }} {{ 7 / 2 }}"), "a-007 1e+16 3.5");
}

TEST(Jinja, PrintsLargeIntegers) {
  const nlohmann::ordered_json number = json_of_large_integer("-123456789012345678901");
  const auto render_number = [&](const std::string& text) {
    return Template(text).render({{"number", number}, {"other", 18446744073709551615U}});
  };
  EXPECT_EQ(render_number("{{ number }} {{ [other] }} {{ {'n': number} | tojson }}"),
            "-123456789012345678901 [18446744073709551615] {\"n\": -123456789012345678901}");
  EXPECT_EQ(render_number("{{ number is number }}{{ number is integer }}{{ number == number }}"
                          "{{ number == other }}{{ 1 if number }}{{ number | int }}"),
            "TrueTrueTrueFalse1-123456789012345678901");
  for (const char* text :
       {"{{ number + 1 }}", "{{ -number }}", "{{ number < 1 }}", "{{ number | float }}",
        "{{ number | abs }}", "{{ '%d' % number }}", "{{ number == 1.5 }}"}) {
    EXPECT_THROW((void)render_number(text), Unsupported) << text;
  }
}

TEST(Jinja, KnowsMembersFiltersTestsAndMethods) {
  EXPECT_EQ(render("{{ messages[0].role }} {{ messages[0]['content'] | trim }}!"), "user Hi!");
  EXPECT_EQ(render("{{ messages | length }}{{ 'aB' | upper }}{{ 'AB'.lower() }}"), "1ABab");
  EXPECT_EQ(render("{{ x is defined }} {{ number is not none }} {{ 'a' is string }}"),
            "False True True");
  EXPECT_EQ(render("{{ 'a</t>b'.split('</t>')[-1] }}{{ '\nx\n'.strip('\n') }}"), "bx");
  EXPECT_EQ(render("{{ {'a': 1} | tojson }} {{ x | default('d') }}"), "{\"a\": 1} d");
  EXPECT_EQ(render("{{ messages | map(attribute='role') | join('+') }}"), "user");
  EXPECT_EQ(render("{{ messages | tojson }}"), "[{\"role\": \"user\", \"content\": \" Hi \"}]");
}

TEST(Jinja, RunsLoopsConditionsMacrosAndNamespaces) {
  EXPECT_EQ(render("{% for a in [1,2,3] if a != 2 %}{{ loop.index }}{{ a }}"
                   "{{ ';' if not loop.last }}{% endfor %}"),
            "11;23");
  EXPECT_EQ(render("{% for a in [1,2,3] %}{% if a == 2 %}{% continue %}{% endif %}{{ a }}"
                   "{% endfor %}"),
            "13");
  EXPECT_EQ(render("{% set n = namespace(s=0) %}{% for a in [1,2] %}{% set n.s = n.s + a %}"
                   "{% endfor %}{{ n.s }}"),
            "3");
  EXPECT_EQ(render("{% set s = 0 %}{% for a in [1] %}{% set s = 5 %}{% endfor %}{{ s }}"), "0");
  EXPECT_EQ(render("{% macro f(a, b='y') %}[{{ a }}{{ b }}]{% endmacro %}{{ f('x') }}"), "[xy]");
  EXPECT_EQ(render("{% if number > 5 %}a{% elif number == 3 %}b{% else %}c{% endif %}"), "b");
  EXPECT_EQ(render("{% set t %}in{{ number }}{% endset %}{{ t }}"), "in3");
}

TEST(Jinja, TakesWhiteSpaceAndLineBreaksAsChatTemplatesExpect) {
  EXPECT_EQ(render("a\n{% if true %}\nb\n{% endif %}\nc\n"), "a\nb\nc");
  EXPECT_EQ(render("a\r\n{% if true %}\r\nb\r{% endif %}\r\nc\r\n"), "a\nb\nc");
  EXPECT_EQ(render("  {% if true %}\n  x{% endif %}"), "  x");
  EXPECT_EQ(render("a \n {{- 'b' -}} \n c"), "abc");
  EXPECT_EQ(render("a {#- note -#} b"), "ab");
  EXPECT_EQ(render("  {%+ if true +%}\nb{% endif %}"), "  \nb");
}

TEST(Jinja, ReadsTheEscapesOfStrings) {
  EXPECT_EQ(render(R"({{ '\u003c\x41\101\U0001F642\n\'' }})"), "<AA\xF0\x9F\x99\x82\n'");
  EXPECT_EQ(render("{{ 'a\\\nb' }}"), "ab");
}

TEST(Jinja, TellsTheTimeOnlyWithAClock) {
  std::tm clock{};
  clock.tm_year = 131;
  clock.tm_mon = 1;
  clock.tm_mday = 3;
  EXPECT_EQ(render("{{ strftime_now('%d %b %Y') }}", {.clock = clock}), "03 Feb 2031");
  EXPECT_EQ(render("{{ strftime_now is defined }}"), "False");
}

TEST(Jinja, NamesTheLineAndWhatItDoesNotKnow) {
  EXPECT_EQ(error("{{ 1 | shout }}"), "line 1: the filter \"shout\" is not supported");
  EXPECT_EQ(error("\n{{ [1] | groupby('a') }}"), "line 2: the filter \"groupby\" is not supported");
  EXPECT_EQ(error("{{ raise_exception('roles') }}"), "line 1: refuses the conversation: roles");
  EXPECT_EQ(error("a\n{% include 'x' %}"), "line 2: the statement \"include\" is not supported");
  EXPECT_EQ(error("{{ 'open }}"), "line 1: has an unterminated string");
  EXPECT_EQ(error("{% if true %}x"), "line 1: ends inside a block");
  EXPECT_EQ(error("\n\n{{ x.y }}"), "line 3: \"x\" is undefined");
  EXPECT_EQ(error("{{ '\xFF' }}"), "is not UTF-8");
  EXPECT_THROW(render("{{ pad_token }}", {.unknown = {"pad_token"}}), Unsupported);
}

std::string repeated(const std::string& text, std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

/// What would take too long, too much memory or too much stack ends with a sentence.
TEST(Jinja, EndsHostileTemplates) {
  const std::vector<std::string> templates = {
      "{% for a in range(90000) %}{% for b in range(90000) %}{% endfor %}{% endfor %}",
      "{{ range(10 ** 9) }}",
      "{{ 'a' * 10 ** 9 }}",
      "{{ [1] * 10 ** 9 }}",
      "{{ 'a'.center(10 ** 9) }}{{ '%999999999d' % 1 }}",
      "{{ 10 ** 10 ** 10 }}",
      "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
      "{% macro f(n) %}{% if n %}{% for a in [n] %}{{ f(a) }}{% endfor %}{% endif %}{% endmacro %}"
      "{{ f(1) }}",
      "{% for a in [[1]] recursive %}{{ loop([a]) }}{% endfor %}",
      "{% macro f() %}{{ caller() }}{% endmacro %}{% macro g() %}{% call f() %}{{ g() }}{% endcall "
      "%}"
      "{% endmacro %}{{ g() }}",
      "{% set n = namespace(a=[]) %}{% for i in range(9999) %}{% set n.a = [n.a] %}{% endfor %}",
      "{% set n = namespace(a=[1]) %}{% for i in range(99) %}{% set n.a = [n.a, n.a] %}{% endfor "
      "%}",
      "{% set n = namespace(a='ab') %}{% for i in range(99) %}{% set n.a = n.a ~ n.a %}{% endfor "
      "%}",
      "{% set n = namespace(a=[]) %}{% for i in range(90000) %}{% set n.a = n.a + ['x' * 200000] %}"
      "{% endfor %}",
      "{% set t = 'a' * 200000 %}{% for i in range(90000) %}{{ 'a' * 100000 ~ 'b' in t }}{% endfor "
      "%}",
      "{% set t = 'a ' * 100000 %}{% for i in range(90000) %}{{ t.split() | length }}{% endfor %}",
      "{% set t = ' ' * 200000 %}{% for i in range(90000) %}{{ t.strip(t) }}{% endfor %}",
      "{% for i in range(90000) %}{{ range(1000) | unique | list }}{% endfor %}",
      "{% set l = [range(300) | list] * 300 %}{% for i in range(90000) %}"
      "{{ l | map('unique') | map('list') | list | length }}{% endfor %}",
      "{% set l = ['a' * 100000 ~ 'b'] * 100 %}{% set t = 'a' * 200000 %}"
      "{% for i in range(90000) %}{{ l | select('in', t) | list | length }}{% endfor %}",
      "{% for i in range(99999) %}{{ 'text' * 100 }}{% endfor %}",
      "{{ [[[1]]] | tojson(indent='" + repeated(" ", 100'000) + "') * 2 }}",
      "{{ " + repeated("(", 50'000) + "1" + repeated(")", 50'000) + " }}",
      "{{ " + repeated("[", 50'000) + " }}",
      "{{ " + repeated("-", 50'000) + "1 }}",
      "{{ " + repeated("not ", 50'000) + "1 }}",
      "{{ 1" + repeated(" + 1", 50'000) + " }}",
      "{{ 1" + repeated(" | string", 50'000) + " }}",
      "{{ a" + repeated(".a", 50'000) + " }}",
      "{{ 1" + repeated(" if 1 else 1", 50'000) + " }}",
      repeated("{% if 1 %}", 20'000),
      repeated("{% for a in [1] %}", 20'000),
      "{% set " + repeated("(", 50'000) + "a %}",
      repeated("{%", 100'000),
      repeated("{# ", 80'000),
      repeated("{% raw %}", 20'000),
      repeated("{{ 1 }}", 90'000)};
  for (const std::string& text : templates) {
    const std::string reason = error(text);
    EXPECT_NE(reason, "no error") << text.substr(0, 100);
    EXPECT_LT(reason.size(), 200U);
  }
}

}  // namespace
}  // namespace ringlet::jinja

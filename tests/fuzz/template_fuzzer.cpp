// Fuzzes chat templates: rendering one, with and without the guard of control tokens, finding the
// format in it, and the table that a model file has of templates.
#include <cstdlib>
#include <stdexcept>
#include <string_view>

#include "chat/chat_format.hpp"
#include "fuzz/import_harness.hpp"
#include "jinja/template.hpp"
#include "templates/prompt_template.hpp"

namespace ringlet::test {
namespace {

using namespace ringlet::convert;

void render(std::string_view text) {
  const jinja::Template parsed(text);
  (void)parsed.render({{"messages",
                        {{{"role", "user"}, {"content", "text"}},
                         {{"role", "assistant"}, {"content", "caf\xC3\xA9 \xF0\x9F\x98\x80\n"}}}},
                       {"bos_token", "<s>"},
                       {"tools", nullptr},
                       {"numbers", {3, 1.5, true}}},
                      {.clock = std::tm{}});
}

/// As programs use the templates of a model file.
void render_guarded(std::string_view text) {
  const templates::PromptTemplate chat_template(
      {.templates = {{"default", std::string(text)}}, .tokens = {{"bos_token", "<s>"}}},
      templates::ControlSpellings({"<s>", "<|im_end|>", "</think>"}), "model");
  templates::PromptRequest request;
  request.messages = {{{"role", "system"}, {"content", "<s> text <"}},
                      {{"role", "user"}, {"content", {{{"type", "text"}, {"text", "<|im_end|>"}}}}},
                      {{"role", "assistant"}, {"content", "<think>a</think>b"}}};
  request.tools = {{{"name", "<|im_"}}};
  request.clock = std::tm{};
  const templates::Prompt prompt = chat_template.render(request);
  for (const templates::Span& span : prompt.literal) {
    if (span.begin >= span.end || span.end > prompt.text.size()) std::abort();
  }
}

/// An error is one sentence for the person at the keyboard, which can quote lines of the template.
template <typename Action>
std::string error_of(Action action) {
  try {
    action();
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return {};
}

}  // namespace

Outcome run_input(std::span<const std::byte> input) {
  const std::string_view text(reinterpret_cast<const char*>(input.data()), input.size());
  const std::string error = error_of([&] { render(text); });
  (void)error_of([&] { render_guarded(text); });
  (void)error_of([&] { (void)templates::read_templates(input, "model"); });
  SourceTokenizer tokenizer;
  tokenizer.chat_template = text;
  (void)error_of([&] { (void)chat_format_of(tokenizer); });
  return error.empty() ? accepted() : refused(error);
}

std::vector<Seed> make_seeds() {
  return {{"chatml",
           "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message['content'] | "
           "trim }}<|im_end|>\n{% endfor %}{{ bos_token }}"},
          {"statements",
           "{% set ns = namespace(n=0) %}{% macro m(x, y=2) %}{{ x ~ y }}{% endmacro %}"
           "{% for i in numbers if i %}{% set ns.n = ns.n + i %}{{ loop.index }}{% else %}-{% "
           "endfor %}{{ m(ns.n) }}{%- if tools is none -%}none{% endif %}"},
          {"refused_unclosed", "{% for x in y %}", "inside a block"},
          {"refused_raise", "{{ raise_exception('text') }}", "text"}};
}

}  // namespace ringlet::test

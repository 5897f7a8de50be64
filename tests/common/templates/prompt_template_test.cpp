#include "templates/prompt_template.hpp"

#include <gtest/gtest.h>

#include "support/convert_checkpoint.hpp"

namespace ringlet::templates {
namespace {

using Json = nlohmann::ordered_json;
using ringlet::test::error_of;

const std::string turns =
    "{{ bos_token }}{% for m in messages %}<{{ m.role }}>{{ m.content }}</>{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}";

PromptTemplate of(StoredTemplates::Named templates) {
  return {{.templates = std::move(templates), .tokens = {{"bos_token", "<s>"}}},
          ControlSpellings({"<s>", "</>"}),
          "model"};
}

PromptRequest saying(const std::string& text) {
  PromptRequest request;
  request.messages = {{{"role", "user"}, {"content", text}}};
  return request;
}

TEST(PromptTemplate, RendersMessages) {
  EXPECT_EQ(of({{"default", turns}}).render(saying("Hi")).text, "<s><user>Hi</><assistant>");
  PromptRequest request = saying("Hi");
  request.add_generation_prompt = false;
  EXPECT_EQ(of({{"default", turns}}).render(request).text, "<s><user>Hi</>");
}

TEST(PromptTemplate, GivesVariablesAndTheDate) {
  PromptRequest request = saying("Hi");
  request.variables = {{"enable_thinking", false}, {"bos_token", "never"}};
  request.clock = std::tm{};
  request.clock->tm_year = 131;
  request.clock->tm_mday = 3;
  EXPECT_EQ(of({{"default", "{{ bos_token }}{{ enable_thinking }}{{ strftime_now('%d %b %Y') }}"}})
                .render(request)
                .text,
            "<s>False03 Jan 2031");
}

TEST(PromptTemplate, ChoosesTheTemplateOfTheRequest) {
  const PromptTemplate several = of({{"default", "d"}, {"tool_use", "t"}, {"rag", "r"}});
  PromptRequest request = saying("Hi");
  EXPECT_EQ(several.render(request).text, "d");
  request.documents = Json::array({{{"text", "x"}}});
  EXPECT_EQ(several.render(request).text, "r");
  request.tools = Json::array();
  EXPECT_EQ(several.render(request).text, "t");
  EXPECT_EQ(of({{"default", "d"}}).render(request).text, "d");
  EXPECT_EQ(error_of([&] {
              (void)of({{"rag", "r"}}).render(saying("Hi"));
            }),
            "the model has no chat template for a conversation without tools");
}

TEST(PromptTemplate, ContinuesTheLastMessage) {
  PromptRequest request = saying("Hi");
  request.messages.push_back({{"role", "assistant"}, {"content", " Once upon "}});
  request.continue_final_message = true;
  EXPECT_EQ(of({{"default", turns}}).render(request).text, "<s><user>Hi</><assistant> Once upon ");
  const std::string trims =
      "{% for m in messages %}<{{ m.role }}>{{ m.content | trim }}</>{% endfor %}";
  EXPECT_EQ(of({{"default", trims}}).render(request).text, "<user>Hi</><assistant>Once upon");
  request.messages.back()["content"] = {{{"type", "text"}, {"text", "Part"}}};
  EXPECT_EQ(of({{"default", "{{ messages[1].content[0].text }}!"}}).render(request).text, "Part");
  request.messages.back().erase("content");
  EXPECT_EQ(error_of([&] {
              (void)of({{"default", turns}}).render(request);
            }),
            "the last message has no text that could be continued");
}

TEST(PromptTemplate, KnowsWhatTheTemplateTakes) {
  EXPECT_TRUE(of({{"default", turns}}).has_system());
  EXPECT_FALSE(
      of({{"default", "{% for m in messages if m.role == 'user' %}{{ m.content }}{% endfor %}"}})
          .has_system());
  EXPECT_FALSE(of({{"default",
                    "{% if messages[0].role == 'system' %}{{ raise_exception('no') }}{% endif %}"
                    "{{ messages[0].content }}"}})
                   .has_system());
  EXPECT_FALSE(of({{"default", turns}}).needs_parts());
  EXPECT_TRUE(of({{"default",
                   "{% for m in messages %}{% for p in m.content %}{{ p.text }}{% endfor %}"
                   "{% endfor %}"}})
                  .needs_parts());
}

TEST(PromptTemplate, SaysWhyItRefuses) {
  EXPECT_EQ(error_of([&] {
              (void)of({{"default", "{{ raise_exception('no') }}"}}).render(saying("x"));
            }),
            "the chat template: line 1: refuses the conversation: no");
  EXPECT_EQ(error_of([&] {
              (void)of({{"tool_use", "{% if %}"}});
            }),
            "model: the chat template \"tool_use\": line 1: " +
                error_of([&] { (void)jinja::Template("{% if %}"); }).substr(8));
  EXPECT_EQ(error_of([&] {
              (void)of({{"default", turns}}).render(saying("\xFF"));
            }),
            "the chat template: a text that is not UTF-8 is not supported");
}

TEST(PromptTemplate, BoundsWhatAHostileTemplateDoes) {
  const auto refusal = [&](const std::string& text) {
    return error_of([&] { (void)of({{"default", text}}).render(saying("x")); });
  };
  EXPECT_NE(
      refusal("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}")
          .find("runs this long"),
      std::string::npos);
  EXPECT_NE(refusal("{% set n = namespace(l=[]) %}{% for i in range(99999) %}"
                    "{% set n.l = [n.l[-1:], 'x' * 1000000 ~ i, n.l[:9]] %}{% endfor %}")
                .find("is not supported"),
            std::string::npos);
  std::string kept;
  for (int i = 0; i < 300; ++i) {
    kept += "{% set x" + std::to_string(i) + " = 'x' * 1000000 %}";
  }
  EXPECT_NE(refusal(kept).find("needs more than 128 MiB"), std::string::npos);
}

/// A hundred long messages are an everyday conversation for a long context.
TEST(PromptTemplate, HasRoomForLongConversations) {
  PromptRequest request;
  for (int i = 0; i < 300; ++i) {
    request.messages.push_back(
        {{"role", i % 2 == 0 ? "user" : "assistant"}, {"content", std::string(4000, 'x')}});
  }
  const PromptTemplate looks_back =
      of({{"default",
           "{% for m in messages %}{% if loop.index0 > 0 and messages[loop.index0 - 1].role "
           "== m.role %}{{ raise_exception('x') }}{% endif %}{{ m.role }}{{ m.content | trim }}"
           "{% endfor %}"}});
  EXPECT_GT(looks_back.render(request).text.size(), 1'200'000U);
}

}  // namespace
}  // namespace ringlet::templates

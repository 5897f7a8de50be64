#include "serve/service/written_calls.hpp"

#include <gtest/gtest.h>

namespace ringlet::serve {
namespace {

const std::string one = "\U00040000";
const std::string two = "\U00080001";
const templates::ControlSpellings control({"<|im_end|>", "<|tool_call_start|>",
                                           "<|tool_call_end|>"});

/// The text, with what is literal in braces.
std::string shown(const templates::Prompt& prompt) {
  std::string text;
  std::size_t at = 0;
  for (const templates::Span& span : prompt.literal) {
    text += prompt.text.substr(at, span.begin - at) + "{" +
            prompt.text.substr(span.begin, span.end - span.begin) + "}";
    at = span.end;
  }
  return text + prompt.text.substr(at);
}

TEST(ServeWrittenCalls, StandWhereTheirStandInsWere) {
  templates::Prompt prompt{.text =
                               "A" + one + "<|im_end|> <|im_end|>" + two + "<|im_end|>\U0003EFFE"};
  prompt.literal = {{5, 15}};
  put_written_calls(prompt,
                    std::vector<WrittenCalls>{{one, {"[f(a='<|im_end|>')]"}, true},
                                              {two, {"[g('<|tool_call_end|>')]"}, true}},
                    CallSyntax::python, control);
  EXPECT_EQ(shown(prompt),
            "A<|tool_call_start|>[f(a='{<|im_end|>}')]<|tool_call_end|>{<|im_end|>} <|im_end|>"
            "<|tool_call_start|>[g('{<|tool_call_end|>}')]<|tool_call_end|><|im_end|>\U0003EFFE");
}

TEST(ServeWrittenCalls, MarksAreTextWhereTheModelHasNone) {
  const templates::ControlSpellings tags({"<tool_call>"});
  templates::Prompt prompt{.text = one};
  put_written_calls(prompt, std::vector<WrittenCalls>{{one, {"{1}", "{2}"}, false}},
                    CallSyntax::tagged, tags);
  EXPECT_EQ(shown(prompt), "{<tool_call>}{1}</tool_call>{<tool_call>}{2}</tool_call>");
  templates::Prompt marked{.text = one};
  put_written_calls(marked, std::vector<WrittenCalls>{{one, {"{1}"}, true}}, CallSyntax::tagged,
                    tags);
  EXPECT_EQ(shown(marked), "<tool_call>{1}</tool_call>");
}

}  // namespace
}  // namespace ringlet::serve

// Texts of all kinds, put together from what calls are made of.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "serve/protocol/tool_calls.hpp"

namespace ringlet::serve {
namespace {

constexpr std::string_view parts[] = {"<tool_call>",
                                      "</tool_call>",
                                      "[TOOL_CALLS]",
                                      "[ARGS]",
                                      "[CALL_ID]",
                                      "<|tool_call|>",
                                      "<|tool_call>",
                                      "<tool_call|>",
                                      R"(<|"|>)",
                                      "<|tool_call_start|>",
                                      "<|tool_call_end|>",
                                      "<function=f>",
                                      "</function>",
                                      "<parameter=a>",
                                      "</parameter>",
                                      R"({"name": "f", )",
                                      R"("arguments": )",
                                      R"({"name":"g","arguments":{"a":1}})",
                                      "call:",
                                      "f",
                                      "g",
                                      "f(",
                                      "f{",
                                      "a=",
                                      "a:",
                                      "1",
                                      "02",
                                      "-1e5",
                                      "x",
                                      "null",
                                      "\"",
                                      "'",
                                      "\\",
                                      "\\u00e9",
                                      "\\ud83d",
                                      "r'",
                                      "'''",
                                      "{",
                                      "}",
                                      "[",
                                      "]",
                                      "(",
                                      ")",
                                      ",",
                                      ";",
                                      ":",
                                      "=",
                                      " ",
                                      "\n",
                                      "**",
                                      "é",
                                      "\xF0\x9F",
                                      "\x80",
                                      "\x01"};

std::size_t count(std::string_view text, char character) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), character));
}

/// What is shown must be a part of the text: its characters in their order.
bool is_within(std::string_view shown, std::string_view text) {
  for (const char character : shown) {
    const std::size_t at = text.find(character);
    if (at == std::string_view::npos) return false;
    text.remove_prefix(at + 1);
  }
  return true;
}

void check(CallSyntax syntax, const Functions& functions, const std::string& text, bool begun,
           std::size_t piece) {
  CallReader reader(syntax, functions, begun);
  std::string shown;
  for (std::size_t at = 0; at < text.size(); at += piece) {
    shown += reader.next(std::string_view(text).substr(at, piece));
  }
  const CallReader::End end = reader.finish();
  ASSERT_TRUE(is_within(shown + end.content, text)) << text;
  for (const ToolCall& call : end.calls) {
    ASSERT_TRUE(functions.has(call.name)) << text;
    ASSERT_GT(count(text, call.name.front()), 0U) << text;
    const Json arguments = Json::parse(call.arguments, nullptr, false);
    ASSERT_TRUE(arguments.is_object()) << text << "\n" << call.arguments;
  }
}

TEST(ServeToolCallsFuzz, CallsHaveArgumentsAndTextsGainNothing) {
  const Functions functions(Json::parse(R"([
    {"type": "function", "function": {"name": "f", "parameters": {"properties":
      {"a": {"type": "integer"}, "b": {"type": "object"}}}}},
    {"type": "function", "function": {"name": "g", "parameters": {"properties": [1]}}}])"));
  std::mt19937 random(1);
  const auto below = [&](std::size_t bound) { return random() % bound; };
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (std::size_t left = below(24); left > 0; --left) text += parts[below(std::size(parts))];
    const auto syntax = static_cast<CallSyntax>(below(7));
    check(syntax, functions, text, below(4) == 0, 1 + below(9));
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace ringlet::serve

// What tests of CallReader share: the functions f and g, and answers that come in pieces.
#pragma once

#include <gtest/gtest.h>

#include <ostream>
#include <utility>

#include "serve/protocol/tool_calls.hpp"

namespace ringlet::serve::reading_calls {

struct Read {
  std::string content = {};
  std::vector<ToolCall> calls = {};

  friend bool operator==(const Read&, const Read&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Read& read) {
    out << read.content;
    for (const ToolCall& call : read.calls) out << " | " << call.name << call.arguments;
    return out;
  }
};

inline const Json tools = Json::parse(R"([
  {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties":
    {"a": {"type": "integer"}, "text": {"type": "string"}, "list": {"type": "array"},
     "either": {"anyOf": [{"type": "string"}, {"type": "null"}]}, "on": {"type": "boolean"},
     "of": {"enum": ["low", 2]}, "free": {}, "number": {"type": ["number", "null"]}}}}},
  {"type": "function", "function": {"name": "g"}}])");

/// Reads a text in pieces of so many bytes.
inline Read read(CallSyntax syntax, std::string_view text, std::size_t piece, bool begun = false) {
  CallReader reader(syntax, Functions(tools), begun);
  Read read;
  for (std::size_t at = 0; at < text.size(); at += piece) {
    read.content += reader.next(text.substr(at, piece));
  }
  CallReader::End end = reader.finish();
  read.content += end.content;
  read.calls = std::move(end.calls);
  return read;
}

inline void expect(CallSyntax syntax, std::string_view text, const Read& wanted,
                   bool begun = false) {
  for (const std::size_t piece : {1U, 2U, 3U, 7U, 1000U}) {
    EXPECT_EQ(read(syntax, text, piece, begun), wanted) << text << " in pieces of " << piece;
  }
}

inline const ToolCall f{"", "f", R"({"a":1})"};
inline const ToolCall g{"", "g", "{}"};

}  // namespace ringlet::serve::reading_calls

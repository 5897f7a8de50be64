// What a client receives, as JSON.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "serve/protocol/api_error.hpp"
#include "serve/protocol/request_body.hpp"

namespace ringlet::serve {

/// What ended an answer.
enum class FinishReason : std::uint8_t { stop, length, tool_calls };

/// What an answer took.
struct Usage {
  std::uint64_t prompt_tokens = 0;
  std::uint64_t cached_tokens = 0;  // of the prompt, that a seat still held
  std::uint64_t completion_tokens = 0;
};

/// A call of a function. `arguments` is JSON in a string.
struct ToolCall {
  std::string id = {};
  std::string name = {};
  std::string arguments = {};

  friend bool operator==(const ToolCall&, const ToolCall&) = default;
};

/// What all chunks of a reply have in common.
struct AnswerHead {
  bool chat = true;
  std::string id = {};
  std::int64_t created = 0;
  std::string model = {};
};

/// A part of an answer: what a chunk of a stream brings, or the whole.
struct AnswerPart {
  std::size_t index = 0;  // of the answer, in requests for several
  std::string reasoning = {};
  std::string content = {};
  std::vector<ToolCall> calls = {};
};

/// JSON as UTF-8 text without line breaks. Bytes that are not UTF-8 become U+FFFD. Integers keep
/// their digits (large_integer.hpp).
[[nodiscard]] std::string dump(const Json& json);

[[nodiscard]] Json usage_json(const Usage& usage);

/// A whole answer.
struct WholeAnswer {
  AnswerPart part = {};
  FinishReason reason = FinishReason::stop;
};

/// The whole reply, for requests without a stream.
[[nodiscard]] Json answers_json(const AnswerHead& head, std::span<const WholeAnswer> answers,
                                const Usage& usage);

/// The first chunk of an answer in a chat, with the role; before anything has been said.
[[nodiscard]] Json first_chunk(const AnswerHead& head, std::size_t index);
/// A chunk with more of an answer. Its finish_reason is null. `first_call` is the number of calls
/// in earlier chunks.
[[nodiscard]] Json chunk_json(const AnswerHead& head, const AnswerPart& part,
                              std::size_t first_call = 0);
/// The last chunk of the answer, with nothing but the reason.
[[nodiscard]] Json last_chunk(const AnswerHead& head, std::size_t index, FinishReason reason);
/// What include_usage adds behind the last chunk of all answers.
[[nodiscard]] Json usage_chunk(const AnswerHead& head, const Usage& usage);

/// Where dumps of the above have the log-probabilities of an answer. No other text in a dump reads
/// like this, because quotes within strings are escaped.
inline constexpr std::string_view no_logprobs = "\"logprobs\":null";

/// An event of a stream. `logprobs`, if there are any, take their place in the chunk.
[[nodiscard]] std::string event(const Json& json, std::string_view logprobs = {});
inline constexpr std::string_view last_event = "data: [DONE]\n\n";

[[nodiscard]] Json error_json(const ApiError& error);

/// The reply of GET /v1/models.
[[nodiscard]] Json models_json(std::string_view name, std::int64_t created, std::uint64_t context,
                               std::uint64_t bytes, bool can_chat);

}  // namespace ringlet::serve

// The requests for text: what a client asks for, checked as far as that needs no model.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "serve/protocol/fields.hpp"

namespace ringlet::serve {

/// What is added to the logit of a token.
struct LogitBias {
  std::uint32_t token = 0;
  float bias = 0;
};

/// Sampling settings; those of the model apply where one is absent.
struct SamplingFields {
  std::optional<float> temperature = {};
  std::optional<std::uint32_t> top_k = {};
  std::optional<float> top_p = {};
  std::optional<float> min_p = {};
  std::optional<float> repeat_penalty = {};
  float frequency_penalty = 0;
  float presence_penalty = 0;
  std::vector<LogitBias> logit_bias = {};
  bool ignore_eos = false;  // the model cannot end the answer
  std::optional<std::uint64_t> seed = {};
};

/// What an answer must look like.
struct AnswerForm {
  enum class Kind : std::uint8_t { text, json_object, json_schema };
  Kind kind = Kind::text;
  std::string schema = {};  // of json_schema, as JSON
  std::string field = {};   // that asked for it
};

/// What both kinds of requests have.
struct CommonFields {
  std::string model = {};  // is sent back, whatever it is
  bool stream = false;
  bool include_usage = false;  // in a stream
  std::optional<std::uint64_t> limit = {};
  std::uint32_t answers = 1;                       // n
  std::optional<std::uint32_t> alternatives = {};  // at each token; absent: no log-probabilities
  std::vector<std::string> stop = {};
  SamplingFields sampling = {};
  AnswerForm form = {};
};

/// POST /v1/completions.
struct CompletionRequest {
  CommonFields common = {};
  std::string prompt = {};
  std::optional<std::vector<std::uint32_t>> tokens = {};  // the prompt, where that is no text
  bool echo = false;
};

/// Which tools an answer can call, and whether it must.
struct ToolChoice {
  enum class Kind : std::uint8_t { none, automatic, required, named };
  Kind kind = Kind::none;
  std::string name = {};  // of the one function
};

/// Calls of an earlier answer, which a message has a stand-in for.
struct WrittenCalls {
  std::string stand_in = {};            // a character that nothing else in the request has
  std::vector<std::string> calls = {};  // each stands between the marks of calls
  bool has_marks = false;               // those become tokens; otherwise they are text
};

/// POST /v1/chat/completions.
struct ChatRequest {
  CommonFields common = {};
  Json messages = Json::array();  // role, content (a text), and what tools need
  Json tools = nullptr;           // a list of {"type": "function", "function": {…}}
  ToolChoice tool_choice = {};
  bool one_call = false;            // parallel_tool_calls: false
  Json variables = Json::object();  // of the template: chat_template_kwargs
  std::vector<WrittenCalls> written_calls = {};
};

/// Throw ApiError that names the field. Fields that change nothing here are ignored.
[[nodiscard]] CompletionRequest read_completion(const Json& body);
[[nodiscard]] ChatRequest read_chat(const Json& body);

/// The most answers to a request, and the most alternatives at a token.
inline constexpr std::uint32_t most_answers = 128;
inline constexpr std::uint32_t most_alternatives = 20;

/// The fields of `body` that both have, for the two above.
[[nodiscard]] CommonFields read_common(const Fields& body);

}  // namespace ringlet::serve

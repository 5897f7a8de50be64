#include <charconv>
#include <limits>

#include "serve/protocol/api_error.hpp"
#include "serve/protocol/form_fields.hpp"
#include "serve/protocol/requests.hpp"

namespace ringlet::serve {
namespace {

constexpr std::int64_t any_count = std::int64_t{1} << 31;
constexpr std::size_t most_stops = 16;
constexpr std::size_t longest_stop = 1024;
constexpr std::size_t longest_model = 256;
constexpr double largest_penalty = 2;
constexpr double largest_bias = 100;
constexpr std::size_t most_biases = 300;
constexpr std::size_t longest_key = 32;

std::optional<float> as_float(std::optional<double> value) {
  if (!value) return std::nullopt;
  return static_cast<float>(*value);
}

std::vector<LogitBias> read_bias(const Fields& body) {
  const Json* field = body.object("logit_bias");
  if (field == nullptr) return {};
  if (field->size() > most_biases) {
    throw invalid("logit_bias",
                  "logit_bias has more than " + std::to_string(most_biases) + " tokens");
  }
  std::vector<LogitBias> biases;
  const Fields values(*field, "logit_bias.");
  for (const auto& [key, value] : field->items()) {
    LogitBias bias;
    const char* end = key.data() + key.size();
    const auto parsed = std::from_chars(key.data(), end, bias.token);
    // Each token has one spelling, so none is given twice.
    const bool is_id = parsed.ec == std::errc() && std::to_string(bias.token) == key;
    if (!is_id) {
      throw invalid("logit_bias",
                    "logit_bias: '" + key.substr(0, longest_key) + "' is no token id");
    }
    bias.bias =
        static_cast<float>(values.number(key.c_str(), -largest_bias, largest_bias).value_or(0));
    biases.push_back(bias);
  }
  return biases;
}

/// A whole number of 64 bits, as in `ringlet run`. −1 asks for a new seed, as none does.
std::optional<std::uint64_t> read_seed(const Fields& body) {
  const Json* field = body.find("seed");
  if (field != nullptr && field->is_number_unsigned()) return field->get<std::uint64_t>();
  const auto seed = body.integer("seed");
  if (!seed || *seed == -1) return std::nullopt;
  return static_cast<std::uint64_t>(*seed);
}

SamplingFields read_sampling(const Fields& body) {
  constexpr double largest = 1e6;
  SamplingFields sampling;
  sampling.temperature = as_float(body.number("temperature", 0, largest));
  sampling.top_p = as_float(body.number("top_p", 0, 1));
  sampling.min_p = as_float(body.number("min_p", 0, 1));
  sampling.repeat_penalty = as_float(body.number("repeat_penalty", 1e-6, largest));
  if (!sampling.repeat_penalty) {
    sampling.repeat_penalty = as_float(body.number("repetition_penalty", 1e-6, largest));
  }
  sampling.frequency_penalty =
      as_float(body.number("frequency_penalty", -largest_penalty, largest_penalty)).value_or(0);
  sampling.presence_penalty =
      as_float(body.number("presence_penalty", -largest_penalty, largest_penalty)).value_or(0);
  sampling.logit_bias = read_bias(body);
  sampling.ignore_eos = body.flag("ignore_eos").value_or(false);
  // Several programs say −1 for "all".
  if (const auto top_k = body.integer("top_k", -1, any_count)) {
    sampling.top_k = static_cast<std::uint32_t>(*top_k < 0 ? 0 : *top_k);
  }
  sampling.seed = read_seed(body);
  return sampling;
}

std::vector<std::string> read_stops(const Fields& body) {
  std::vector<std::string> stops = body.texts("stop");
  std::erase(stops, "");  // several programs send the setting of an empty input field
  if (stops.size() > most_stops) {
    throw invalid("stop", "stop has more than " + std::to_string(most_stops) + " strings");
  }
  for (const std::string& stop : stops) {
    if (stop.size() > longest_stop) {
      throw invalid("stop",
                    "a stop string has more than " + std::to_string(longest_stop) + " bytes");
    }
  }
  return stops;
}

std::uint32_t read_answers(const Fields& body) {
  const std::int64_t answers = body.integer("n", 1, most_answers).value_or(1);
  if (body.integer("best_of").value_or(answers) != answers) {
    throw unsupported("best_of", "best_of must be n; this server returns every answer it computes");
  }
  return static_cast<std::uint32_t>(answers);
}

/// Numbers of tokens; nothing if the list holds anything else.
std::optional<std::vector<std::uint32_t>> token_list(const Json& list) {
  std::vector<std::uint32_t> tokens;
  for (const Json& token : list) {
    if (!token.is_number_unsigned() || token.get<std::uint64_t>() > UINT32_MAX) return std::nullopt;
    tokens.push_back(token.get<std::uint32_t>());
  }
  return tokens;
}

/// A text, a list of tokens, or a list with one of either.
void read_prompt(const Fields& fields, CompletionRequest& request) {
  const Json* prompt = fields.find("prompt");
  if (prompt == nullptr) throw invalid("prompt", "prompt is missing");
  if (prompt->is_array() && prompt->size() == 1 && !prompt->front().is_number()) {
    prompt = &prompt->front();
  }
  if (prompt->is_string()) {
    request.prompt = prompt->get<std::string>();
    return;
  }
  if (prompt->is_array() && !prompt->empty()) request.tokens = token_list(*prompt);
  if (!request.tokens) {
    throw unsupported("prompt", "prompt must be one string, or one list of token ids from 0 up");
  }
}

}  // namespace

CommonFields read_common(const Fields& body) {
  CommonFields common;
  common.model = body.text("model").value_or("");
  if (common.model.size() > longest_model) throw invalid("model", "model is too long");
  common.stream = body.flag("stream").value_or(false);
  if (const Json* options = body.object("stream_options")) {
    if (!common.stream) throw invalid("stream_options", "stream_options needs stream: true");
    common.include_usage =
        Fields(*options, "stream_options.").flag("include_usage").value_or(false);
  }
  // The newer name wins. llama-server and others take −1 for "no limit".
  for (const char* name : {"max_completion_tokens", "max_tokens", "n_predict"}) {
    const auto limit = body.integer(name, -1, std::numeric_limits<std::int64_t>::max());
    if (!limit) continue;
    if (*limit >= 0) common.limit = static_cast<std::uint64_t>(*limit);
    break;
  }
  body.require_absent("min_tokens", 0, "not supported");
  common.answers = read_answers(body);
  common.stop = read_stops(body);
  common.sampling = read_sampling(body);
  common.form = read_form(body);
  return common;
}

CompletionRequest read_completion(const Json& body) {
  const Fields fields(body);
  CompletionRequest request;
  request.common = read_common(fields);
  fields.require_absent("suffix", "", "not supported");
  read_prompt(fields, request);
  request.echo = fields.flag("echo").value_or(false);
  const Json* logprobs = fields.find("logprobs");
  if (logprobs != nullptr && *logprobs != false) {
    request.common.alternatives =
        static_cast<std::uint32_t>(*fields.integer("logprobs", 0, most_alternatives));
  }
  fields.require_absent("top_logprobs", 0, "is for chats; here logprobs is the number");
  return request;
}

}  // namespace ringlet::serve

#include "serve/service/service.hpp"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <limits>
#include <random>
#include <utility>

#include "common/format_values.hpp"
#include "ringlet/prompt.hpp"
#include "serve/protocol/api_error.hpp"
#include "serve/protocol/call_ids.hpp"
#include "serve/protocol/call_schema.hpp"
#include "serve/protocol/tools_as_text.hpp"

namespace ringlet::serve {
namespace {

std::uint64_t random_number() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

std::string random_id(const char* prefix) {
  return common::format("%s%016llx", prefix, static_cast<unsigned long long>(random_number()));
}

SamplerOptions sampling_of(const SamplingFields& fields, const Model& model) {
  SamplerOptions options = sampler_options(model);
  options.temperature = fields.temperature.value_or(options.temperature);
  options.top_k = fields.top_k.value_or(options.top_k);
  // 0 keeps the most likely token alone, for every client.
  options.top_p = std::max(fields.top_p.value_or(options.top_p), std::numeric_limits<float>::min());
  options.min_p = std::min(fields.min_p.value_or(options.min_p), std::nextafter(1.0F, 0.0F));
  options.repeat_penalty = fields.repeat_penalty.value_or(options.repeat_penalty);
  options.seed = fields.seed ? *fields.seed : random_number();
  return options;
}

LogitAdjustments adjustments_of(const SamplingFields& fields, const Tokenizer& tokenizer,
                                std::uint32_t vocabulary) {
  LogitAdjustments adjustments{
      .frequency = fields.frequency_penalty, .presence = fields.presence_penalty, .biases = {}};
  for (const LogitBias& bias : fields.logit_bias) {
    if (bias.token >= vocabulary) {
      throw invalid("logit_bias", "logit_bias: token " + std::to_string(bias.token) +
                                      " is not in the vocabulary of " + std::to_string(vocabulary));
    }
    if (fields.ignore_eos && tokenizer.ends_text(bias.token)) continue;
    adjustments.biases.push_back({bias.token, bias.bias});
  }
  constexpr float never = -1e30F;
  for (TokenId token = 0; fields.ignore_eos && token < vocabulary; ++token) {
    if (tokenizer.ends_text(token)) adjustments.biases.push_back({token, never});
  }
  return adjustments;
}

std::uint64_t characters_of(std::string_view text) {
  return static_cast<std::uint64_t>(std::count_if(
      text.begin(), text.end(), [](unsigned char byte) { return (byte & 0xC0U) != 0x80U; }));
}

}  // namespace

Service::Service(const SeatSettings& seats, ServiceSettings settings, Engine& engine,
                 Counters& counters)
    : seats_(seats),
      settings_(std::move(settings)),
      engine_(engine),
      counters_(counters),
      prompts_(seats_.pool.model(), seats_.tokenizer, settings_.name),
      forms_(seats.pool.model(), seats.trie.words() != nullptr),
      records_(settings_.record_bytes),
      started_(std::time(nullptr)) {}

std::uint64_t record_room_bytes(std::uint32_t seats, std::uint64_t most_tokens) {
  constexpr std::uint64_t most_of_a_seat = std::uint64_t{1} << 20;
  return seats * std::min(TokenRecords::bytes(most_tokens, most_alternatives), most_of_a_seat);
}

Job Service::job_of(const CommonFields& fields, std::vector<TokenId> tokens,
                    const char* param) const {
  const std::uint32_t context = seats_.pool.config().session.context;
  if (tokens.empty()) {
    throw invalid(param, "the prompt is empty, and the model has no token to begin with");
  }
  if (tokens.size() > context) {
    throw ApiError(400, "invalid_request_error",
                   "the prompt has " + std::to_string(tokens.size()) +
                       " tokens, more than the context of " + std::to_string(context),
                   param, "context_length_exceeded");
  }
  Job job;
  job.tokens = std::move(tokens);
  job.sampling = sampling_of(fields.sampling, seats_.pool.model());
  job.limit = std::min(fields.limit.value_or(settings_.most_tokens), settings_.most_tokens);
  job.adjustments = adjustments_of(fields.sampling, seats_.tokenizer,
                                   seats_.pool.model().architecture().vocab_size);
  job.stop = fields.stop;
  job.deadline = std::chrono::steady_clock::now() + settings_.deadline;
  return job;
}

/// Reserves the memory for the log-probabilities of all answers. Error 503 if others have it.
TakenLogprobs Service::take_logprobs(const Job& job, const CommonFields& fields,
                                     const std::string& prompt) {
  const bool chat = job.is_chat;
  const std::uint64_t first = chat || job.scores_prompt ? 0 : characters_of(prompt);
  const std::uint32_t vocabulary = seats_.pool.model().architecture().vocab_size;
  TakenLogprobs taken{.text = LogprobText(seats_.tokenizer, chat, first),
                      .alternatives = std::min(*fields.alternatives, vocabulary),
                      .leading = job.scores_prompt ? job.tokens.size() : 0,
                      .most = job.limit + (job.scores_prompt ? job.tokens.size() : 0)};
  const std::uint64_t each = TokenRecords::bytes(1, taken.alternatives) * fields.answers;
  if (taken.most > records_.bytes() / each) {
    throw invalid(chat ? "max_completion_tokens" : "max_tokens",
                  "log-probabilities of " + std::to_string(taken.most) + " tokens, of " +
                      std::to_string(fields.answers) +
                      " answers, need more memory than this server "
                      "has for them; " +
                      std::to_string(records_.bytes() / each) + " tokens would fit");
  }
  taken.lease = records_.lease(taken.most * each);
  if (taken.lease) return taken;
  throw ApiError(503, "server_error", "too many answers have log-probabilities; try again", {},
                 "queue_full");
}

/// Queues a job for each answer. The second has the next seed, and so on.
Taken Service::submit(const Job& job, const CommonFields& fields, Taken taken) {
  const bool chat = job.is_chat;
  taken.head = {.chat = chat,
                .id = random_id(chat ? "chatcmpl-" : "cmpl-"),
                .created = std::time(nullptr),
                .model = fields.model.empty() ? settings_.name : fields.model};
  taken.stream = fields.stream;
  taken.include_usage = fields.include_usage;
  if (fields.answers > engine_.most_jobs()) {
    throw invalid("n", "n must be 1 to " + std::to_string(engine_.most_jobs()) +
                           ", the seats of this server and its queue");
  }
  if (fields.answers > 1) taken.bell = std::make_shared<Bell>();
  std::vector<Job> jobs(fields.answers, job);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    jobs[i].sampling.seed += i;
    jobs[i].mailbox = std::make_shared<Mailbox>(taken.bell);
    taken.mailboxes.push_back(jobs[i].mailbox);
  }
  if (engine_.submit(jobs)) return taken;
  throw ApiError(503, "server_error", "too many requests are waiting; try again", {}, "queue_full");
}

Taken Service::complete(const CompletionRequest& request) {
  const std::string prompt =
      request.tokens ? prompts_.decode(*request.tokens, "prompt") : request.prompt;
  Job job = job_of(request.common, request.tokens ? *request.tokens : prompts_.encode(prompt, true),
                   "prompt");
  job.form = forms_.compile(request.common.form);
  Taken taken;
  if (request.common.alternatives) {
    job.alternatives = request.common.alternatives;
    job.scores_prompt = request.echo;
    taken.logprobs = take_logprobs(job, request.common, prompt);
    job.alternatives = taken.logprobs->alternatives;
  }
  if (request.echo) taken.echo = prompt;
  return submit(job, request.common, std::move(taken));
}

Taken Service::chat(ChatRequest request) {
  if (!prompts_.can_chat()) {
    throw ApiError(400, "invalid_request_error",
                   "the model has no chat template, so it cannot chat; serve another model, or "
                   "send a prompt to /v1/completions",
                   {}, "no_chat_template");
  }
  Taken taken;
  AnswerForm form = request.common.form;
  Job tools;
  prepare_tools(request, tools, taken, form);
  const bool has_system = request.messages.front()["role"] == "system";
  if (has_system && !prompts_.has_system()) write_system_as_text(request);
  templates::Prompt prompt = prompts_.render(request);
  // What follows a grammar is the answer, so reasoning that the prompt has begun ends before it.
  if (form.kind != AnswerForm::Kind::text &&
      templates::ReasoningSplitter(prompts_.reasoning(), prompt.text).is_reasoning()) {
    prompt.text += prompts_.reasoning()->close + "\n\n";
  }
  if (taken.call_begun) {
    prompt.text += marks_of(taken.syntax).opening();
    if (marks_of(taken.syntax).on_line) prompt.text += "\n";
  }
  Job job = job_of(request.common, prompts_.encode(prompt), "messages");
  job.visible = std::move(tools.visible);
  job.form = forms_.compile(form);
  if (job.form == nullptr) job.splitter.emplace(prompts_.reasoning(), prompt.text);
  job.is_chat = true;
  if (request.common.alternatives) {
    taken.logprobs = take_logprobs(job, request.common, {});
    job.alternatives = taken.logprobs->alternatives;
  }
  return submit(job, request.common, std::move(taken));
}

/// What calls need: their names, the control tokens around them and, where one must come, its form.
void Service::prepare_tools(ChatRequest& request, Job& job, Taken& taken, AnswerForm& form) const {
  const CallSyntax syntax = prompts_.call_syntax();
  const CallMarks marks = marks_of(syntax);
  const bool knows = prompts_.knows_tools();
  // Also where this request has no tools.
  if (!knows) {
    write_calls_as_text(request);
  } else if (prompts_.leaves_out_calls(request)) {
    write_calls_in_syntax(request, syntax);
  }
  if (syntax == CallSyntax::bracket) shorten_call_ids(request.messages);
  if (request.tools.is_null()) return;
  taken.functions = Functions(request.tools);
  taken.one_call = request.one_call;
  taken.syntax = syntax;
  job.visible.assign(marks.openings.begin(), marks.openings.end());
  job.visible.insert(job.visible.end(), marks.inner.begin(), marks.inner.end());
  job.visible.insert(job.visible.end(), marks.closings.begin(), marks.closings.end());
  const ToolChoice& choice = request.tool_choice;
  if (choice.kind != ToolChoice::Kind::automatic) {
    form = {AnswerForm::Kind::json_schema, call_schema(request.tools, choice.name, taken.syntax),
            "tools"};
    taken.call_begun = taken.syntax != CallSyntax::plain;
  }
  if (!knows) write_tools_as_text(request);
}

Json Service::tokenize(const Json& body) const {
  const Fields fields(body);
  const auto content = fields.text("content");
  if (!content) throw invalid("content", "content is missing");
  Json reply = Json::object();
  reply["tokens"] = prompts_.encode(*content, fields.flag("add_special").value_or(false),
                                    fields.flag("parse_special").value_or(false));
  return reply;
}

Json Service::detokenize(const Json& body) const {
  const Json* tokens = Fields(body).list("tokens");
  if (tokens == nullptr) throw invalid("tokens", "tokens is missing");
  std::vector<TokenId> ids;
  for (const Json& token : *tokens) {
    // An id that is too large becomes the largest, which no vocabulary has.
    const bool fits = token.is_number_unsigned() && token.get<std::uint64_t>() <= UINT32_MAX;
    ids.push_back(fits ? token.get<TokenId>() : UINT32_MAX);
  }
  const std::string text = prompts_.decode(ids, "tokens");
  Json reply = Json::object();
  reply["content"] = text;
  return reply;
}

Json Service::models() const {
  return models_json(settings_.name, started_, seats_.pool.config().session.context,
                     settings_.file_bytes, can_chat());
}

Json Service::health() const {
  Json reply = Json::object();
  reply["status"] = "ok";
  return reply;
}

}  // namespace ringlet::serve

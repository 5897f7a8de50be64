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

CallSyntax syntax_of(const Prompts& prompts) {
  for (const CallSyntax syntax : {CallSyntax::tagged, CallSyntax::bracket}) {
    if (prompts.mentions(opening_of(syntax))) return syntax;
  }
  return CallSyntax::plain;
}

}  // namespace

Service::Service(const SeatSettings& seats, ServiceSettings settings, Engine& engine,
                 Counters& counters)
    : seats_(seats),
      settings_(std::move(settings)),
      engine_(engine),
      counters_(counters),
      prompts_(seats.pool.model(), seats.tokenizer, settings_.name),
      forms_(seats.pool.model(), seats.trie.words() != nullptr),
      started_(std::time(nullptr)) {}

Job Service::job_of(const CommonFields& fields, std::vector<TokenId> tokens) const {
  const std::uint32_t context = seats_.pool.config().session.context;
  if (tokens.empty()) {
    throw invalid("prompt", "the prompt is empty, and the model has no token to begin with");
  }
  if (tokens.size() > context) {
    throw ApiError(400, "invalid_request_error",
                   "the prompt has " + std::to_string(tokens.size()) +
                       " tokens, more than the context of " + std::to_string(context),
                   "messages", "context_length_exceeded");
  }
  Job job;
  job.tokens = std::move(tokens);
  job.sampling = sampling_of(fields.sampling, seats_.pool.model());
  job.limit = std::min(fields.limit.value_or(settings_.most_tokens), settings_.most_tokens);
  job.stop = fields.stop;
  job.deadline = std::chrono::steady_clock::now() + settings_.deadline;
  job.mailbox = std::make_shared<Mailbox>();
  return job;
}

Taken Service::submit(Job job, const CommonFields& fields, bool chat) {
  Taken taken;
  taken.head = {.chat = chat,
                .id = random_id(chat ? "chatcmpl-" : "cmpl-"),
                .created = std::time(nullptr),
                .model = fields.model.empty() ? settings_.name : fields.model};
  taken.mailbox = job.mailbox;
  taken.stream = fields.stream;
  taken.include_usage = fields.include_usage;
  if (engine_.submit(job)) return taken;
  throw ApiError(503, "server_error", "too many requests are waiting; try again", {}, "queue_full");
}

Taken Service::complete(const CompletionRequest& request) {
  Job job = job_of(request.common, prompts_.encode(request.prompt, true));
  job.form = forms_.compile(request.common.form, "response_format");
  Taken taken = submit(std::move(job), request.common, false);
  if (request.echo) taken.echo = request.prompt;
  return taken;
}

Taken Service::chat(ChatRequest request) {
  if (!prompts_.can_chat()) {
    throw ApiError(400, "invalid_request_error",
                   "the model has no chat template; send a prompt to /v1/completions", {},
                   "no_chat_template");
  }
  Taken plan;
  AnswerForm form = request.common.form;
  Job tools;
  prepare_tools(request, tools, plan, form);
  templates::Prompt prompt = prompts_.render(request);
  if (plan.call_begun) prompt.text += std::string(opening_of(plan.syntax)) + "\n";
  Job job = job_of(request.common, prompts_.encode(prompt));
  job.visible = std::move(tools.visible);
  job.form = forms_.compile(form, plan.tools.empty() ? "response_format" : "tools");
  // What follows a grammar is the answer, and no reasoning.
  if (job.form == nullptr) job.splitter.emplace(prompts_.reasoning(), prompt.text);
  job.chat = std::move(prompt);
  Taken taken = submit(std::move(job), request.common, true);
  taken.tools = std::move(plan.tools);
  taken.syntax = plan.syntax;
  taken.call_begun = plan.call_begun;
  return taken;
}

/// What calls need: their names, the control tokens around them and, where one must come, its form.
void Service::prepare_tools(ChatRequest& request, Job& job, Taken& taken, AnswerForm& form) const {
  if (request.tools.is_null()) return;
  for (const Json& tool : request.tools) {
    taken.tools.push_back(tool["function"]["name"].get<std::string>());
  }
  const bool knows = prompts_.knows_tools();
  taken.syntax = knows ? syntax_of(prompts_) : CallSyntax::tagged;
  job.visible = {std::string(opening_of(taken.syntax)), "</tool_call>"};
  const ToolChoice& choice = request.tool_choice;
  if (choice.kind != ToolChoice::Kind::automatic) {
    form = {AnswerForm::Kind::json_schema, call_schema(request.tools, choice.name, taken.syntax)};
    taken.call_begun = taken.syntax == CallSyntax::tagged;
  }
  if (!knows) write_tools_as_text(request, prompts_.has_system());
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
  Detokenizer detokenizer(seats_.tokenizer);
  std::string text;
  const std::uint32_t vocabulary = seats_.pool.model().architecture().vocab_size;
  for (const Json& token : *tokens) {
    if (!token.is_number_unsigned() || token.get<std::uint64_t>() >= vocabulary) {
      throw invalid("tokens", "tokens must be numbers below " + std::to_string(vocabulary));
    }
    text += detokenizer.next(token.get<TokenId>());
  }
  text += detokenizer.finish();
  Json reply = Json::object();
  reply["content"] = text;
  return reply;
}

Json Service::models() const {
  return models_json(settings_.name, started_, seats_.pool.config().session.context,
                     settings_.file_bytes);
}

Json Service::health() const {
  Json reply = Json::object();
  reply["status"] = "ok";
  return reply;
}

}  // namespace ringlet::serve

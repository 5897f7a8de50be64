#include "drafting.hpp"

#include <algorithm>
#include <filesystem>

#include "command.hpp"
#include "parse_values.hpp"
#include "setting_errors.hpp"

namespace ringlet::cli {
namespace {

// Tokens that a lookup remembers: 56 KiB.
constexpr std::uint32_t lookup_window = 2048;

// Drafted tokens at most. More rarely pay, and each costs a row of logits.
constexpr std::uint32_t usual_draft_tokens = 7;

// Smaller models are bound by arithmetic, so a pass over several tokens takes longer.
constexpr std::uint64_t smallest_model = 32U << 20;

bool looks_up(const Model& target, const DraftOptions& options) {
  if (options.tokens == 0) return false;
  const bool pays = options.model.empty() && target.bytes().size() >= smallest_model;
  return options.lookup.value_or(pays);
}

/// Throws unless the draft model can draft for the target, as tokens or as text.
void require_common_language(const LoadedModel& target, const DraftSource& source) {
  if (source.same_vocabulary) return;
  for (const LoadedModel* model : {&target, &source.model}) {
    if (Tokenizer::open(model->model).ok()) continue;
    throw port::Failure(source.model.path + ": has another vocabulary than " + target.path +
                        ", and drafting text needs a tokenizer, which " + model->path +
                        " lacks; convert it again with --tokenizer FILE");
  }
}

/// Says what is allowed but cannot pay.
void warn_of_size(const LoadedModel& target, const DraftSource& source) {
  const std::size_t bytes = source.model.file.bytes().size();
  if (bytes < target.file.bytes().size()) return;
  print_note("ringlet: " + source.model.path +
                 " is no smaller than the model that it drafts for, so drafts take longer than "
                 "they save",
             false);
}

/// The ring has room for one pass: a token of the text, and its drafts.
void require_room(const Config& config) {
  const std::uint32_t room = config.ring_chunk() - 1;
  if (config.draft_tokens <= room) return;
  const std::string more = "use --prefill-chunk " + std::to_string(config.draft_tokens + 1);
  if (room == 0) {
    throw UsageError("--prefill-chunk 1 leaves no room for drafts; " + more +
                     ", or leave them out");
  }
  throw UsageError("--draft-tokens: must be fewer than the --prefill-chunk of " +
                   std::to_string(config.prefill_chunk) + " (got " +
                   std::to_string(config.draft_tokens) + "); " + more + ", or --draft-tokens " +
                   std::to_string(room));
}

/// llama.cpp's --draft is a number.
void require_model_name(const std::string& draft) {
  std::error_code error;
  if (!parse_size(draft) || std::filesystem::exists(draft, error)) return;
  throw UsageError("--draft: takes a model file, and --draft-tokens the number (got '" + draft +
                   "')");
}

DraftSource open_source(const LoadedModel& target, const SessionOptions& options) {
  require_model_name(options.drafts.model);
  DraftSource source{.model = load_model(options.drafts.model), .config = {}};
  source.same_vocabulary = same_vocabulary(target.model, source.model.model).ok();
  require_common_language(target, source);
  warn_of_size(target, source);
  const Config config = options.complete_config(target.model);
  source.config = source.config_for(config, effective_context(target.model, config));
  return source;
}

}  // namespace

Config DraftSource::config_for(const Config& target, std::uint32_t context) const {
  Config own;
  own.context = std::min(model.model.architecture().trained_context, context);
  own.sinks = std::min(target.sinks, own.context - 1);
  own.repeat_window = 0;
  own.threads = target.threads;
  own.rewind = own.ring_chunk();  // what a draft reads; only recurrent models need it
  return own;
}

void add_draft_options(CLI::App& app, DraftOptions& options) {
  const auto group = [](CLI::Option* option) {
    option->group("Speculation (the same text, only sooner)");
  };
  group(app.add_flag_callback(
      "--lookup", [&options] { options.lookup = true; },
      "Draft what followed the same tokens before (default for model files from 32M)."));
  group(app.add_flag_callback(
      "--no-lookup", [&options] { options.lookup = false; }, "Do not draft from the text."));
  group(add_file(app, "--draft", options.model,
                 "Draft with a smaller model, of the same vocabulary or another."));
  const auto accept = [&options](const std::string& value) {
    options.tokens = parse_size(value);
    const bool given = options.tokens.has_value();
    if ((!given && value != "auto") || (given && *options.tokens > DraftLength::most_costs - 1)) {
      throw CLI::ValidationError(
          "--draft-tokens", "must be a whole number from 0 to 15, or auto (got '" + value + "')");
    }
  };
  group(
      app.add_option_function<std::string>(
             "--draft-tokens", accept,
             "Tokens to draft in each pass; 0 drafts none (default: auto, at most 7 as they pay).")
          ->type_name("N|auto"));
}

std::optional<DraftSource> plan_drafts(const LoadedModel& target, SessionOptions& options,
                                       bool forces) {
  const DraftOptions& drafts = options.drafts;
  const bool with_model = !drafts.model.empty() && drafts.tokens != 0;
  const bool with_lookup = looks_up(target.model, drafts);
  if (!with_model && !with_lookup) {
    if (drafts.lookup == true || !drafts.tokens || drafts.tokens == 0) return std::nullopt;
    if (!forces) throw UsageError("--draft-tokens: nothing drafts; add --lookup or --draft MODEL");
    options.config.draft_tokens = static_cast<std::uint32_t>(*drafts.tokens);
    require_room(options.config);
    return std::nullopt;
  }
  Config& config = options.config;
  const std::uint32_t most = config.ring_chunk() - 1;
  if (most == 0 && !with_model && !drafts.lookup && !drafts.tokens) return std::nullopt;
  config.draft_tokens = static_cast<std::uint32_t>(
      drafts.tokens ? *drafts.tokens : std::min(std::max(most, 1U), usual_draft_tokens));
  require_room(config);
  if (with_lookup) config.lookup_window = lookup_window;
  if (!with_model) return std::nullopt;
  DraftSource source = open_source(target, options);
  const Result<MemoryPlan> memory = plan(source.model.model, source.config);
  if (!memory.ok()) throw port::failure_of(source.model.path, memory.status());
  config.draft_bytes = memory->total();
  return source;
}

Drafting::Drafting(LoadedSession& loaded, const SessionOptions& options,
                   const std::optional<DraftSource>& source)
    : loaded_(loaded),
      source_(source),
      asked_(options.drafts.lookup == true || !options.drafts.model.empty()) {
  open();
  if (!lookup_ && !model_ && !text_) return;
  drafter_ = Drafter::of(*this);
  std::optional<std::uint32_t> fixed;
  if (options.drafts.tokens) fixed = static_cast<std::uint32_t>(*options.drafts.tokens);
  tuner_.emplace(drafter_, fixed);
}

/// Makes the drafters, which know no text yet.
void Drafting::open() {
  const Session& session = loaded_.session;
  const std::span<std::byte> workspace = session.lookup_workspace();
  if (!workspace.empty()) {
    lookup_ = port::value_of("lookup", Lookup::create(session.config().lookup_window, workspace));
  }
  if (!source_) return;
  const std::string& path = source_->model.path;
  const Team team = loaded_.team->team();
  Session own =
      port::value_of(path, Session::create(source_->model.model, source_->config,
                                           session.draft_memory(), *loaded_.kernels, team));
  // A small model decodes fastest on one thread, however many its target has.
  const std::uint32_t threads =
      std::min(team.threads, port::default_threads(source_->model.file.bytes().size()));
  port::check(path, own.set_execution({.decode_threads = threads}));
  if (source_->same_vocabulary) {
    model_ = port::value_of(path, DraftModel::create(session.model(), own));
  } else {
    text_ = port::value_of(path, DraftText::create(session.model(), own));
  }
}

void Drafting::reset() {
  if (drafts()) open();
}

/// What the text itself suggests costs nothing; the model drafts where it suggests nothing.
std::size_t Drafting::draft(std::span<TokenId> out) noexcept {
  std::size_t count = 0;
  if (lookup_) count = lookup_->draft(out);
  if (count == 0 && model_) count = model_->draft(out);
  if (count == 0 && text_) count = text_->draft(out);
  return count;
}

void Drafting::observe(std::span<const TokenId> tokens) noexcept {
  if (lookup_) lookup_->observe(tokens);
  if (model_) model_->observe(tokens);
  if (text_) text_->observe(tokens);
}

std::string Drafting::describe(const char* separator) const {
  if (!tuner_) return {};
  if (tuner_->totals().drafted == 0)
    return asked_ ? separator + std::string("nothing drafted") : "";
  const port::DraftTuner::Totals& totals = tuner_->totals();
  return format("%sdrafts: %.0f %% of %s accepted, %.2f tokens a pass", separator,
                100.0 * static_cast<double>(totals.accepted) / static_cast<double>(totals.drafted),
                with_commas(totals.drafted).c_str(),
                static_cast<double>(totals.emitted) / static_cast<double>(totals.rounds));
}

}  // namespace ringlet::cli

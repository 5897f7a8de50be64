#include "serve_pool.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "command.hpp"
#include "drafting.hpp"
#include "json_text.hpp"
#include "parse_values.hpp"
#include "place_weights.hpp"
#include "plan_report.hpp"
#include "plan_subject.hpp"
#include "ringlet/linux/failure.hpp"
#include "ringlet/linux/token_trie.hpp"
#include "ringlet/token_trie.hpp"
#include "serve/seats/scheduler.hpp"
#include "serve/service/forms.hpp"
#include "serve/service/service.hpp"
#include "setting_errors.hpp"

namespace ringlet::cli {
namespace {

// Forced tokens that are verified in a pass at most.
constexpr std::uint32_t most_forced = 7;

/// What seats need to follow grammars. Returns the trie, if the model's file has none.
std::vector<std::uint32_t> plan_grammars(const Model& model, SessionOptions& options) {
  std::vector<std::uint32_t> trie;
  if (!TokenTrie::open(model).ok()) trie = port::build_token_trie(model);
  Config& config = options.config;
  config.grammar_bytes = serve::form_workspace_bytes(model);
  config.token_trie_bytes = trie.size() * sizeof(std::uint32_t);
  if (config.draft_tokens == 0 && options.drafts.tokens != 0) {
    config.draft_tokens = std::min(config.ring_chunk() - 1, most_forced);
  }
  return trie;
}

/// Throws unless the pool stays within --ram.
void require_room(const LoadedModel& model, const PoolConfig& config, std::uint64_t bytes,
                  std::uint64_t beside, const SessionOptions& options) {
  if (!options.ram || bytes + beside <= *options.ram) return;
  const std::optional<DraftSource> none;
  const std::uint32_t longest =
      PlanSubject(model.model, none)
          .longest_context(config, *options.ram - std::min(*options.ram, beside));
  throw port::Failure(model.path + ": " + with_commas(config.sessions) + " seats do not fit into " +
                      with_commas(*options.ram) + " bytes of RAM (need " +
                      with_commas(bytes + beside) + "); " +
                      (longest > 0 ? "--context " + std::to_string(longest) + " would fit"
                                   : "raise --ram, or take fewer --seats"));
}

/// Copies of the weights may have what the seats leave of --ram.
void place_beside(LoadedModel& model, const Config& config, std::uint64_t bytes,
                  SessionOptions options) {
  if (options.ram) {
    const Result<MemoryPlan> lone = plan(model.model, config);
    const std::uint64_t more = bytes - std::min(bytes, lone.ok() ? lone->total() : 0);
    *options.ram -= std::min(*options.ram, more);
  }
  place_weights(model, options);
}

/// Adds memory that is not in the plan of the pool.
void add_section(nlohmann::ordered_json& plan, const char* name, std::uint64_t bytes) {
  plan["sections"].push_back(
      {{"name", name}, {"offset", plan["ram_bytes"]}, {"bytes", bytes}, {"always", true}});
  plan["ram_bytes"] = plan["ram_bytes"].get<std::uint64_t>() + bytes;
}

/// The pool as `ringlet plan --json` describes it, and what the server has beside it.
std::string plan_text(const ServePool& pool, const PoolConfig& config, const MemoryPlan& plan) {
  const LoadedModel& model = pool.model;
  const Result<MemoryPlan> lone = ringlet::plan(model.model, config.session);
  const std::uint64_t alone = lone.ok() ? lone->total() * config.sessions : 0;
  PlanReport report{.model = model.name(),
                    .config = config.session,
                    .kv = describe_kv(model.model, config.session),
                    .plan = plan,
                    .caches = {},
                    .flash_bytes = model.file.bytes().size(),
                    .snapshot_bytes = 0,
                    .prefix_bytes = 0,
                    .draft = std::nullopt,
                    .pool = PoolReport{.config = config, .alone_bytes = alone},
                    .grammar = std::nullopt};
  report.config.context = effective_context(model.model, config.session);
  report.caches = list_caches(model.model, report.config);
  const Result<std::uint64_t> snapshot = snapshot_bytes(model.model, report.config);
  if (snapshot.ok()) report.snapshot_bytes = *snapshot;
  nlohmann::ordered_json json = plan_json(report);
  add_section(json, "logits with biases", pool.scratch_bytes);
  add_section(json, "log-probabilities", pool.record_bytes);
  return json_text(json);
}

TokenTrie open_trie(const ServePool& pool, const std::vector<std::uint32_t>& trie) {
  if (trie.empty()) return port::value_of(pool.model.path, TokenTrie::open(pool.model.model));
  const auto words = std::as_bytes(std::span(trie));
  const std::span<std::byte> memory = pool.pool.session(0).token_trie_memory().first(words.size());
  std::ranges::copy(words, memory.begin());
  return port::value_of(pool.model.path, TokenTrie::open(pool.model.model, memory));
}

/// Threads as the options say, for all passes.
void set_threads(ServePool& pool, const SessionOptions& options) {
  const port::Tuner::Fixed fixed = options.fixed_execution();
  port::check(pool.model.path,
              pool.pool.session(0).set_execution(
                  {.decode_threads = fixed.threads.value_or(0),
                   .prefill_threads = fixed.prefill_threads,
                   .prefetch_bytes = fixed.prefetch_bytes.value_or(Execution{}.prefetch_bytes)}));
}

}  // namespace

void add_serve_pool_options(CLI::App& app, ServePoolOptions& options) {
  add_memory_options(app, options.session);
  add_weights_options(app, options.session);
  add_speed_options(app, options.session);
  add_draft_options(app, options.session.drafts);
  // Each seat would need a session of the draft model.
  app.remove_option(app.get_option("--draft"));
  // Prompts of any length of words are encoded outside the seats.
  app.remove_option(app.get_option("--longest-word"));
}

std::unique_ptr<ServePool> make_serve_pool(const std::string& path, ServePoolOptions options) {
  auto made = std::make_unique<ServePool>(ServePool{.model = load_model(path)});
  LoadedModel& model = made->model;
  const Tokenizer tokenizer = open_tokenizer(model);
  (void)plan_drafts(model, options.session, true);
  const std::vector<std::uint32_t> trie = plan_grammars(model.model, options.session);
  PoolConfig config{.session = options.session.complete_config(model.model),
                    .sessions = options.seats};
  const Result<MemoryPlan> memory = plan(model.model, config);
  if (!memory.ok()) refuse_setting(model.path, memory.status(), options.session);
  made->scratch_bytes = serve::Scheduler::scratch_bytes(model.model);
  made->record_bytes = serve::record_room_bytes(options.seats, options.most_tokens);
  const std::uint64_t beside = made->scratch_bytes + made->record_bytes;
  require_room(model, config, memory->total(), beside, options.session);
  place_beside(model, config.session, memory->total() + beside, options.session);
  made->memory = port::map_session_memory(memory->total());
  const bool chosen = options.session.threads || options.session.prefill_threads;
  const std::uint32_t threads =
      chosen ? config.session.threads
             : std::min(config.session.threads, port::available_processors());
  made->team = std::make_unique<port::ThreadTeam>(threads);
  const Result<Pool> pool = Pool::create(model.model, config, made->memory.bytes(),
                                         *choose_kernels(options.session), made->team->team());
  if (!pool.ok()) refuse_setting(model.path, pool.status(), options.session);
  made->pool = *pool;
  set_threads(*made, options.session);
  made->seats = {.pool = made->pool,
                 .tokenizer = tokenizer,
                 .trie = open_trie(*made, trie),
                 .draft_tokens = std::nullopt};
  if (options.session.drafts.tokens) {
    made->seats.draft_tokens = static_cast<std::uint32_t>(*options.session.drafts.tokens);
  }
  made->plan_json = plan_text(*made, made->pool.config(), *memory);
  return made;
}

}  // namespace ringlet::cli

#include "ringlet/session.hpp"

#include <algorithm>
#include <new>
#include <utility>

#include "base/features.hpp"
#include "base/invalid_argument.hpp"
#include "base/left_out.hpp"
#include "ringlet/tokenizer.hpp"
#include "session/plan.hpp"
#include "session/state.hpp"

namespace ringlet {

namespace {

// Not in line, for the stack's sake.
[[gnu::noinline]] Status with_context_that_fits(const Status& status, const Model& model,
                                                const Config& config, std::uint64_t bytes) {
  const std::uint32_t longest = longest_context(model, config, bytes);
  return Status(ErrorCode::not_enough_memory, "memory",
                longest > 0 ? "too small for this context" : "too small for any context")
      .with(status.needed(), status.actual())
      .suggest(longest > 0 ? "context" : nullptr, longest);
}

/// A section of the plan, which is aligned like every section; empty if the plan has none.
std::span<std::byte> section_of(std::byte* begin, std::uint64_t bytes) {
  if (begin == nullptr) return {};
  return {begin, static_cast<std::size_t>(MemoryPlan::aligned(bytes))};
}

}  // namespace

Result<Session> Session::create(const Model& model, const Config& config,
                                std::span<std::byte> memory, const KernelSet& kernels,
                                const Team& team) noexcept {
  struct Alone {
    Engine engine;
    State state;
  };
  static_assert(sizeof(Alone) <= session_state_bytes);
  const Result<Config> resolved = resolve(model, config);
  if (!resolved) return resolved.status();
  const Result<MemoryPlan> plan = ringlet::plan(model, *resolved);
  if (!plan) return plan.status();
  const Status status = Engine::check(*resolved, team, *plan, memory);
  if (status.code() == ErrorCode::not_enough_memory) {
    return with_context_that_fits(status, model, *resolved, memory.size());
  }
  if (!status.ok()) return status;

  const Arena arena(memory, *plan);
  auto& [engine, state] = *new (arena.bytes(SectionId::session).data()) Alone;
  engine.begin(model, *resolved, {}, kernels, team, arena);
  state.begin(engine, 0, arena);
  return Session(&state);
}

Status Session::prefill(std::span<const TokenId> tokens, const Progress& progress) noexcept {
  State& state = *state_;
  state.has_fault = false;
  if (const Status status = state.check(tokens); !status.ok()) return status;
  const std::uint64_t start = state.cursor.position();
  for (std::size_t done = 0; done < tokens.size();) {
    const std::size_t count =
        std::min<std::size_t>(tokens.size() - done, state.config().prefill_chunk);
    const bool last = done + count == tokens.size();
    if (!state.forward(tokens.subspan(done, count), last ? 1 : 0, true)) {
      return state.give_up(start);
    }
    done += count;
    if (progress.report != nullptr && !progress.report(progress.user_data, done, tokens.size()) &&
        !last) {
      return Status(ErrorCode::cancelled, "prefill",
                    "stopped by the progress callback before the last token")
          .with(tokens.size(), done);
    }
  }
  return {};
}

Status Session::step(TokenId token) noexcept { return prefill({&token, 1}); }

Status Session::set_execution(const Execution& execution) noexcept {
  const std::uint32_t most = state_->engine->decoder.team_threads();
  for (const auto& [name, threads] : {std::pair{"decode_threads", execution.decode_threads},
                                      std::pair{"prefill_threads", execution.prefill_threads}}) {
    if (threads > most) {
      return Status(ErrorCode::out_of_range, name, "more threads than the team has")
          .at_most(most, threads)
          .suggest(name, most);
    }
  }
  state_->engine->decoder.set_execution(execution);
  return {};
}

void Session::set_observer(const Observer& observer) noexcept {
  state_->engine->decoder.set_observer(observer);
}

Status Session::set_accelerator(const Accelerator& accelerator) noexcept {
  if (!features::accelerator && accelerator.multiply != nullptr) return left_out("accelerator");
  state_->engine->decoder.set_accelerator(accelerator);
  return {};
}

std::span<const float> Session::logits() const noexcept { return state_->last_logits(); }

std::optional<NotFinite> Session::not_finite() const noexcept {
  return state_->has_fault ? std::optional(state_->engine->decoder.fault()) : std::nullopt;
}

std::uint64_t Session::position() const noexcept { return state_->cursor.position(); }

Status Session::truncate(std::uint64_t position) noexcept { return state_->truncate(position); }

void Session::reset() noexcept { state_->reset(); }

const Model& Session::model() const noexcept { return state_->model(); }

const Config& Session::config() const noexcept { return state_->config(); }

MemoryPlan Session::memory_plan() const noexcept {
  return *ringlet::plan(state_->model(), state_->config());
}

std::span<std::byte> Session::tokenizer_workspace() const noexcept {
  const Engine& engine = *state_->engine;
  return section_of(engine.tokenizer_workspace,
                    Tokenizer::workspace_bytes(engine.config.longest_word));
}

Result<Sampler> Session::sampler(const SamplerOptions& options) const noexcept {
  const Engine& engine = *state_->engine;
  const std::uint32_t vocab_size = engine.model.architecture().vocab_size;
  const std::uint32_t window = engine.config.repeat_window;
  const std::span<std::byte> candidates = section_of(
      engine.candidates, Sampler::workspace_bytes(vocab_size, features::pool ? 0 : window));
  const KernelSet& kernels = engine.decoder.kernels();
  if (!features::pool) return Sampler::create(options, vocab_size, candidates, kernels);
  const std::size_t recent = std::size_t{window} * sizeof(TokenId);
  return Sampler::create(options, vocab_size, candidates, {state_->recent, recent}, kernels);
}

std::span<std::byte> Session::accelerator_memory() const noexcept {
  const Engine& engine = *state_->engine;
  return section_of(engine.accelerator_memory, engine.config.accelerator_bytes);
}

std::span<std::byte> Session::grammar_workspace() const noexcept {
  return state_->planned(SectionId::grammar, state_->index, state_->engine->sharing.seats());
}

std::span<std::byte> Session::token_trie_memory() const noexcept {
  return state_->planned(SectionId::token_trie, 0, 1);
}

}  // namespace ringlet

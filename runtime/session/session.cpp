#include "ringlet/session.hpp"

#include <algorithm>
#include <new>

#include "base/features.hpp"
#include "model/needs.hpp"
#include "model/weights.hpp"
#include "numerics/environment.hpp"
#include "session/plan.hpp"
#include "session/state.hpp"

namespace ringlet {

namespace {

Status check_memory(const Model& model, const Config& config, const MemoryPlan& plan,
                    std::span<std::byte> memory) {
  if (reinterpret_cast<std::uintptr_t>(memory.data()) % MemoryPlan::alignment != 0) {
    return {ErrorCode::invalid_argument, "memory",
            "must lie at an address that is a multiple of 64"};
  }
  if (memory.size() >= plan.total()) return {};
  const std::uint32_t longest = longest_context(model, config, memory.size());
  return Status(ErrorCode::not_enough_memory, "memory",
                longest > 0 ? "is too small for this context; the index is the longest that fits"
                            : "is too small for any context")
      .with(plan.total(), memory.size())
      .at(longest > 0 ? std::int64_t{longest} : -1);
}

/// Decides each layer's geometry and where it begins in the sections.
void lay_out_cache(const Model& model, const Config& config, KvCache& cache) {
  LayerCacheBytes next;
  for (std::uint32_t i = 0; i < model.architecture().layers; ++i) {
    LayerCache& layer = *new (&cache.layer(i)) LayerCache(
        layer_cache(config, model.window(i), model.recommended_kv(i)));
    const LayerCacheBytes bytes = layer_cache_bytes(layer, model.architecture());
    for (std::size_t region = 0; region < region_count; ++region) {
      layer.regions[region].keys = next.keys[region];
      layer.regions[region].values = next.values[region];
      next.keys[region] += bytes.keys[region];
      next.values[region] += bytes.values[region];
    }
  }
}

}  // namespace

Result<Session> Session::create(const Model& model, const Config& config,
                                std::span<std::byte> memory, const KernelSet& kernels,
                                const Team& team) noexcept {
  static_assert(sizeof(State) <= session_state_bytes);
  const Result<Config> resolved = resolve(model, config);
  if (!resolved) return resolved.status();
  if (team.lanes < 1 || team.lanes > resolved->lanes) {
    return Status(ErrorCode::invalid_argument, "team", "has more lanes than config.lanes plans for")
        .with(resolved->lanes, team.lanes);
  }
  const Result<MemoryPlan> plan = ringlet::plan(model, *resolved);
  if (!plan) return plan.status();
  const Status status = check_memory(model, *resolved, *plan, memory);
  if (!status.ok()) return status;
  if (!float_environment_is_canonical()) {
    return Status(ErrorCode::unsupported, "float environment",
                  "must round to nearest and keep denormals; another setting changes results");
  }
  if (!multiply_add_is_fused()) {
    return Status(ErrorCode::unsupported, "fused multiply-add",
                  "rounds twice; compile the library without the instruction");
  }

  const Arena arena(memory, *plan);
  const Architecture& architecture = model.architecture();
  State& state = *new (arena.bytes("session").data()) State;
  state.model = model;
  state.config = *resolved;
  KvCache cache(arena, architecture);
  lay_out_cache(model, *resolved, cache);
  cache.clear();
  state.decoder =
      Decoder(state.model, kernels, team, cache,
              make_scratch(architecture, *resolved, has_key_bias(model), arena), resolved->context);
  state.logits = arena.array<float>("logits");
  state.tokenizer_workspace = arena.bytes("tokenizer");
  state.sampler_workspace = arena.bytes("sampler");
  state.accelerator_memory = arena.bytes("accelerator");
  return Session(&state);
}

Status Session::prefill(std::span<const TokenId> tokens, const Progress& progress) noexcept {
  State& state = *state_;
  state.has_fault = false;
  if (state.lacks_sinks()) {
    return Status(ErrorCode::invalid_argument, "sinks_in_image",
                  "has no image yet; restore one before the first token");
  }
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i] >= state.model.architecture().vocab_size) {
      return Status(ErrorCode::out_of_range, "tokens", "has an id outside the vocabulary")
          .at(static_cast<std::int64_t>(i))
          .with(state.model.architecture().vocab_size, tokens[i]);
    }
  }
  const std::uint32_t positions = state.model.architecture().positions;
  if (positions != 0 && tokens.size() > positions - state.cursor.position()) {
    return Status(ErrorCode::out_of_range, "tokens",
                  "go past the last position that the model has learned; reset the session")
        .with(positions, state.cursor.position() + tokens.size());
  }
  const std::uint64_t start = state.cursor.position();
  for (std::size_t done = 0; done < tokens.size();) {
    const std::size_t count =
        std::min<std::size_t>(tokens.size() - done, state.config.prefill_chunk);
    const bool last = done + count == tokens.size();
    const bool finite = state.decoder.forward(tokens.subspan(done, count), state.cursor.position(),
                                              last ? state.logits : nullptr);
    state.cursor.commit(static_cast<std::uint32_t>(count));
    if (!finite) return give_up(start);
    state.has_logits = last;
    done += count;
    if (progress.report != nullptr && !progress.report(progress.context, done, tokens.size()) &&
        !last) {
      return Status(ErrorCode::cancelled, "prefill", "was stopped between chunks")
          .with(tokens.size(), done);
    }
  }
  return {};
}

/// After a pass that computed NaN or infinity: back to where the call began.
Status Session::give_up(std::uint64_t start) noexcept {
  if (!truncate(start).ok()) reset();
  state_->has_fault = true;
  return Status(ErrorCode::not_finite, "position",
                "gives NaN, infinity or keys too large to cache; verify_data checks the weights")
      .at(static_cast<std::int64_t>(state_->decoder.fault().position));
}

Status Session::step(TokenId token) noexcept { return prefill({&token, 1}); }

Status Session::set_execution(const Execution& execution) noexcept {
  for (const std::uint32_t lanes : {execution.decode_lanes, execution.prefill_lanes}) {
    if (lanes > state_->decoder.team_lanes()) {
      return Status(ErrorCode::out_of_range, "execution", "asks for more lanes than the team has")
          .with(state_->decoder.team_lanes(), lanes);
    }
  }
  state_->decoder.set_execution(execution);
  return {};
}

void Session::set_observer(const Observer& observer) noexcept {
  state_->decoder.set_observer(observer);
}

Status Session::set_accelerator(const Accelerator& accelerator) noexcept {
  if (!features::accelerator && accelerator.multiply != nullptr) return left_out("accelerator");
  state_->decoder.set_accelerator(accelerator);
  return {};
}

std::span<const float> Session::logits() const noexcept {
  if (!state_->has_logits) return {};
  return {state_->logits, state_->model.architecture().vocab_size};
}

std::optional<NotFinite> Session::not_finite() const noexcept {
  return state_->has_fault ? std::optional(state_->decoder.fault()) : std::nullopt;
}

std::uint64_t Session::position() const noexcept { return state_->cursor.position(); }

Status Session::truncate(std::uint64_t position) noexcept {
  State& state = *state_;
  if (position == state.cursor.position()) return {};
  if (position > state.cursor.position()) {
    return Status(ErrorCode::out_of_range, "position", "is ahead of the session")
        .with(state.cursor.position(), position);
  }
  // What lies in an image is not written again.
  std::uint64_t earliest = state.config.sinks_in_image ? state.config.sinks : 0;
  for (std::uint32_t i = 0; i < state.model.architecture().layers; ++i) {
    earliest = std::max(earliest, state.cursor.earliest(state.decoder.cache().layer(i).ring));
  }
  if (position < earliest) {
    return Status(ErrorCode::out_of_range, "position",
                  "is further back than the ring remembers; needed is the earliest that it can be")
        .with(earliest, position);
  }
  state.cursor.truncate(position);
  state.has_logits = false;
  return {};
}

void Session::reset() noexcept {
  state_->cursor.reset();
  state_->has_logits = false;
}

const Model& Session::model() const noexcept { return state_->model; }

const Config& Session::config() const noexcept { return state_->config; }

MemoryPlan Session::memory_plan() const noexcept {
  return *ringlet::plan(state_->model, state_->config);
}

std::span<std::byte> Session::tokenizer_workspace() const noexcept {
  return state_->tokenizer_workspace;
}

std::span<std::byte> Session::sampler_workspace() const noexcept {
  return state_->sampler_workspace;
}

std::span<std::byte> Session::accelerator_memory() const noexcept {
  return state_->accelerator_memory;
}

}  // namespace ringlet

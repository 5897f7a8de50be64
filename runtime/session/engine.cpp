#include "session/engine.hpp"

#include <algorithm>
#include <new>

#include "base/invalid_argument.hpp"
#include "model/weights.hpp"
#include "numerics/environment.hpp"

namespace ringlet {

namespace {

// Not inline, so that its texts and statuses take no stack of its caller.
[[gnu::noinline]] Status wrong_team(std::uint32_t most, std::uint32_t threads) {
  const Status status = invalid_argument("team", "must have 1 to config.threads threads");
  if (threads < 1) return status.with(1, 0);
  return status.at_most(most, threads)
      .suggest(threads <= Config::most_threads ? "threads" : nullptr, threads);
}

Status check_arithmetic() {
  if (!float_environment_is_canonical()) {
    return Status(ErrorCode::unsupported, "float environment",
                  "must round to nearest and keep denormals, or results change");
  }
  if (!multiply_add_is_fused()) {
    return Status(ErrorCode::unsupported, "fused multiply-add",
                  "rounds twice; compile the library without the instruction");
  }
  if (sums_are_fused()) {
    return Status(ErrorCode::unsupported, "compiler options",
                  "fuse products and sums; compile the library with -ffp-contract=off");
  }
  return {};
}

}  // namespace

Status Engine::check(const Config& config, const Team& team, const MemoryPlan& plan,
                     std::span<std::byte> memory) noexcept {
  if (team.threads < 1 || team.threads > config.threads) {
    return wrong_team(config.threads, team.threads);
  }
  if (reinterpret_cast<std::uintptr_t>(memory.data()) % MemoryPlan::alignment != 0) {
    return invalid_argument("memory", "must be aligned to 64 bytes");
  }
  if (memory.size() < plan.total()) {
    return Status(ErrorCode::not_enough_memory, "memory", "too small")
        .with(plan.total(), memory.size());
  }
  return check_arithmetic();
}

void Engine::begin(const Model& of_model, const Config& of_config, const Sharing& of_sharing,
                   const KernelSet& kernels, const Team& team, const Arena& arena) noexcept {
  model = of_model;
  config = of_config;
  if (features::pool) sharing = of_sharing;
  decoder =
      Decoder(model, kernels, team, make_scratch(model, config, sharing.logits_rows(config), arena),
              config.context);
  tokenizer_workspace = arena.bytes(SectionId::tokenizer).data();
  candidates = arena.bytes(SectionId::sampler).data();
  accelerator_memory = arena.bytes(SectionId::accelerator).data();
  if (features::pool) windows = arena.bytes(SectionId::prefix_windows).data();
  lay_out(model, config, arena.array<LayerCache>(SectionId::cache_layers));
  if (features::pool && sharing.branches != 0) {
    const std::span<const LayerCache> layers(arena.array<LayerCache>(SectionId::cache_layers),
                                             model.architecture().layers);
    branches =
        new (arena.bytes(SectionId::branch_tables).data()) Branches(layers, model, sharing, arena);
  }
  // Earlier bytes must not be mistaken for numbers.
  for (std::size_t i = 0; i < region_count; ++i) {
    for (const std::span<std::byte> section :
         {arena.bytes(key_sections[i]), arena.bytes(value_sections[i])}) {
      std::fill(section.begin(), section.end(), std::byte{0});
    }
  }
}

}  // namespace ringlet

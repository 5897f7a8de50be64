#include "ringlet/sampler.hpp"

#include <algorithm>
#include <limits>

#include "base/invalid_argument.hpp"
#include "ringlet/division.hpp"
#include "sampling/candidate.hpp"

namespace ringlet {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr std::size_t workspace_alignment = 8;

/// The comparisons are written so that NaN fails them.
Status check(const SamplerOptions& options) noexcept {
  if (!(options.temperature >= 0.0F && options.temperature < infinity)) {
    return invalid_argument("temperature", "must be a finite number, 0 (greedy) or more");
  }
  if (!(options.top_p > 0.0F && options.top_p <= 1.0F)) {
    return invalid_argument("top_p", "must be above 0 and at most 1 (1 keeps all)");
  }
  if (!(options.min_p >= 0.0F && options.min_p < 1.0F)) {
    return invalid_argument("min_p", "must be at least 0 (keeps all) and below 1");
  }
  if (!(options.repeat_penalty > 0.0F && options.repeat_penalty < infinity)) {
    return invalid_argument("repeat_penalty",
                            "must be a finite number above 0 (1 means no penalty)");
  }
  return {};
}

}  // namespace

std::uint64_t Sampler::workspace_bytes(std::uint32_t vocab_size,
                                       std::uint32_t repeat_window) noexcept {
  static_assert(sizeof(Candidate) == 8 && alignof(Candidate) <= workspace_alignment);
  return std::uint64_t{vocab_size} * sizeof(Candidate) +
         std::uint64_t{repeat_window} * sizeof(TokenId);
}

Result<Sampler> Sampler::create(const SamplerOptions& options, std::uint32_t vocab_size,
                                std::span<std::byte> workspace, const KernelSet& kernels) noexcept {
  if (const Status status = check(options); !status.ok()) return status;
  if (vocab_size == 0) return invalid_argument("vocab_size", "must be at least 1");
  if (reinterpret_cast<std::uintptr_t>(workspace.data()) % workspace_alignment != 0) {
    return invalid_argument("workspace", "must be aligned to 8 bytes");
  }
  const std::uint64_t needed = workspace_bytes(vocab_size, options.repeat_window);
  if (workspace.size() < needed) {
    return Status(ErrorCode::not_enough_memory, "workspace",
                  "too small for this vocabulary and repeat_window")
        .with(needed, workspace.size());
  }
  const auto candidates = static_cast<std::size_t>(workspace_bytes(vocab_size, 0));
  return Sampler(options, vocab_size, workspace.data(), workspace.data() + candidates, kernels);
}

// Arrays of trivial types begin to exist implicitly in byte storage (C++20, P0593).
Sampler::Sampler(const SamplerOptions& options, std::uint32_t vocab_size, std::byte* candidates,
                 std::byte* recent, const KernelSet& kernels) noexcept
    : kernels_(&kernels),
      options_(options),
      candidates_(reinterpret_cast<Candidate*>(candidates), vocab_size),
      recent_(reinterpret_cast<TokenId*>(recent), options.repeat_window) {}

void Sampler::observe(TokenId token) noexcept {
  if (recent_.empty()) return;
  recent_[remainder(observed_, options_.repeat_window)] = token;
  ++observed_;
}

void Sampler::reset() noexcept {
  observed_ = 0;
  draws_ = 0;
}

void Sampler::resume(const State& state) noexcept {
  options_.seed = state.seed;
  draws_ = state.draws;
}

std::uint32_t Sampler::recent_count() const noexcept {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(observed_, recent_.size()));
}

TokenId Sampler::recent(std::uint32_t index) const noexcept {
  return recent_[remainder(observed_ - recent_count() + index, options_.repeat_window)];
}

}  // namespace ringlet

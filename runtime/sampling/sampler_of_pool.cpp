// A sampler whose candidates others share, as those of a pool's sessions do.
#include "base/invalid_argument.hpp"
#include "ringlet/sampler.hpp"

namespace ringlet {

Result<Sampler> Sampler::create(const SamplerOptions& options, std::uint32_t vocab_size,
                                std::span<std::byte> candidates, std::span<std::byte> recent,
                                const KernelSet& kernels) noexcept {
  const std::uint64_t needed = std::uint64_t{options.repeat_window} * sizeof(TokenId);
  if (reinterpret_cast<std::uintptr_t>(recent.data()) % alignof(TokenId) != 0) {
    return invalid_argument("recent", "must be aligned to 4 bytes");
  }
  if (recent.size() < needed) {
    return Status(ErrorCode::not_enough_memory, "recent", "too small for this repeat_window")
        .with(needed, recent.size());
  }
  SamplerOptions apart = options;
  apart.repeat_window = 0;
  const Result<Sampler> sampler = create(apart, vocab_size, candidates, kernels);
  if (!sampler.ok()) return sampler;
  return Sampler(options, vocab_size, candidates.data(), recent.data(), kernels);
}

}  // namespace ringlet

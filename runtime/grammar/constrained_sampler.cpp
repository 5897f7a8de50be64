#include "ringlet/constrained_sampler.hpp"

namespace ringlet {

TokenId ConstrainedSampler::sample(std::span<const float> logits) noexcept {
  if (grammar_.ended()) return Sampler::none;
  if (confidence_ == nullptr) {
    const TokenId token = ringlet::sample(sampler_, grammar_, logits);
    (void)grammar_.accept(token);
    return token;
  }
  const std::span<const std::uint32_t> mask = grammar_.mask();
  const TokenId token = sampler_.sample(logits, mask);
  if (token == Sampler::none) return token;
  confidence_->observe(logits, mask, token);
  (void)grammar_.accept(token);
  return token;
}

}  // namespace ringlet

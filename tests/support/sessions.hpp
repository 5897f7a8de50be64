// Sessions as tests want them: memory of exactly the planned size, filled with garbage first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "ringlet/session.hpp"
#include "support/aligned.hpp"
#include "support/model_image.hpp"

namespace ringlet::test {

/// A status as a line, for failure messages.
std::string line(const Status& status);

/// A session with its own memory. Fails the test if it cannot be created.
struct LiveSession {
  LiveSession(const Model& model, const Config& config, const Team& team = {},
              const KernelSet& kernels = scalar_kernels(), std::byte garbage = std::byte{0xFF});

  AlignedBytes memory;
  Session session;
};

/// A copy of the logits.
std::vector<float> logits_of(const Session& session);

/// Feeds `tokens` in prefill calls of at most `piece` tokens and returns the last logits.
std::vector<float> prefill_in_pieces(Session& session, std::span<const TokenId> tokens,
                                     std::size_t piece);

/// Steps through `tokens` and returns a hash of all logits on the way.
std::uint64_t digest_of_steps(Session& session, std::span<const TokenId> tokens);

/// Bit for bit, NaN included.
bool same_bits(std::span<const float> a, std::span<const float> b);

}  // namespace ringlet::test

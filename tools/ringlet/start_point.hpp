// Goes back to where a session stood before a request.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "drafting.hpp"
#include "ringlet/sampler.hpp"
#include "ringlet/session.hpp"

namespace ringlet::cli {

/// The state of a session, its sampler and its drafters before the first of several requests that
/// know nothing of each other.
class StartPoint {
 public:
  /// Remembers the present state. `snapshot` is the file that the session was restored from, or
  /// empty. The references must outlive the object.
  StartPoint(Session& session, Sampler& sampler, Drafting& drafting,
             std::span<const std::byte> snapshot);

  /// Goes back: by taking back tokens where the ring still holds what was there, which costs
  /// nothing, otherwise by restoring the snapshot. Throws Failure if neither is possible.
  void restore();

 private:
  Session& session_;
  Sampler& sampler_;
  Drafting& drafting_;
  std::span<const std::byte> snapshot_;
  std::uint64_t position_;
  Sampler::State draws_;
  std::vector<TokenId> recent_;  // what the repetition penalty considers
};

}  // namespace ringlet::cli

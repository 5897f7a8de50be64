#include "start_point.hpp"

#include "ringlet/linux/failure.hpp"
#include "ringlet/snapshot.hpp"

namespace ringlet::cli {

StartPoint::StartPoint(Session& session, Sampler& sampler, Drafting& drafting,
                       std::span<const std::byte> snapshot)
    : session_(session),
      sampler_(sampler),
      drafting_(drafting),
      snapshot_(snapshot),
      position_(session.position()),
      draws_(sampler.state()),
      recent_(sampler.recent_count()) {
  for (std::uint32_t i = 0; i < sampler.recent_count(); ++i) recent_[i] = sampler.recent(i);
}

void StartPoint::restore() {
  if (position_ == 0) {
    session_.reset();
  } else if (!session_.truncate(position_).ok()) {
    if (snapshot_.empty()) {
      throw port::Failure(
          "--each-line: the context no longer holds what was before the request; use a larger "
          "--context");
    }
    port::check("--each-line", session_.restore(snapshot_, nullptr));
  }
  sampler_.reset();
  for (const TokenId token : recent_) sampler_.observe(token);
  sampler_.resume(draws_);
  drafting_.reset();
}

}  // namespace ringlet::cli

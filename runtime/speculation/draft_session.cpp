#include "speculation/draft_session.hpp"

#include "base/invalid_argument.hpp"
#include "model/as_built.hpp"

namespace ringlet {

Status check_draft_session(const Session& session) noexcept {
  const Config& config = session.config();
  if (convolution(session.model().architecture()) == 0 || config.rewind >= config.ring_chunk()) {
    return {};
  }
  return invalid_argument("rewind", "too small for drafts of a model with recurrent layers")
      .with(config.ring_chunk(), config.rewind);
}

}  // namespace ringlet

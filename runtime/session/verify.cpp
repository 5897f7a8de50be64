// What speculative decoding needs of a session.
#include "ringlet/lookup.hpp"
#include "ringlet/session.hpp"
#include "session/plan.hpp"
#include "session/state.hpp"

namespace ringlet {

Status Session::verify(std::span<const TokenId> tokens) noexcept {
  State& state = *state_;
  state.has_fault = false;
  const std::uint32_t most = session_logits_rows(state.config());
  if (tokens.empty() || tokens.size() > most) {
    return Status(ErrorCode::out_of_range, "tokens", "must be 1 to draft_tokens + 1")
        .at_most(most, tokens.size());
  }
  if (const Status status = state.check(tokens); !status.ok()) return status;
  const std::uint64_t start = state.cursor.position();
  const bool finite = state.forward(tokens, static_cast<std::uint32_t>(tokens.size()), false);
  return finite ? Status() : state.give_up(start);
}

std::span<const float> Session::logits(std::uint32_t row) const noexcept {
  if (row >= state_->logits_rows) return {};
  return {state_->logits + std::size_t{row} * state_->logits_stride,
          state_->model().architecture().vocab_size};
}

std::span<std::byte> Session::lookup_workspace() const noexcept {
  return state_->planned(SectionId::lookup, state_->index, state_->engine->sharing.seats());
}

std::span<std::byte> Session::draft_memory() const noexcept {
  return state_->planned(SectionId::draft_session, state_->index, state_->engine->sharing.seats());
}

}  // namespace ringlet

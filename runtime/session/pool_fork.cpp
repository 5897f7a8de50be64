// Copies of sessions: branches that share pages, and whole rings.
#include <algorithm>

#include "base/invalid_argument.hpp"
#include "session/pool_state.hpp"

namespace ringlet {

Status Pool::State::check_rings() const noexcept {
  for (std::uint32_t i = 0; i < engine.sharing.sessions; ++i) {
    if (const Status status = session(i).check_ring(); !status.ok()) return status.at(i);
  }
  return {};
}

Status Pool::State::check_fork(std::uint32_t from, std::uint32_t to) const noexcept {
  const std::uint32_t seats = engine.sharing.seats();
  if (from >= seats || to >= seats) {
    return Status(ErrorCode::out_of_range, from >= seats ? "from" : "to",
                  "not a session of the pool")
        .at_most(seats - 1, from >= seats ? from : to);
  }
  if (from == to) return invalid_argument("to", "the same session as from");
  if (session(from).lacks_sinks()) {
    return invalid_argument("from", "lacks its prefix or its sinks; nothing to fork");
  }
  if (engine.branches == nullptr) return {};
  const Branches& branches = *engine.branches;
  if (branches.is_branch(from) && !branches.info(from).is_begun) {
    return invalid_argument("from", "a branch that has not begun");
  }
  if (branches.is_branch(to)) {
    // Sinks that are not written yet would be written for all.
    const std::uint64_t position = session(from).cursor.position();
    if (position < engine.config.sinks) {
      return invalid_argument("from", "must have its sinks before it branches")
          .with(engine.config.sinks, position);
    }
    if (branches.info(to).is_begun)
      return invalid_argument("to", "a branch in use; reset it first");
    return {};
  }
  const bool returns = branches.is_branch(from) && branches.info(from).root == to;
  if (branches.info(to).branches > (returns ? 1U : 0U)) {
    return invalid_argument("to", "has other branches that read its cache; reset them first")
        .got(branches.info(to).branches);
  }
  return {};
}

/// Copies position, recurrent inputs and logits.
void Pool::State::copy_place(const Session::State& from, Session::State& to) const noexcept {
  to.cursor = from.cursor;
  if (to.cache.recurrent() != nullptr) to.cache.recurrent()->copy_from(*from.cache.recurrent());
  const std::span<const float> logits = from.last_logits();
  std::copy(logits.begin(), logits.end(), to.logits);
  to.logits_rows = logits.empty() ? 0 : 1;
  to.pass = engine.passes - 1;  // no row of the last step is its own
}

/// Copies every page of a session to the ring of another, and the sinks unless all share them.
void Pool::State::copy_ring(std::uint32_t from, std::uint32_t to) const noexcept {
  const KvCache& source = session(from).cache;
  KvCache& target = session(to).cache;
  const bool own_sinks = !engine.one_sinks() && !engine.config.sinks_in_snapshot;
  for (std::uint32_t layer = 0; layer < engine.model.architecture().layers; ++layer) {
    if (own_sinks) {
      const auto sinks = source.layer_bytes(layer, Region::sinks);
      const auto copies = target.layer_bytes(layer, Region::sinks);
      for (std::size_t side = 0; side < sinks.size(); ++side) {
        // A branch that becomes its session again has read them there.
        if (sinks[side].data() == copies[side].data()) continue;
        std::copy(sinks[side].begin(), sinks[side].end(), copies[side].begin());
      }
    }
    for (const Region region : {Region::hot, Region::cold}) {
      const std::uint32_t pages = page::count(source.layer(layer).region(region).slots);
      for (std::uint32_t i = 0; i < source.heads(layer).kv_heads * pages; ++i) {
        target.copy_page_from(source, layer, region, i / pages, i % pages);
      }
    }
  }
}

Status Pool::fork(std::uint32_t from, std::uint32_t to, std::uint32_t most_tokens) noexcept {
  State& state = *state_;
  Status status = state.check_fork(from, to);
  if (!status.ok()) return status;
  Session::State& source = state.session(from);
  Session::State& target = state.session(to);
  if (target.is_branch()) {
    status = state.engine.branches->begin(from, source.cache, to, target.cache,
                                          source.cursor.position(), most_tokens);
    if (!status.ok()) return status;
    state.copy_place(source, target);
    return {};
  }
  if (state.engine.config.sinks_in_snapshot) target.cache.share_sinks(source.cache);
  state.copy_ring(from, to);
  state.copy_place(source, target);
  const bool returns = source.is_branch() && state.engine.branches->info(from).root == to;
  if (returns) source.reset();
  return {};
}

}  // namespace ringlet

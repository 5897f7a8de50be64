// Arranges the rows of a pool's pass by session.
#include <algorithm>
#include <new>

#include "base/invalid_argument.hpp"
#include "session/pool_state.hpp"

namespace ringlet {

/// The rows from `first` on that are of the same session.
Status Pool::State::add_session(std::span<const Row> given, std::uint32_t first,
                                RowSpan& span) const noexcept {
  const std::uint32_t index = given[first].session;
  Session::State& session = this->session(index);
  span = {.cache = &session.cache,
          .position = session.cursor.position(),
          .first = first,
          .session = index,
          .logits = session.logits};
  for (std::uint32_t i = first; i < given.size() && given[i].session == index; ++i) {
    tokens[i] = given[i].token;
    if (given[i].logits || span.wanted > 0) ++span.wanted;
    ++span.count;
  }
  if (span.wanted > engine.config.draft_tokens + 1) {
    return Status(ErrorCode::out_of_range, "rows", "more logits of a session than draft_tokens + 1")
        .at(first)
        .at_most(engine.config.draft_tokens + 1, span.wanted);
  }
  const Status status = session.check({tokens + first, span.count});
  return status.ok() ? status : status.at(first + std::max<std::int64_t>(status.index(), 0));
}

Result<std::uint32_t> Pool::State::arrange(std::span<const Row> given) const noexcept {
  const std::uint32_t most = engine.config.prefill_chunk;
  if (given.empty() || given.size() > most) {
    return Status(ErrorCode::out_of_range, "rows", "must be 1 to prefill_chunk")
        .at_most(most, given.size());
  }
  std::uint32_t count = 0;
  for (std::uint32_t first = 0; first < given.size(); first += spans[count++].count) {
    const std::uint32_t index = given[first].session;
    if (index >= engine.sharing.seats()) {
      return Status(ErrorCode::out_of_range, "rows", "not a session of the pool")
          .at(first)
          .at_most(engine.sharing.seats() - 1, index);
    }
    if (std::any_of(spans, spans + count, [&](auto& span) { return span.session == index; })) {
      return invalid_argument("rows", "those of one session must be adjacent").at(first);
    }
    const Status status = add_session(given, first, *new (&spans[count]) RowSpan);
    if (!status.ok()) return status;
  }
  return count;
}

/// Remembers which logits belong to the rows of a pass.
void Pool::State::keep_rows(std::span<const RowSpan> passed) noexcept {
  row_count = 0;
  for (const RowSpan& span : passed) {
    for (std::uint32_t i = 0; i < span.count; ++i) {
      const std::uint32_t before = span.count - span.wanted;
      rows[row_count++] = {span.session, i < before ? none : i - before};
    }
  }
}

}  // namespace ringlet

// Divides the attention of rows among the threads of a team.
#include <algorithm>

#include "base/features.hpp"
#include "decoder/attention/item.hpp"
#include "ringlet/division.hpp"

namespace ringlet {
namespace {

/// A row of the pass.
struct Row {
  const KvCache& cache;  // of its session
  std::uint64_t position;
  std::uint32_t index;
};

/// The work on one row: for each kv head an item of `segments` units, of which the first is unit
/// `begin` of the dispatch.
struct RowUnits {
  Row row;
  std::uint32_t segments;
  std::uint64_t begin;
  std::uint64_t end;

  [[nodiscard]] std::uint32_t head(std::uint64_t unit) const {
    return static_cast<std::uint32_t>(quotient(unit - begin, segments));
  }
  /// The first unit of the item of a kv head.
  [[nodiscard]] std::uint64_t first(std::uint32_t head) const {
    return begin + std::uint64_t{head} * segments;
  }
};

/// The work on all rows, in their order. A thread takes consecutive units.
struct Dispatch {
  const Attention& attention;
  const AttentionRows& rows;
  std::uint64_t units;

  [[nodiscard]] std::uint64_t begin(std::uint32_t thread) const {
    return quotient(units * thread, attention.team.threads);
  }

  template <typename Visit>
  void for_each_row(Visit visit) const {
    rows.pass.for_each_session([&](const RowSpan& session) {
      const RowSpan part = session.part(rows.done, rows.most);
      for (std::uint32_t i = 0; i < part.count; ++i) {
        visit(Row{*part.cache, part.position + i, part.first + i});
      }
    });
  }
  template <typename Visit>
  void for_each_units(Visit visit) const {
    std::uint64_t begin = 0;
    for_each_row([&](const Row& row) {
      const std::uint32_t segments =
          count_segments(row.cache.layer(attention.layer).ring, row.position);
      const std::uint64_t end = begin + std::uint64_t{attention.architecture.kv_heads} * segments;
      visit(RowUnits{row, segments, begin, end});
      begin = end;
    });
  }

  /// The output of the query heads of a kv head, in the row of a token.
  [[nodiscard]] float* out(std::uint32_t t, std::uint32_t head) const {
    return attention.scratch.attended.row(t) + offset(head);
  }
  [[nodiscard]] std::size_t offset(std::uint32_t head) const {
    const Architecture& a = attention.architecture;
    return std::size_t{head} * a.heads_per_kv() * a.head_dim;
  }
  /// Processes segments of the item of a row and a kv head in the workspace of a thread.
  void attend(const Row& row, std::uint32_t head, std::uint32_t thread, std::uint32_t begin,
              std::uint32_t end) const {
    const Scratch& scratch = attention.scratch;
    const AttentionWorkspace room = scratch.workspaces.of_thread(attention.architecture, thread);
    attend_item({.attention = attention,
                 .cache = row.cache,
                 .layer = row.cache.layer(attention.layer),
                 .workspace = room,
                 .kv_head = head,
                 .position = row.position,
                 .queries = scratch.queries.row(row.index) + offset(head),
                 .out = out(row.index, head),
                 .values = room.values,
                 .segments = room.segments},
                row.index, begin, end);
  }
};

/// Processes all items, each as a whole.
void run_alone(void* argument, std::uint32_t thread) {
  const auto& dispatch = *static_cast<const Dispatch*>(argument);
  dispatch.for_each_row([&](const Row& row) {
    for (std::uint32_t head = 0; head < dispatch.attention.architecture.kv_heads; ++head) {
      dispatch.attend(row, head, thread, 0, all_segments);
    }
  });
}

void run_thread(void* argument, std::uint32_t thread) {
  const auto& dispatch = *static_cast<const Dispatch*>(argument);
  const std::uint64_t last = dispatch.begin(thread + 1);
  std::uint64_t unit = dispatch.begin(thread);
  dispatch.for_each_units([&](const RowUnits& row) {
    while (unit < std::min(last, row.end)) {
      const std::uint32_t head = row.head(unit);
      const std::uint64_t first = row.first(head);
      const std::uint64_t end = std::min(last, first + row.segments);
      dispatch.attend(row.row, head, thread, static_cast<std::uint32_t>(unit - first),
                      static_cast<std::uint32_t>(end - first));
      unit = end;
    }
  });
}

/// A thread can begin in the middle of an item. Folds the segments that it kept, in the order in
/// which a single thread would have folded them.
void merge(const Dispatch& dispatch, const RowUnits& row, std::uint32_t thread) {
  const Attention& attention = dispatch.attention;
  const Architecture& a = attention.architecture;
  const std::uint64_t begin = dispatch.begin(thread);
  const std::uint32_t head = row.head(begin);
  const std::uint64_t start = row.first(head);
  const std::uint64_t end = std::min(dispatch.begin(thread + 1), start + row.segments);
  if (begin == start || begin == end) return;
  std::uint32_t owner = thread - 1;
  while (dispatch.begin(owner) > start) --owner;
  fold_kept(attention, attention.scratch.workspaces.of_thread(a, thread),
            static_cast<std::size_t>(end - begin), end == start + row.segments,
            attention.scratch.workspaces.of_thread(a, owner), dispatch.out(row.row.index, head));
}

}  // namespace

void attend(const Attention& attention, const AttentionRows& rows) noexcept {
  const Team& team = attention.team;
  Dispatch dispatch{attention, rows, 0};
  if (!features::threads || team.threads == 1) {
    return team.run(team.user_data, 1, run_alone, &dispatch);
  }
  dispatch.for_each_units([&](const RowUnits& row) { dispatch.units = row.end; });
  team.run(team.user_data, team.threads, run_thread, &dispatch);
  std::uint32_t thread = 1;
  dispatch.for_each_units([&](const RowUnits& row) {
    for (; thread < team.threads && dispatch.begin(thread) < row.end; ++thread) {
      merge(dispatch, row, thread);
    }
  });
}

}  // namespace ringlet

#include "grammar/return_conflicts.hpp"

#include <bitset>
#include <cstddef>
#include <vector>

namespace ringlet::grammar {
namespace {

using Bytes = std::bitset<256>;

constexpr std::uint32_t no_call = ~0U;

/// The bytes after the return from `to` include those after the return from `from`; with a call,
/// those that its return state `from` takes.
struct Follows {
  std::uint32_t from;
  std::uint32_t to;
  std::uint32_t call = no_call;
};

class Conflicts {
 public:
  explicit Conflicts(const Constructed& constructed)
      : constructed_(constructed),
        states_(constructed.automaton.states),
        taken_(states_.size()),
        after_(states_.size()),
        into_(states_.size()),
        out_of_(states_.size()) {
    collect();
    propagate();
  }

  bool mark(InPlace& in_place) {
    bool any = false;
    for (std::uint32_t state = 0; state < states_.size(); ++state) {
      const Bytes both = states_[state].returns ? taken_[state] & after_[state] : Bytes{};
      if (both.any()) any = trace(state, both, in_place) || any;
    }
    return any;
  }

 private:
  void collect() {
    for (std::uint32_t state = 0; state < states_.size(); ++state) {
      const State& here = states_[state];
      if (here.kind != StateKind::bytes) {
        taken_[state].set();  // its words are not known here
        add({state, here.next});
      }
      for (std::size_t i = 0; i < here.edges.size(); ++i) {
        const Edge& edge = here.edges[i];
        for (unsigned byte = edge.first; byte <= edge.last; ++byte) taken_[state].set(byte);
        std::uint32_t outer = state;
        std::uint32_t call = no_call;
        for (std::size_t push = 0; push < edge.pushes.size(); ++push) {
          add({outer, edge.pushes[push], call});
          outer = edge.pushes[push];
          call = constructed_.push_calls[state][i][push];
        }
        add({outer, edge.target, call});
      }
    }
  }

  void add(Follows follows) {
    const auto index = static_cast<std::uint32_t>(follows_.size());
    follows_.push_back(follows);
    into_[follows.to].push_back(index);
    out_of_[follows.from].push_back(index);
  }

  [[nodiscard]] Bytes bytes_of(const Follows& follows) const {
    if (follows.call == no_call) return after_[follows.from];
    return taken_[follows.from] | (states_[follows.from].returns ? after_[follows.from] : Bytes{});
  }

  void propagate() {
    std::vector<std::uint32_t> open(states_.size());
    for (std::uint32_t state = 0; state < open.size(); ++state) open[state] = state;
    while (!open.empty()) {
      const std::uint32_t state = open.back();
      open.pop_back();
      for (const std::uint32_t index : out_of_[state]) {
        const Follows& follows = follows_[index];
        const Bytes more = after_[follows.to] | bytes_of(follows);
        if (more == after_[follows.to]) continue;
        after_[follows.to] = more;
        open.push_back(follows.to);
      }
    }
  }

  /// Marks the calls through which one of `bytes` can follow a return from `state`.
  bool trace(std::uint32_t state, const Bytes& bytes, InPlace& in_place) const {
    bool any = false;
    std::vector<std::uint32_t> open = {state};
    std::vector<bool> seen(states_.size());
    seen[state] = true;
    while (!open.empty()) {
      const std::uint32_t here = open.back();
      open.pop_back();
      for (const std::uint32_t index : into_[here]) {
        const Follows& follows = follows_[index];
        if ((bytes_of(follows) & bytes).none()) continue;
        if (follows.call != no_call) {
          for (const NodeId node : constructed_.calls[follows.call].nodes) {
            any = any || !in_place[node];
            in_place[node] = true;
          }
        }
        const bool through = follows.call == no_call || states_[follows.from].returns;
        if (!through || seen[follows.from] || (after_[follows.from] & bytes).none()) continue;
        seen[follows.from] = true;
        open.push_back(follows.from);
      }
    }
    return any;
  }

  const Constructed& constructed_;
  const std::vector<State>& states_;
  std::vector<Bytes> taken_;
  std::vector<Bytes> after_;
  std::vector<Follows> follows_;
  std::vector<std::vector<std::uint32_t>> into_;
  std::vector<std::vector<std::uint32_t>> out_of_;
};

}  // namespace

bool mark_conflicts(const Constructed& constructed, InPlace& in_place) {
  return Conflicts(constructed).mark(in_place);
}

}  // namespace ringlet::grammar

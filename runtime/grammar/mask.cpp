// The mask of the tokens that a grammar allows next.
#include <algorithm>
#include <array>

#include "grammar/state.hpp"
#include "schema/ringlet_generated.h"

namespace ringlet {
namespace {

/// Where a byte leads from one state, if it does nothing to the stack and begins no word.
class QuickSteps {
 public:
  static constexpr std::uint32_t none = 0xFFFF;  // or the byte takes a step of the matcher

  QuickSteps(const Matcher& matcher, std::uint32_t state) noexcept
      : matcher_(matcher), state_(state) {
    targets_.fill(none);
    const GrammarTables& g = matcher.grammar;
    if (g.kind(state) != GrammarKind::bytes) return;
    for (std::uint32_t edge = g.first_edge(state); edge < g.edge_ends[state]; ++edge) {
      const auto first = targets_.begin() + (g.ranges[edge] & 0xFF);
      const auto last = targets_.begin() + (g.ranges[edge] >> 8);
      std::fill(first, last + 1, static_cast<std::uint16_t>(along(edge)));
    }
  }

  /// `depth` is that of the node in its trie.
  [[nodiscard]] std::uint32_t operator()(std::uint32_t depth, std::uint32_t state,
                                         std::uint8_t byte) noexcept {
    if (state == state_) return targets_[byte];
    LastEdge& last = last_[depth % last_.size()];
    if (state == last.state && byte >= last.first && byte <= last.last) return last.target;
    const GrammarTables& g = matcher_.grammar;
    if (g.kind(state) != GrammarKind::bytes) return none;
    const std::uint32_t edge = g.find_edge(state, byte);
    if (edge == GrammarTables::none) return none;
    last = {static_cast<std::uint16_t>(state), static_cast<std::uint16_t>(along(edge)),
            static_cast<std::uint8_t>(g.ranges[edge]),
            static_cast<std::uint8_t>(g.ranges[edge] >> 8)};
    return last.target;
  }

 private:
  /// The edge that was last followed at a depth. Where characters are counted, each depth has a
  /// state of its own, and most of its nodes take the same edge.
  struct LastEdge {
    std::uint16_t state = none;  // 65,535 states have no state of this number
    std::uint16_t target = none;
    std::uint8_t first = 0, last = 0;
  };

  [[nodiscard]] std::uint32_t along(std::uint32_t edge) const noexcept {
    const GrammarTables& g = matcher_.grammar;
    const std::uint32_t target = g.targets[edge];
    const bool is_quick = g.edge_pushes[edge] == 0 && g.kind(target) == GrammarKind::bytes &&
                          matcher_.is_live(target);
    return is_quick ? target : none;
  }

  const Matcher& matcher_;
  std::uint32_t state_;  // whose steps are in the table, being that of most nodes in a string
  std::array<std::uint16_t, 256> targets_;
  std::array<LastEdge, 16> last_{};
};

/// A walk over the nodes of a trie. Each is read from the position of its parent; one that the
/// grammar does not take is left out with its subtree.
class Walk {
 public:
  Walk(const Matcher& matcher, const GrammarPosition& at, GrammarPosition* path,
       std::span<std::uint32_t> mask) noexcept
      : matcher_(matcher), quick_(matcher, at.state), path_(path), mask_(mask) {
    path_[0] = at;
    path_[0].base = 0;
  }

  void over(const TriePart& part) noexcept {
    std::uint32_t token = 0;  // the number of the next one, counted again after a jump
    bool is_counted = true;
    for (std::uint32_t node = 0; node < part.count;) {
      if (!step(part.depths[node], part.byte(node))) {
        node += part.subtree(node);
        is_counted = false;
        continue;
      }
      if (part.is_end(node)) {
        if (!is_counted) token = part.tokens_before(node);
        is_counted = true;
        allow(part.tokens[token++]);
      }
      ++node;
    }
  }

  /// The same where pieces lose the space that they begin with, which byte tokens keep.
  void over_at_start(const TriePart& part, const Tokenizer& tokenizer) noexcept {
    for (std::uint32_t node = 0; node < part.count;) {
      const std::uint8_t depth = part.depths[node];
      const bool is_lost = depth == 0 && part.byte(node) == ' ';
      const bool takes = step(depth, part.byte(node));
      if (part.is_end(node)) {
        const std::uint32_t token = part.token(node);
        if (takes || (is_lost && !tokenizer.is_byte(token, nullptr))) allow(token);
      }
      if (is_lost) path_[1] = path_[0];
      node += takes || is_lost ? 1 : part.subtree(node);
    }
  }

 private:
  /// Reads a byte from the position at `depth` to the one after it. Quick steps write the state
  /// alone: the rest stays at the position where it last changed.
  bool step(std::uint32_t depth, std::uint8_t byte) noexcept {
    const GrammarPosition& from = path_[depth];
    GrammarPosition& to = path_[depth + 1];
    const std::uint32_t target = quick_(depth, from.state, byte);
    if (target != QuickSteps::none) {
      to.state = static_cast<std::uint16_t>(target);
      to.base = from.base;
      return true;
    }
    GrammarPosition p = path_[from.base];
    p.state = from.state;
    if (!matcher_.step(p, byte)) return false;
    p.base = static_cast<std::uint16_t>(depth + 1);
    to = p;
    return true;
  }

  void allow(std::uint32_t token) noexcept { mask_[token / 32] |= 1U << token % 32; }

  const Matcher& matcher_;
  QuickSteps quick_;
  GrammarPosition* path_;
  std::span<std::uint32_t> mask_;
};

/// Allows the tokens that end a text. A model that ends texts with bos would otherwise have no way
/// to say that an answer is complete, and its confidence would be that of a token it never chooses.
/// Other models give bos next to no probability inside a text, so it changes nothing for them.
void allow_ends(const TokenTrie& trie, std::span<std::uint32_t> mask) noexcept {
  const auto allow = [&](std::uint32_t token) { mask[token / 32] |= 1U << token % 32; };
  const schema::Tokenizer& tokenizer = *trie.tables()->tokenizer();
  if (tokenizer.eos() >= 0) allow(static_cast<std::uint32_t>(tokenizer.eos()));
  const TokenId bos = trie.tokenizer().bos();
  if (trie.tokenizer().ends_text(bos)) allow(bos);
  if (tokenizer.end_tokens() == nullptr) return;
  for (const std::uint32_t token : *tokenizer.end_tokens()) allow(token);
}

}  // namespace

std::span<const std::uint32_t> GrammarState::mask() noexcept {
  State& s = *state_;
  const TrieLayout layout(s.trie.words(), s.trie.vocab_size());
  const bool any_plain = s.matcher.grammar.has(s.at.state, GrammarFlags::plain_loop);
  if (s.has_ended || !any_plain) {
    std::fill(s.mask.begin(), s.mask.end(), 0U);
  } else {
    std::copy(layout.plain_mask, layout.plain_mask + s.mask.size(), s.mask.begin());
  }
  if (s.has_ended) return s.mask;
  Walk walk(s.matcher, s.at, s.path, s.mask);
  for (const TriePart* part : {&layout.plain, &layout.rest}) {
    if (part == &layout.plain && any_plain) continue;
    if (s.at_start && s.trie.tokenizer().adds_space_prefix()) {
      walk.over_at_start(*part, s.trie.tokenizer());
    } else {
      walk.over(*part);
    }
  }
  if (s.matcher.may_end(s.at)) allow_ends(s.trie, s.mask);
  return s.mask;
}

}  // namespace ringlet

// The mask of the tokens that a grammar allows next.
#include <algorithm>

#include "grammar/state.hpp"
#include "schema/ringlet_generated.h"

namespace ringlet {

/// A node is read from the position of its parent. One that the grammar does not take is left out
/// with its subtree.
void GrammarState::State::walk(const TriePart& part) noexcept {
  path[0] = at;
  for (std::uint32_t node = 0; node < part.count;) {
    const std::uint8_t depth_of_node = part.depths[node];
    GrammarPosition p = path[depth_of_node];
    if (!matcher.step(p, part.byte(node))) {
      node += part.subtree(node);
      continue;
    }
    path[depth_of_node + 1] = p;
    if (part.is_end(node)) allow(part.token(node));
    ++node;
  }
}

/// The same where pieces lose the space that they begin with, which bytes keep.
void GrammarState::State::walk_at_start(const TriePart& part) noexcept {
  path[0] = at;
  for (std::uint32_t node = 0; node < part.count;) {
    const std::uint8_t depth_of_node = part.depths[node];
    const bool is_lost = depth_of_node == 0 && part.byte(node) == ' ';
    GrammarPosition p = path[depth_of_node];
    bool takes = matcher.step(p, part.byte(node));
    if (part.is_end(node)) {
      const std::uint32_t token = part.token(node);
      if (takes || (is_lost && !trie.tokenizer().is_byte(token, nullptr))) allow(token);
    }
    if (is_lost) {
      p = at;
      takes = true;
    }
    path[depth_of_node + 1] = p;
    node += takes ? 1 : part.subtree(node);
  }
}

void GrammarState::State::allow_ends() noexcept {
  const schema::Tokenizer& tokenizer = *trie.tables()->tokenizer();
  if (tokenizer.eos() >= 0) allow(static_cast<std::uint32_t>(tokenizer.eos()));
  if (tokenizer.end_tokens() == nullptr) return;
  for (const std::uint32_t token : *tokenizer.end_tokens()) allow(token);
}

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
  for (const TriePart* part : {&layout.plain, &layout.rest}) {
    if (part == &layout.plain && any_plain) continue;
    if (s.at_start && s.trie.tokenizer().adds_space_prefix()) {
      s.walk_at_start(*part);
    } else {
      s.walk(*part);
    }
  }
  if (s.matcher.may_end(s.at)) s.allow_ends();
  return s.mask;
}

}  // namespace ringlet

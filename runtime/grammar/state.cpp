#include "grammar/state.hpp"

#include <algorithm>

#include "text/token_bytes.hpp"

namespace ringlet {
namespace {

constexpr std::uint64_t list_bytes = 24;  // on 64-bit targets; the plan is the same everywhere
static_assert(sizeof(WordList) <= list_bytes);

/// Arrays of trivial types begin to exist implicitly in byte storage (C++20, P0593).
template <typename T>
T* part_of(std::span<std::byte> workspace, std::uint64_t at) noexcept {
  return reinterpret_cast<T*>(workspace.data() + static_cast<std::size_t>(at));
}

}  // namespace

GrammarWorkspace::GrammarWorkspace(std::uint32_t vocab_size, std::uint32_t longest_piece,
                                   const Grammar& grammar, const GrammarOptions& options) noexcept {
  std::uint64_t end = grammar_state_bytes;
  const auto place = [&end](std::uint64_t count, std::uint64_t size) {
    const std::uint64_t at = end;
    end += count * size;
    return at;
  };
  lists = place(grammar.list_count(), list_bytes);
  mask = place(TrieLayout::mask_words(vocab_size), sizeof(std::uint32_t));
  live = place((std::uint64_t{grammar.states()} + 31) / 32, sizeof(std::uint32_t));
  entries = place(grammar.depth() + std::uint64_t{longest_piece} * grammar.most_pushes(),
                  sizeof(StackEntry));
  path = place(std::uint64_t{longest_piece} + 1, sizeof(GrammarPosition));
  undo = place(options.undo_tokens, SavedPosition::words(grammar.depth()) * sizeof(std::uint16_t));
  places = place(grammar.has_spans() ? options.span_bytes : 0, sizeof(std::uint16_t));
  text = place(grammar.has_spaces() ? longest_piece : 0, 1);
  total = (end + 7) / 8 * 8;
}

GrammarState::State::State(const TokenTrie& its_trie, const Grammar& its_grammar,
                           const GrammarOptions& options, std::span<std::byte> workspace,
                           const GrammarWorkspace& parts) noexcept
    : trie(its_trie),
      grammar(its_grammar),
      path(part_of<GrammarPosition>(workspace, parts.path)),
      mask(part_of<std::uint32_t>(workspace, parts.mask),
           TrieLayout::mask_words(its_trie.vocab_size())),
      live(part_of<std::uint32_t>(workspace, parts.live), (its_grammar.states() + 31) / 32),
      lists(part_of<WordList>(workspace, parts.lists), its_grammar.list_count()),
      places(part_of<std::uint16_t>(workspace, parts.places),
             its_grammar.has_spans() ? options.span_bytes : 0),
      undo(part_of<std::uint16_t>(workspace, parts.undo)),
      undo_tokens(options.undo_tokens),
      text_room(its_grammar.has_spaces() ? part_of<char>(workspace, parts.text) : nullptr) {
  matcher.grammar = GrammarTables(*its_grammar.tables());
  matcher.live = live.data();
  matcher.lists = lists.data();
  matcher.entries = part_of<StackEntry>(workspace, parts.entries);
  std::fill(lists.begin(), lists.end(), WordList{});
  std::fill(live.begin(), live.end(), 0U);
}

bool GrammarState::State::after(TokenId token, GrammarPosition& p) const noexcept {
  if (has_ended || !trie.tokenizer().is_text(token)) return false;
  char byte = 0;
  p = at;
  return matcher.step(p, token_bytes(trie.tokenizer(), token, at_start, byte));
}

std::string_view GrammarState::State::text_of(TokenId token) noexcept {
  const std::string_view bytes = token_bytes(trie.tokenizer(), token, at_start, last_byte);
  if (text_room == nullptr) return bytes;
  GrammarPosition p = at;
  std::size_t size = 0;
  for (const char c : bytes) {
    (void)matcher.step(p, static_cast<std::uint8_t>(c));
    if (!matcher.is_after_space(p)) text_room[size++] = c;
  }
  return {text_room, size};
}

/// Bytes that every text goes on with. A space that is no part of the text is left out at the end:
/// tokens join it with the word behind it.
std::size_t GrammarState::State::forced(std::span<char> out, bool with_spaces) noexcept {
  if (has_ended) return 0;
  std::uint16_t before[SavedPosition::words(Grammar::most_depth)];
  save(before);
  std::size_t count = 0;
  while (count < out.size() && !matcher.may_end(at)) {
    unsigned ways = 0;
    unsigned only = 0;
    for (unsigned next = 0; next < 256 && ways < 2; ++next) {
      GrammarPosition p = at;
      if (!matcher.step(p, static_cast<std::uint8_t>(next))) continue;
      ++ways;
      only = next;
    }
    if (ways != 1) break;
    // Again, because other bytes have used the entries of the stack since.
    GrammarPosition p = at;
    (void)matcher.step(p, static_cast<std::uint8_t>(only));
    go_to(p);
    if (with_spaces || !matcher.is_after_space(at)) out[count++] = static_cast<char>(only);
  }
  if (with_spaces && count > 0 && matcher.is_after_space(at)) --count;
  load(before);
  return count;
}

void GrammarState::State::go_to(const GrammarPosition& p) noexcept {
  // New entries have indices from depth() on. Those below have kept their places.
  std::uint16_t top = p.top;
  for (std::uint16_t left = p.size; left > 0 && top >= depth(); --left) {
    const StackEntry entry = matcher.entries[top];
    const auto below = static_cast<std::uint16_t>(left - 2);
    matcher.entries[left - 1] = {entry.state, left == 1 ? GrammarPosition::no_entry : below};
    top = entry.below;
  }
  at = p;
  at.top = p.size == 0 ? GrammarPosition::no_entry : static_cast<std::uint16_t>(p.size - 1);
  at.used = static_cast<std::uint16_t>(depth());
}

void GrammarState::State::save(std::uint16_t* out) const noexcept {
  const bool reads_words = matcher.grammar.kind(at.state) != GrammarKind::bytes;
  const auto of_words = [&](std::uint16_t number) {
    return reads_words ? number : std::uint16_t{0};
  };
  *out++ = at.state;
  *out++ = at.size;
  *out++ = of_words(at.low);
  *out++ = of_words(at.high);
  *out++ = of_words(at.offset);
  *out++ = static_cast<std::uint16_t>((at_start ? SavedPosition::at_start : 0) |
                                      (has_ended ? SavedPosition::ended : 0));
  for (std::uint32_t i = 0; i < depth(); ++i) *out++ = i < at.size ? matcher.entries[i].state : 0;
}

void GrammarState::State::load(const std::uint16_t* saved) noexcept {
  at = {.state = saved[0],
        .top = saved[1] == 0 ? GrammarPosition::no_entry : static_cast<std::uint16_t>(saved[1] - 1),
        .used = static_cast<std::uint16_t>(depth()),
        .size = saved[1],
        .low = saved[2],
        .high = saved[3],
        .offset = saved[4]};
  at_start = (saved[5] & SavedPosition::at_start) != 0;
  has_ended = (saved[5] & SavedPosition::ended) != 0;
  for (std::uint16_t i = 0; i < at.size; ++i) {
    const auto below = i == 0 ? GrammarPosition::no_entry : static_cast<std::uint16_t>(i - 1);
    matcher.entries[i] = {saved[SavedPosition::head + i], below};
  }
}

bool GrammarState::State::is_valid(const std::uint16_t* saved) const noexcept {
  const auto is_state = [&](std::uint16_t state) {
    return state < matcher.grammar.states && matcher.is_live(state);
  };
  if (!is_state(saved[0]) || saved[1] > depth()) return false;
  if (saved[5] > (SavedPosition::at_start | SavedPosition::ended)) return false;
  for (std::uint32_t i = 0; i < depth(); ++i) {
    const std::uint16_t state = saved[SavedPosition::head + i];
    if (i < saved[1] ? !is_state(state) : state != 0) return false;
  }
  GrammarPosition p{.state = saved[0], .low = saved[2], .high = saved[3], .offset = saved[4]};
  return matcher.is_reachable(p);
}

void GrammarState::State::remember() noexcept {
  if (undo_tokens == 0) return;
  save(undo + undo_next * SavedPosition::words(depth()));
  undo_next = undo_next + 1 == undo_tokens ? 0 : undo_next + 1;
  undo_count = std::min(undo_count + 1, undo_tokens);
}

}  // namespace ringlet

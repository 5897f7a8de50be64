#include "grammar/matcher.hpp"

#include "grammar/plain_text.hpp"

namespace ringlet {
namespace {

bool is_word_byte(char c) noexcept {
  const auto byte = static_cast<std::uint8_t>(c);
  const std::uint8_t lower = byte | 0x20;
  return byte >= 0x80 || (byte >= '0' && byte <= '9') || (lower >= 'a' && lower <= 'z');
}

/// The first of the words from p.low to p.high whose next byte is at least `byte`. `byte_of(i)` is
/// the next byte of word i, or −1 after its last one.
template <typename ByteOf>
std::uint16_t first_at_least(const GrammarPosition& p, int byte, ByteOf byte_of) noexcept {
  std::uint16_t low = p.low;
  std::uint16_t high = p.high;
  while (low < high) {
    const auto middle = static_cast<std::uint16_t>((low + high) / 2);
    if (byte_of(middle) < byte) {
      low = static_cast<std::uint16_t>(middle + 1);
    } else {
      high = middle;
    }
  }
  return low;
}

}  // namespace

int SpanText::byte(std::uint32_t index, std::uint32_t offset) const noexcept {
  const std::uint32_t at = places[index] + offset;
  if (at >= bytes) return -1;
  const auto value = static_cast<std::uint8_t>(text[at]);
  return value >= 0x80 || is_plain(value) ? value : -1;
}

bool SpanText::is_border(std::uint32_t at) const noexcept {
  return at == 0 || at >= bytes || !is_word_byte(text[at - 1]) || !is_word_byte(text[at]);
}

bool SpanText::is_run(const GrammarPosition& p, bool whole_words) const noexcept {
  if (p.offset == 0) return false;
  // The text is UTF-8, so that a run ends between characters at all of its places or at none.
  const int next = byte(p.low, p.offset);
  if (next >= 0x80 && next < 0xC0) return false;
  if (!whole_words) return true;
  for (std::uint32_t i = p.low; i < p.high; ++i) {
    if (is_border(places[i]) && is_border(std::uint32_t{places[i]} + p.offset)) return true;
  }
  return false;
}

bool SpanText::begins_run(const GrammarPosition& p, bool whole_words) const noexcept {
  if (!whole_words) return p.low < p.high;
  for (std::uint32_t i = p.low; i < p.high; ++i) {
    if (is_border(places[i])) return true;
  }
  return false;
}

void Matcher::enter(GrammarPosition& p, std::uint32_t state) const noexcept {
  p.state = static_cast<std::uint16_t>(state);
  const GrammarKind kind = grammar.kind(state);
  if (kind == GrammarKind::bytes) return;
  p.low = 0;
  p.high = kind == GrammarKind::list ? static_cast<std::uint16_t>(lists[grammar.list(state)].count)
                                     : span.count;
  p.offset = 0;
}

/// An edge that leads where no end can be reached, or that would push too much, is none.
bool Matcher::take(GrammarPosition& p, std::uint32_t edge) const noexcept {
  if (edge == GrammarTables::none || !is_live(grammar.targets[edge])) return false;
  const Pushes pushes = grammar.pushed_by(edge);
  if (p.size + pushes.count > grammar.depth) return false;
  for (std::uint32_t i = 0; i < pushes.count; ++i) {
    if (!is_live(pushes.states[i])) return false;
  }
  for (std::uint32_t i = 0; i < pushes.count; ++i) {
    entries[p.used] = {pushes.states[i], p.top};
    p.top = p.used++;
    ++p.size;
  }
  enter(p, grammar.targets[edge]);
  return true;
}

/// Within a word or run: keeps what goes on with this byte. Without success nothing changes.
bool Matcher::narrow(GrammarPosition& p, std::uint8_t byte) const noexcept {
  const auto keep = [&](auto byte_of) {
    GrammarPosition kept = p;
    kept.low = first_at_least(p, byte, byte_of);
    kept.high = first_at_least(p, byte + 1, byte_of);
    ++kept.offset;
    return kept;
  };
  if (grammar.kind(p.state) == GrammarKind::list) {
    const WordList& list = lists[grammar.list(p.state)];
    const GrammarPosition kept = keep([&](std::uint32_t i) {
      const std::string_view word = list.word(i);
      return p.offset < word.size() ? static_cast<int>(static_cast<std::uint8_t>(word[p.offset]))
                                    : -1;
    });
    if (kept.low >= kept.high) return false;
    p = kept;
    return true;
  }
  const GrammarPosition kept = keep([&](std::uint32_t i) { return span.byte(i, p.offset); });
  if (!span.begins_run(kept, grammar.has(p.state, GrammarFlags::whole_words))) return false;
  p = kept;
  return true;
}

bool Matcher::is_word(const GrammarPosition& p) const noexcept {
  if (grammar.kind(p.state) == GrammarKind::list) {
    // The shortest word comes first.
    return p.offset > 0 && lists[grammar.list(p.state)].word(p.low).size() == p.offset;
  }
  return span.is_run(p, grammar.has(p.state, GrammarFlags::whole_words));
}

bool Matcher::is_reachable(const GrammarPosition& p) const noexcept {
  GrammarPosition reached;
  enter(reached, p.state);
  const GrammarKind kind = grammar.kind(p.state);
  if (kind != GrammarKind::bytes && p.low >= reached.high) return false;
  while (kind != GrammarKind::bytes && reached.offset < p.offset) {
    int byte = -1;
    if (kind == GrammarKind::span) {
      byte = span.byte(p.low, reached.offset);
    } else if (const auto word = lists[grammar.list(p.state)].word(p.low);
               reached.offset < word.size()) {
      byte = static_cast<std::uint8_t>(word[reached.offset]);
    }
    if (byte < 0 || !narrow(reached, static_cast<std::uint8_t>(byte))) return false;
  }
  return reached.low == p.low && reached.high == p.high && reached.offset == p.offset;
}

bool Matcher::step(GrammarPosition& p, std::uint8_t byte) const noexcept {
  while (true) {
    if (grammar.kind(p.state) != GrammarKind::bytes) {
      if (narrow(p, byte)) return true;
      if (!is_word(p)) return false;
      p.state = static_cast<std::uint16_t>(grammar.next(p.state));
    }
    if (take(p, grammar.find_edge(p.state, byte))) return true;
    if (!grammar.has(p.state, GrammarFlags::returns) || p.size == 0) return false;
    const StackEntry entry = entries[p.top];
    p.top = entry.below;
    --p.size;
    enter(p, entry.state);
  }
}

bool Matcher::step(GrammarPosition& p, std::string_view bytes) const noexcept {
  for (const char c : bytes) {
    if (!step(p, static_cast<std::uint8_t>(c))) return false;
  }
  return true;
}

bool Matcher::may_end(const GrammarPosition& p) const noexcept {
  std::uint32_t state = p.state;
  if (grammar.kind(state) != GrammarKind::bytes) {
    if (!is_word(p)) return false;
    state = grammar.next(state);
  }
  std::uint16_t top = p.top;
  for (std::uint32_t left = p.size;; --left) {
    if (!grammar.has(state, GrammarFlags::returns)) return false;
    if (left == 0) return true;
    state = entries[top].state;
    top = entries[top].below;
  }
}

}  // namespace ringlet

#include "ringlet/grammar_state.hpp"

#include <algorithm>
#include <new>

#include "base/features.hpp"
#include "base/invalid_argument.hpp"
#include "base/left_out.hpp"
#include "grammar/live_states.hpp"
#include "grammar/span_text.hpp"
#include "grammar/state.hpp"
#include "schema/ringlet_generated.h"

namespace ringlet {
namespace {

std::uint32_t longest_piece(const schema::Model* tables) noexcept {
  if (tables == nullptr || tables->tokenizer() == nullptr) return 0;
  return tables->tokenizer()->longest_piece();
}

Status check_options(const GrammarOptions& options) noexcept {
  if (options.undo_tokens > GrammarOptions::most_undo_tokens) {
    return invalid_argument("undo_tokens", "too many")
        .at_most(GrammarOptions::most_undo_tokens, options.undo_tokens);
  }
  if (options.span_bytes > GrammarOptions::most_span_bytes) {
    return invalid_argument("span_bytes", "too large")
        .at_most(GrammarOptions::most_span_bytes, options.span_bytes);
  }
  return {};
}

/// Not starts_with(), which is made of substr(), which checks and needs exceptions for that.
bool begins_with(std::string_view text, std::string_view beginning) noexcept {
  return text.size() >= beginning.size() &&
         std::equal(beginning.begin(), beginning.end(), text.begin());
}

/// A word that begins another one must not be followed by what the other goes on with.
Status check_ends(const GrammarTables& g, std::uint32_t next, const WordList& words) noexcept {
  for (std::uint32_t i = 0; i < words.count; ++i) {
    const std::string_view word = words.word(i);
    for (std::uint32_t j = i + 1; j < words.count && begins_with(words.word(j), word); ++j) {
      const auto byte = static_cast<std::uint8_t>(words.word(j)[word.size()]);
      if (g.find_edge(next, byte) != GrammarTables::none) {
        return invalid_argument("words", "one begins another, and the grammar goes on alike").at(i);
      }
    }
  }
  return {};
}

}  // namespace

std::uint64_t GrammarState::workspace_bytes(const Model& model, const Grammar& grammar,
                                            const GrammarOptions& options) noexcept {
  return GrammarWorkspace(model.architecture().vocab_size, longest_piece(model.tables()), grammar,
                          options)
      .total;
}

Result<GrammarState> GrammarState::create(const TokenTrie& trie, const Grammar& grammar,
                                          const GrammarOptions& options,
                                          std::span<std::byte> workspace) noexcept {
  static_assert(sizeof(State) <= grammar_state_bytes && alignof(State) <= 8);
  if (!features::grammar) return left_out("grammar");
  if (trie.words() == nullptr) return invalid_argument("trie", "empty; open one first");
  if (grammar.tables() == nullptr) return invalid_argument("grammar", "empty; open a file first");
  if (const Status status = check_options(options); !status.ok()) return status;
  if (reinterpret_cast<std::uintptr_t>(workspace.data()) % 8 != 0) {
    return invalid_argument("workspace", "must be aligned to 8 bytes");
  }
  const GrammarWorkspace parts(trie.vocab_size(), longest_piece(trie.tables()), grammar, options);
  if (workspace.size() < parts.total) {
    return Status(ErrorCode::not_enough_memory, "workspace",
                  "too small for this grammar and its options; plan with them")
        .with(parts.total, workspace.size());
  }
  return GrammarState(new (workspace.data()) State(trie, grammar, options, workspace, parts));
}

Status GrammarState::set_list(std::string_view name, const WordList& words) noexcept {
  State& s = *state_;
  const GrammarTables& g = s.matcher.grammar;
  if (words.count > WordLists::most_words) {
    return invalid_argument("words", "too many").at_most(WordLists::most_words, words.count);
  }
  const std::uint32_t index = s.grammar.find_list(name);
  if (index == s.lists.size()) return invalid_argument("name", "the grammar has no such list");
  for (std::uint32_t state = 0; state < g.states; ++state) {
    if (g.kind(state) != GrammarKind::list || g.list(state) != index) continue;
    if (const Status status = check_ends(g, g.next(state), words); !status.ok()) return status;
  }
  s.lists[index] = words;
  s.unset();
  return {};
}

Status GrammarState::set_lists(const WordLists& lists) noexcept {
  for (std::uint32_t i = 0; i < state_->lists.size(); ++i) {
    const std::string_view name = state_->grammar.list_name(i);
    WordList words;
    for (std::uint32_t j = 0; j < lists.count(); ++j) {
      if (lists.name(j) == name) words = lists.list(j);
    }
    if (const Status status = set_list(name, words); !status.ok()) return status;
  }
  return {};
}

Status GrammarState::set_span(std::string_view text) noexcept {
  const Result<SpanText> span = make_span_text(text, state_->places);
  if (!span) return span.status();
  state_->matcher.span = *span;
  state_->unset();
  return {};
}

Status GrammarState::reset(bool beginning) noexcept {
  State& s = *state_;
  s.unset();
  const Status status =
      find_live_states(s.matcher.grammar, s.lists.data(), s.matcher.span.count > 0, s.live);
  if (!status.ok()) return status;
  if (!s.matcher.is_live(0)) {
    for (std::uint32_t i = 0; i < s.lists.size(); ++i) {
      if (s.lists[i].count > 0) continue;
      return invalid_argument("lists", "empty, and the grammar has no text without it").at(i);
    }
    return invalid_argument("grammar", "has no text without a span");
  }
  s.at = {};
  s.at.used = static_cast<std::uint16_t>(s.depth());
  s.matcher.enter(s.at, 0);
  s.at_start = beginning;
  s.has_ended = false;
  s.is_set = true;
  return {};
}

bool GrammarState::allows(TokenId token) const noexcept {
  const State& s = *state_;
  if (s.trie.tokenizer().ends_text(token)) return done();
  GrammarPosition p;
  return s.after(token, p);
}

bool GrammarState::accept(TokenId token) noexcept {
  State& s = *state_;
  if (s.trie.tokenizer().ends_text(token)) {
    if (!done()) return false;
    s.remember();
    s.has_ended = true;
    s.text = {};
    return true;
  }
  GrammarPosition p;
  if (!s.after(token, p)) return false;
  s.remember();
  s.text = s.text_of(token);
  s.go_to(p);
  s.at_start = false;
  return true;
}

Status GrammarState::undo(std::uint32_t tokens) noexcept {
  State& s = *state_;
  if (tokens > s.undo_count) {
    return Status(ErrorCode::out_of_range, "tokens", "more than undo_tokens or the text has")
        .at_most(s.undo_count, tokens);
  }
  if (tokens == 0) return {};
  s.undo_next = (s.undo_next < tokens ? s.undo_next + s.undo_tokens : s.undo_next) - tokens;
  s.undo_count -= tokens;
  s.text = {};
  s.load(s.undo + s.undo_next * SavedPosition::words(s.depth()));
  return {};
}

std::uint32_t GrammarState::undoable() const noexcept { return state_->undo_count; }

bool GrammarState::done() const noexcept {
  return !state_->has_ended && state_->matcher.may_end(state_->at);
}

bool GrammarState::ended() const noexcept { return state_->has_ended; }

std::string_view GrammarState::text() const noexcept { return state_->text; }

std::size_t GrammarState::forced(std::span<char> out) noexcept { return state_->forced(out, true); }

std::size_t GrammarState::forced_text(std::span<char> out) noexcept {
  return state_->forced(out, false);
}

std::uint64_t GrammarState::saved_bytes() const noexcept {
  return SavedPosition::words(state_->depth()) * sizeof(std::uint16_t);
}

Status GrammarState::save(std::span<std::byte> out) const noexcept {
  if (out.size() < saved_bytes()) {
    return Status(ErrorCode::not_enough_memory, "out", "too small for a saved state")
        .with(saved_bytes(), out.size());
  }
  std::uint16_t saved[SavedPosition::words(Grammar::most_depth)];
  state_->save(saved);
  // Byte by byte: hardening turns memcpy here into a function that firmware does not have.
  for (std::size_t i = 0; i < SavedPosition::words(state_->depth()); ++i) {
    out[2 * i] = static_cast<std::byte>(saved[i] & 0xFF);
    out[2 * i + 1] = static_cast<std::byte>(saved[i] >> 8);
  }
  return {};
}

Status GrammarState::restore(std::span<const std::byte> saved) noexcept {
  State& s = *state_;
  if (!s.is_set) return invalid_argument("grammar", "call reset() first");
  std::uint16_t numbers[SavedPosition::words(Grammar::most_depth)];
  if (saved.size() == saved_bytes()) {
    for (std::size_t i = 0; i < SavedPosition::words(s.depth()); ++i) {
      numbers[i] = static_cast<std::uint16_t>(std::to_integer<unsigned>(saved[2 * i]) |
                                              std::to_integer<unsigned>(saved[2 * i + 1]) << 8);
    }
    if (s.is_valid(numbers)) {
      s.load(numbers);
      s.undo_count = 0;
      s.text = {};
      return {};
    }
  }
  return {ErrorCode::invalid_snapshot, "saved", "not a state of this grammar, its lists and span"};
}

TokenId sample(Sampler& sampler, GrammarState& grammar, std::span<const float> logits) noexcept {
  if (sampler.is_greedy()) {
    const TokenId token = sampler.likeliest(logits);
    if (grammar.allows(token)) {
      sampler.observe(token);
      return token;
    }
  }
  return sampler.sample(logits, grammar.mask());
}

}  // namespace ringlet

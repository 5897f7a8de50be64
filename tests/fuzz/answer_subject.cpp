#include "fuzz/answer_subject.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "fuzz/demand.hpp"
#include "ringlet/linux/token_trie.hpp"
#include "support/kernel_sets.hpp"
#include "support/vocabularies.hpp"

namespace ringlet::test {
namespace {

bool same_bits(std::span<const float> a, std::span<const float> b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

bool has(std::span<const std::uint32_t> mask, TokenId token) {
  return (mask[token / 32] >> token % 32 & 1) != 0;
}

TokenTrie open_trie(const Model& model, const std::vector<std::uint32_t>& words) {
  const Result<TokenTrie> trie = TokenTrie::open(model, std::as_bytes(std::span(words)));
  demand(trie.ok(), "a trie is refused");
  return *trie;
}

}  // namespace

AnswerVocabulary::AnswerVocabulary(const convert::SourceTokenizer& tokenizer)
    : file(write_with_tokenizer(tokenizer, all_int8)),
      words(port::build_token_trie(file.model)),
      trie(open_trie(file.model, words)),
      texts(file.model) {}

AnswerGrammar::AnswerGrammar(grammar::Automaton its_automaton)
    : automaton(std::move(its_automaton)), file(automaton) {}

AnswerSubject::AnswerSubject(const Choices& choices) : choices_(choices) {
  const Model& model = vocabulary().file.model;
  const GrammarOptions options{.undo_tokens = choices.undo_tokens, .span_bytes = span_bytes};
  config_ = {.context = 48, .prefill_chunk = 16, .draft_tokens = draft_tokens};
  config_.grammar_bytes = GrammarState::workspace_bytes(model, grammar().file.grammar, options);
  const Result<MemoryPlan> planned = plan(model, config_);
  demand(planned.ok(), "a configuration is refused");
  memory_ = GuardedBytes(static_cast<std::size_t>(planned->total()), choices.garbage);
  session = *Session::create(model, config_, memory_.span(), *kernel_sets().front());
  sampler = *session.sampler(choices.sampler);
  const Result<GrammarState> made = GrammarState::create(vocabulary().trie, grammar().file.grammar,
                                                         options, session.grammar_workspace());
  demand(made.ok(), "a state is refused");
  state = *made;
  for (const std::string& name : grammar().automaton.lists) run_time.lists[name];
}

std::vector<std::byte> AnswerSubject::saved() const {
  std::vector<std::byte> bytes(static_cast<std::size_t>(state.saved_bytes()));
  demand(state.save(bytes).ok(), "a state is not saved");
  return bytes;
}

Status AnswerSubject::fill(const std::string& name, const std::vector<std::string>& words) {
  const std::vector<std::string_view> views(words.begin(), words.end());
  const WordSource source = WordSource::of(views);
  auto memory = std::make_unique<GuardedBytes>(static_cast<std::size_t>(sorted_words_bytes(source)),
                                               std::byte{0xCD});
  const Result<WordList> list = sort_words(source, memory->span());
  demand(list.ok(), "words are refused");
  memory->make_read_only();
  given_.push_back(std::move(memory));
  return state.set_list(name, *list);
}

void AnswerSubject::set_span(const std::string& span) {
  if (!grammar().file.grammar.has_spans()) return;
  auto memory = std::make_unique<GuardedBytes>(std::as_bytes(std::span(span)));
  memory->make_read_only();
  demand(state.set_span({reinterpret_cast<const char*>(memory->data()), span.size()}).ok(),
         "a text is refused");
  given_.push_back(std::move(memory));
  run_time.span = span;
  unset();
}

void AnswerSubject::unset() {
  shorten(text.size());
  undoable = 0;
  is_set = false;
}

void AnswerSubject::follow(const AnswerSubject& other) {
  for (const auto& [name, words] : other.run_time.lists) {
    demand(fill(name, words).ok(), "a list is refused that was taken before");
  }
  set_span(other.run_time.span);
  run_time = other.run_time;
  demand(reset(other.beginning), "a fresh state has no text");
}

bool AnswerSubject::reset(bool at_beginning) {
  const ReferenceMatcher reference(grammar().automaton, run_time);
  is_set = state.reset(at_beginning).ok();
  demand(is_set == reference.is_possible(), "a reset has the wrong outcome");
  shorten(text.size());
  undoable = 0;
  beginning = at_beginning;
  return is_set;
}

void AnswerSubject::accepted(std::span<const TokenId> tokens) {
  text.insert(text.end(), tokens.begin(), tokens.end());
  undoable = static_cast<std::uint32_t>(
      std::min<std::size_t>(undoable + tokens.size(), choices_.undo_tokens));
}

void AnswerSubject::go_back(std::size_t position) {
  if (session.truncate(position).ok()) return;
  // Out of reach; an application that has kept nothing begins anew.
  session.reset();
  std::vector<TokenId> tokens = prompt;
  tokens.insert(tokens.end(), text.begin(), text.end());
  demand(session.prefill(std::span(tokens).first(position)).ok(), "a token is refused");
}

void AnswerSubject::shorten(std::size_t tokens) {
  text.resize(text.size() - tokens);
  const std::size_t position = prompt.size() + text.size();
  if (session.position() > position) go_back(position);
}

void AnswerSubject::catch_up() {
  std::vector<TokenId> tokens = prompt;
  tokens.insert(tokens.end(), text.begin(), text.end());
  if (session.position() == tokens.size() && session.logits().empty()) {
    go_back(tokens.size() - 1);
  }
  while (session.position() < tokens.size()) {
    const auto at = static_cast<std::size_t>(session.position());
    demand(session.step(tokens[at]).ok(), "a token is refused");
  }
}

KeptAnswer AnswerSubject::keep() const {
  const Result<std::size_t> asked = session.save({}, &sampler);
  std::vector<std::byte> snapshot(static_cast<std::size_t>(asked.status().needed()));
  demand(session.save(snapshot, &sampler).ok(), "a session is not saved");
  return {.state = saved(),
          .session = std::move(snapshot),
          .vocabulary = choices_.vocabulary,
          .grammar = choices_.grammar,
          .run_time = run_time,
          .beginning = beginning,
          .prompt = prompt,
          .text = text};
}

void AnswerSubject::restore(const KeptAnswer& kept) {
  demand(state.restore(kept.state).ok(), "a state of the same grammar is refused");
  demand(session.restore(kept.session, &sampler).ok(), "a snapshot is refused");
  prompt = kept.prompt;
  text = kept.text;
  beginning = kept.beginning;
  undoable = 0;
}

bool AnswerSubject::restore_other(std::span<const std::byte> bytes) {
  const std::vector<std::byte> before = saved();
  const Status status = state.restore(bytes);
  if (!status.ok()) {
    demand(status.code() == (is_set ? ErrorCode::invalid_snapshot : ErrorCode::invalid_argument),
           "a state is refused for another reason");
    demand(saved() == before && state.undoable() == undoable, "a refused state left a trace");
    return false;
  }
  demand(is_set, "a state is restored before a reset");
  const auto words = state.mask();
  const std::vector<std::uint32_t> mask(words.begin(), words.end());
  for (TokenId token = 0; token < vocab_size(); ++token) {
    demand(has(mask, token) == state.allows(token), "the mask is not that of every token");
  }
  char forced[16];
  (void)state.forced(forced);
  demand(saved() == std::vector<std::byte>(bytes.begin(), bytes.end()),
         "what is saved is not what was restored");
  reset(beginning);
  return true;
}

void AnswerSubject::compare_unset() {
  demand(state.ended() && !state.done(), "a text goes on though its lists have changed");
  demand(std::ranges::all_of(state.mask(), [](std::uint32_t word) { return word == 0; }),
         "a token is allowed before a reset");
}

void AnswerSubject::compare_with_fresh() {
  demand(memory_.intact(), "something before or behind the memory was written");
  demand(state.undoable() == undoable, "another number of tokens can be taken back");
  if (!is_set) {
    compare_unset();
    return;
  }
  AnswerSubject fresh(
      {.vocabulary = choices_.vocabulary, .grammar = choices_.grammar, .garbage = std::byte{0x5A}});
  fresh.follow(*this);
  compare_text(fresh.state, ReferenceMatcher(grammar().automaton, run_time));
  compare_session();
}

/// Gives a fresh state the same tokens.
void AnswerSubject::compare_text(GrammarState& fresh, const ReferenceMatcher& reference) {
  const TokenTexts& texts = vocabulary().texts;
  ReferenceMatcher::At at;
  bool ended = false;
  bool at_start = beginning;
  for (const TokenId token : text) {
    demand(!ended && fresh.accept(token), "a fresh state refuses a token");
    ended = texts.ends(token);
    ReferenceMatcher::At after = at;
    demand(ended || reference.step(after, texts.of(token, at_start)),
           "the automaton has no text that was accepted");
    const std::string added = ended ? "" : reference.text_of(at, texts.of(token, at_start));
    demand(fresh.text() == added, "a token adds another text");
    at_start = at_start && ended;
  }
  demand(state.ended() == ended && fresh.ended() == ended, "a text ends at another place");
  std::vector<std::byte> other(saved().size());
  demand(fresh.save(other).ok() && saved() == other, "the state differs from that of a fresh one");
  demand(std::ranges::equal(state.mask(), fresh.mask()), "the mask differs from a fresh one");
  compare_tokens(reference, at, ended);
  if (!ended) compare_forced(fresh, reference, at);
}

/// Tests every token by itself.
void AnswerSubject::compare_tokens(const ReferenceMatcher& reference,
                                   const ReferenceMatcher::At& at, bool ended) {
  const TokenTexts& texts = vocabulary().texts;
  const bool done = !ended && reference.may_end(at);
  demand(state.done() == done, "a text is complete at another place");
  const auto words = state.mask();
  const std::vector<std::uint32_t> mask(words.begin(), words.end());
  for (TokenId token = 0; token < vocab_size(); ++token) {
    bool expected = false;
    if (texts.ends(token)) {
      expected = done;
    } else if (!ended && texts.is_text(token)) {
      ReferenceMatcher::At after = at;
      expected = reference.step(after, texts.of(token, beginning && text.empty()));
    }
    demand(has(mask, token) == expected, "the mask is not that of every token by itself");
    demand(state.allows(token) == expected, "a token by itself has another outcome");
  }
}

void AnswerSubject::compare_forced(GrammarState& fresh, const ReferenceMatcher& reference,
                                   const ReferenceMatcher::At& at) {
  char bytes[40];
  char others[40];
  const std::string_view forced(bytes, state.forced(bytes));
  demand(forced == std::string_view(others, fresh.forced(others)), "other bytes are forced");
  ReferenceMatcher::At now = at;
  std::string printed;
  for (std::size_t i = 0; i < sizeof(bytes); ++i) {
    unsigned ways = reference.may_end(now) ? 2 : 0;
    ReferenceMatcher::At only;
    std::uint8_t way = 0;
    for (unsigned byte = 0; byte < 256; ++byte) {
      ReferenceMatcher::At after = now;
      if (!reference.step(after, static_cast<std::uint8_t>(byte))) continue;
      ++ways;
      only = after;
      way = static_cast<std::uint8_t>(byte);
    }
    // A space that is no part of the text is not forced alone.
    const bool is_last_space = ways == 1 && only.is_silent && i == forced.size();
    demand((ways == 1) == (i < forced.size() || is_last_space),
           "more or less is forced than there is");
    if (ways != 1 || is_last_space) break;
    demand(static_cast<std::uint8_t>(forced[i]) == way, "a byte is forced that cannot come");
    if (!only.is_silent) printed += forced[i];
    now = only;
  }
  const std::string_view other_text(others, state.forced_text(others));
  demand(other_text.starts_with(printed), "another text is forced");
}

void AnswerSubject::compare_session() {
  catch_up();
  const Result<MemoryPlan> planned = plan(vocabulary().file.model, config_);
  GuardedBytes memory(static_cast<std::size_t>(planned->total()), std::byte{0xFF});
  Session other =
      *Session::create(vocabulary().file.model, config_, memory.span(), *kernel_sets().back());
  std::vector<TokenId> tokens = prompt;
  tokens.insert(tokens.end(), text.begin(), text.end());
  demand(other.prefill(tokens).ok(), "a fresh session refuses a token");
  demand(same_bits(other.logits(), session.logits()), "logits differ");
}

}  // namespace ringlet::test

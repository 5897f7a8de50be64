// One answer under test: a session, the state of a grammar beside it, and what both must be.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ringlet/grammar_state.hpp"
#include "ringlet/ringlet.hpp"
#include "support/grammars.hpp"
#include "support/guarded_bytes.hpp"
#include "support/model_image.hpp"
#include "support/reference_matcher.hpp"
#include "support/token_text.hpp"

namespace ringlet::test {

/// A small model whose vocabulary is hard to spell with, and the trie of it.
struct AnswerVocabulary {
  explicit AnswerVocabulary(const convert::SourceTokenizer& tokenizer);

  LoadedModel file;
  std::vector<std::uint32_t> words;
  TokenTrie trie;
  TokenTexts texts;
};

/// A grammar, and the automaton that it was written from.
struct AnswerGrammar {
  explicit AnswerGrammar(grammar::Automaton its_automaton);

  grammar::Automaton automaton;
  LoadedGrammar file;
};

/// Both at one place of an answer.
struct KeptAnswer {
  std::vector<std::byte> state;
  std::vector<std::byte> session;
  const AnswerVocabulary* vocabulary = nullptr;
  const AnswerGrammar* grammar = nullptr;
  RunTime run_time;
  bool beginning = false;
  std::vector<TokenId> prompt;
  std::vector<TokenId> text;
};

/// A session and a grammar's state in its workspace, all in exactly the planned memory.
class AnswerSubject {
 public:
  struct Choices {
    const AnswerVocabulary* vocabulary = nullptr;
    const AnswerGrammar* grammar = nullptr;
    std::uint32_t undo_tokens = 0;
    SamplerOptions sampler = {};
    std::byte garbage{};
  };
  static constexpr std::uint32_t span_bytes = 64;
  static constexpr std::uint32_t draft_tokens = 5;

  explicit AnswerSubject(const Choices& choices);
  AnswerSubject(const AnswerSubject&) = delete;
  AnswerSubject& operator=(const AnswerSubject&) = delete;

  Session session;
  Sampler sampler;
  GrammarState state;

  std::vector<TokenId> prompt;  // tokens before the answer
  std::vector<TokenId> text;    // tokens that the grammar has accepted since its reset
  RunTime run_time;             // what its lists and its span are
  bool beginning = false;       // of the last reset
  bool is_set = false;          // no list and no span has changed since then
  std::uint32_t undoable = 0;

  [[nodiscard]] const AnswerVocabulary& vocabulary() const { return *choices_.vocabulary; }
  [[nodiscard]] const AnswerGrammar& grammar() const { return *choices_.grammar; }
  [[nodiscard]] const Choices& choices() const { return choices_; }
  [[nodiscard]] std::uint32_t vocab_size() const { return vocabulary().trie.vocab_size(); }

  /// The state in bytes, which every refused call must leave alone.
  [[nodiscard]] std::vector<std::byte> saved() const;

  /// Fills a list. Words of earlier fillings stay, as an application could have them.
  Status fill(const std::string& name, const std::vector<std::string>& words);

  /// Gives the text for spans.
  void set_span(const std::string& span);
  /// A list or the span has changed.
  void unset();
  /// Takes the lists, the span and the beginning of another subject.
  void follow(const AnswerSubject& other);

  /// Begins an answer after the present prompt, and expects what the reference says.
  bool reset(bool at_beginning);

  /// The grammar has accepted these tokens.
  void accepted(std::span<const TokenId> tokens);

  /// The grammar has taken back the last tokens, or forgotten all; the session follows.
  void shorten(std::size_t tokens);

  /// Brings the session to the end of the text, and has its logits.
  void catch_up();

  /// Saves session, sampler and state.
  [[nodiscard]] KeptAnswer keep() const;
  /// Continues from there. The other subject has the same vocabulary, grammar, lists and span.
  void restore(const KeptAnswer& kept);

  /// Restores what another grammar, other lists or nobody has saved. If it is taken, it is used,
  /// and the answer begins anew. Returns whether it was.
  bool restore_other(std::span<const std::byte> bytes);

  /// Ends the program unless the state is that of a fresh one that has accepted the same tokens,
  /// and its mask that of every token by itself, both as the fresh state and as the plain reading
  /// of the automaton say.
  void compare_with_fresh();

 private:
  void go_back(std::size_t position);
  void compare_unset();
  void compare_text(GrammarState& fresh, const ReferenceMatcher& reference);
  void compare_tokens(const ReferenceMatcher& reference, const ReferenceMatcher::At& at,
                      bool ended);
  void compare_forced(GrammarState& fresh, const ReferenceMatcher& reference,
                      const ReferenceMatcher::At& at);
  void compare_session();

  Choices choices_;
  Config config_;
  GuardedBytes memory_;
  std::vector<std::unique_ptr<GuardedBytes>> given_;  // words and texts
};

}  // namespace ringlet::test

#include "fuzz/answer_machine.hpp"

#include <deque>

#include "fuzz/demand.hpp"
#include "grammar/source.hpp"
#include "support/grammar_rig.hpp"
#include "support/vocabularies.hpp"

namespace ringlet::test {
namespace {

constexpr std::size_t most_subjects = 3, most_operations = 60;

/// The call of a tool: members that begin alike, a list, a span, recursion, and numbers.
constexpr const char* tool_schema = R"({
  "type": "object",
  "properties": {
    "do": {"enum": ["on", "off", "dim"]},
    "domain": {"type": "string", "x-ringlet-list": "rooms"},
    "device": {"anyOf": [{"type": "integer", "minimum": -7, "maximum": 120}, {"type": "null"}]},
    "said": {"type": "string", "x-ringlet-span": "words"},
    "then": {"$ref": "#"}
  },
  "required": ["do"],
  "additionalProperties": false
})";

const std::deque<AnswerVocabulary>& vocabularies() {
  static const std::deque<AnswerVocabulary> all = [] {
    std::deque<AnswerVocabulary> made;
    for (const bool prefix : {true, false}) {
      convert::SourceTokenizer tokenizer = hostile_tokenizer();
      tokenizer.add_space_prefix = prefix;
      made.emplace_back(tokenizer);
    }
    made.emplace_back(small_tokenizers().front().tokenizer);
    return made;
  }();
  return all;
}

const std::deque<AnswerGrammar>& grammars() {
  static const std::deque<AnswerGrammar> all = [] {
    std::deque<AnswerGrammar> made;
    made.emplace_back(lists_grammar());
    made.emplace_back(spaced_grammar());
    made.emplace_back(json_grammar());
    made.emplace_back(counted_grammar());
    made.emplace_back(grammar::compile_source(grammar::SourceKind::json_schema, tool_schema,
                                              "schema", {.depth = 3})
                          .automaton);
    return made;
  }();
  return all;
}

}  // namespace

const std::array<AnswerMachine::Operation, 22> AnswerMachine::operations = {
    &AnswerMachine::accept,        &AnswerMachine::accept,
    &AnswerMachine::accept,        &AnswerMachine::accept,
    &AnswerMachine::accept_any,    &AnswerMachine::end,
    &AnswerMachine::sample,        &AnswerMachine::undo,
    &AnswerMachine::undo,          &AnswerMachine::verify_forced,
    &AnswerMachine::verify_forced, &AnswerMachine::verify_forced,
    &AnswerMachine::speculate,     &AnswerMachine::speculate,
    &AnswerMachine::rewind,        &AnswerMachine::change_list,
    &AnswerMachine::change_span,   &AnswerMachine::save,
    &AnswerMachine::restore,       &AnswerMachine::restore_damaged,
    &AnswerMachine::compare,       &AnswerMachine::create_another};

std::size_t AnswerMachine::run() {
  create();
  create();
  for (std::size_t i = 0; i < most_operations && !bytes_.empty(); ++i) {
    AnswerSubject& subject = *subjects_[bytes_.index(subjects_.size())];
    // A state that waits for its reset is worth a few calls only.
    if (!subject.is_set && !bytes_.one_in(4)) subject.reset(bytes_.flag());
    (this->*operations[bytes_.index(operations.size())])(subject);
  }
  for (const auto& subject : subjects_) compare(*subject);
  return compared_;
}

void AnswerMachine::create() {
  constexpr float temperatures[] = {0, 0.8F, 2};
  constexpr std::uint32_t undo_tokens[] = {0, 1, 3, 8};
  AnswerSubject::Choices choices{.vocabulary = &vocabularies()[bytes_.index(vocabularies().size())],
                                 .grammar = &grammars()[bytes_.index(grammars().size())],
                                 .undo_tokens = undo_tokens[bytes_.index(4)],
                                 .sampler = {.temperature = temperatures[bytes_.index(3)],
                                             .repeat_penalty = bytes_.flag() ? 1.2F : 1.0F,
                                             .seed = bytes_.number(1)},
                                 .garbage = static_cast<std::byte>(bytes_.number(1))};
  // As often as not an answer that another one's state fits.
  if (!subjects_.empty() && bytes_.flag()) {
    choices.vocabulary = &subjects_.front()->vocabulary();
    choices.grammar = &subjects_.front()->grammar();
  }
  auto subject = std::make_unique<AnswerSubject>(choices);
  const RunTime usual = usual_run_time();
  if (!bytes_.one_in(4)) {
    for (auto& [name, words] : subject->run_time.lists) {
      words = usual.lists.at(name);
      demand(subject->fill(name, words).ok(), "a list is refused");
    }
    subject->set_span(usual.span);
  }
  subject->prompt = random_tokens(1 + bytes_.index(20), subject->vocab_size(), bytes_.number(1));
  demand(subject->session.prefill(subject->prompt).ok(), "a prompt is refused");
  subjects_.push_back(std::move(subject));
}

void AnswerMachine::create_another(AnswerSubject&) {
  if (subjects_.size() < most_subjects) create();
}

void AnswerMachine::compare(AnswerSubject& subject) {
  subject.compare_with_fresh();
  ++compared_;
}

std::vector<TokenId> AnswerMachine::allowed(AnswerSubject& subject) {
  return tokens_of(subject.state.mask());
}

}  // namespace ringlet::test

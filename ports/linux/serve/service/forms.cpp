#include "serve/service/forms.hpp"

#include <algorithm>
#include <utility>

#include "grammar/grammar_file.hpp"
#include "grammar/source.hpp"
#include "ringlet/grammar_state.hpp"
#include "ringlet/linux/failure.hpp"
#include "serve/protocol/api_error.hpp"

namespace ringlet::serve {
namespace {

std::shared_ptr<const CompiledForm> build(const std::string& schema, const std::string& param) {
  auto form = std::make_shared<CompiledForm>();
  try {
    form->bytes = grammar::write_grammar(
        grammar::compile_source(grammar::SourceKind::json_schema, schema, "the schema", {})
            .automaton);
    form->grammar = port::value_of("the schema", Grammar::open(form->bytes));
  } catch (const port::Failure& failure) {
    throw unsupported(param, failure.what());
  }
  return form;
}

}  // namespace

std::uint64_t form_workspace_bytes(const Model& model) {
  // The mask, and what the states and the stack of a large schema take.
  constexpr std::uint64_t automaton = std::uint64_t{24} << 10;
  return (std::uint64_t{model.architecture().vocab_size} + 31) / 32 * 4 + automaton;
}

std::shared_ptr<const CompiledForm> Forms::compile(const AnswerForm& wanted) {
  if (wanted.kind == AnswerForm::Kind::text) return nullptr;
  const std::string& param = wanted.field;
  if (!can_follow_) {
    throw unsupported(param, param + " needs a tokenizer that stands for text");
  }
  const std::string schema =
      wanted.kind == AnswerForm::Kind::json_object ? R"({"type":"object"})" : wanted.schema;
  if (schema.size() > longest_schema) {
    throw invalid(param, "the schema has more than " + std::to_string(longest_schema) + " bytes");
  }
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& entry) { return entry.schema == schema; });
  if (found != entries_.end()) {
    entries_.splice(entries_.begin(), entries_, found);
    return entries_.front().form;
  }
  auto form = build(schema, param);
  const std::uint64_t needed = GrammarState::workspace_bytes(model_, form->grammar);
  if (needed > form_workspace_bytes(model_) || form->bytes.size() > largest_form ||
      form->grammar.list_count() > 0 || form->grammar.has_spans()) {
    throw unsupported(param, form->grammar.list_count() > 0 || form->grammar.has_spans()
                                 ? "lists and spans are given when a program starts, not here"
                                 : "the schema is too large for the memory of a seat");
  }
  entries_.push_front({schema, form});
  if (entries_.size() > remembered) entries_.pop_back();
  return form;
}

}  // namespace ringlet::serve

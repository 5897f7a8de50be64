#include "answer.hpp"

#include <algorithm>

#include "ringlet/linux/failure.hpp"

namespace ringlet::cli {
namespace {

TokenTrie open_trie(const LoadedGrammar& grammar, const LoadedModel& model,
                    const Session& session) {
  if (grammar.trie.empty()) return port::value_of(model.path, TokenTrie::open(model.model));
  const auto words = std::as_bytes(std::span(grammar.trie));
  const std::span<std::byte> memory = session.token_trie_memory().first(words.size());
  std::ranges::copy(words, memory.begin());
  return port::value_of(model.path, TokenTrie::open(model.model, memory));
}

GrammarState open_state(const LoadedGrammar& grammar, const LoadedModel& model,
                        const Session& session) {
  GrammarState state = port::value_of(
      grammar.path, GrammarState::create(open_trie(grammar, model, session), grammar.grammar,
                                         grammar.options, session.grammar_workspace()));
  if (!grammar.lists_path.empty()) port::check(grammar.lists_path, state.set_lists(grammar.lists));
  return state;
}

}  // namespace

Answer::Answer(const LoadedGrammar& grammar, const LoadedModel& model, const Tokenizer& tokenizer,
               Session& session, Sampler& sampler, const Drafter& other, bool counts)
    : grammar_(grammar),
      state_(open_state(grammar, model, session)),
      sampler_(sampler, state_, counts ? &confidence_ : nullptr),
      forced_(state_, tokenizer, session.tokenizer_workspace(), other),
      drafts_(session.config().draft_tokens) {}

void Answer::begin(std::string_view request, bool beginning) {
  if (grammar_.grammar.has_spans()) {
    const Status status = state_.set_span(request);
    if (status.code() == ErrorCode::not_enough_memory) {
      throw port::Failure("prompt: longer than the " +
                          std::to_string(GrammarOptions::most_span_bytes) +
                          " bytes whose parts a grammar can take");
    }
    port::check("prompt", status);
  }
  const Status status = state_.reset(beginning);
  if (!status.ok() && status.where() == std::string_view("lists")) {
    throw port::Failure(
        grammar_.path + ": needs words in the list '" +
        std::string(grammar_.grammar.list_name(static_cast<std::uint32_t>(status.index()))) +
        "'; give them with --lists");
  }
  if (!status.ok() && status.where() == std::string_view("grammar")) {
    throw port::Failure(grammar_.path + ": takes a piece of the request, which has none");
  }
  port::check(grammar_.path, status);
  confidence_.reset();
}

}  // namespace ringlet::cli

// Answers under a grammar: each from where the texts of the session begin.
#include "ringlet/constrained_sampler.hpp"

#include "export.hpp"
#include "failure.hpp"
#include "seat.hpp"

namespace ringlet::port {
namespace {

bool has_list(const WordLists& lists, std::string_view name) {
  for (std::uint32_t i = 0; i < lists.count(); ++i) {
    if (lists.name(i) == name) return true;
  }
  return false;
}

}  // namespace

/// Lets answers follow a grammar, aligned to 4, which must stay. 0 span bytes: as many as can be.
RINGLET_EXPORT(seat_grammar)
bool seat_grammar(Seat* seat, const std::byte* bytes, std::size_t size, std::uint32_t span_bytes) {
  TokenTrie trie;
  if (!store(seat->grammar, Grammar::open({bytes, size})) ||
      !store(trie, TokenTrie::open(seat->model))) {
    return false;
  }
  if (span_bytes != 0 && !seat->grammar.has_spans()) {
    return succeeds({ErrorCode::invalid_argument, "span_bytes",
                     "the grammar takes no parts of a text; leave the option out"});
  }
  const std::uint32_t most = span_bytes == 0 ? GrammarOptions::most_span_bytes : span_bytes;
  seat->grammar_options.span_bytes = seat->grammar.has_spans() ? most : 0;
  seat->config.grammar_bytes =
      GrammarState::workspace_bytes(seat->model, seat->grammar, seat->grammar_options);
  return true;
}

/// Fills the grammar's lists with words, aligned to 4, which must stay. A list that the file lacks
/// is more likely a slip than an empty one.
RINGLET_EXPORT(seat_lists)
bool seat_lists(Seat* seat, const std::byte* bytes, std::size_t size) {
  if (!store(seat->lists, WordLists::open({bytes, size}))) return false;
  for (std::uint32_t i = 0; i < seat->grammar.list_count(); ++i) {
    if (has_list(seat->lists, seat->grammar.list_name(i))) continue;
    return succeeds(
        Status(ErrorCode::invalid_argument, "lists", "lacks a list of the grammar").at(i));
  }
  return true;
}

/// Creates the state of answers, after the session.
RINGLET_EXPORT(answer_create) bool answer_create(Seat* seat) {
  TokenTrie trie;
  return store(trie, TokenTrie::open(seat->model)) &&
         store(seat->state, GrammarState::create(trie, seat->grammar, seat->grammar_options,
                                                 seat->session.grammar_workspace())) &&
         (seat->lists.count() == 0 || succeeds(seat->state.set_lists(seat->lists)));
}

/// Whether the session answers under a grammar.
RINGLET_EXPORT(answers) bool answers(const Seat* seat) { return seat->grammar.tables() != nullptr; }

/// Begins the answer to a line, which must stay until the answer has ended.
RINGLET_EXPORT(answer_begin)
bool answer_begin(Seat* seat, const char* line, std::size_t size) {
  seat->confidence.reset();
  const std::string_view span(line, size);
  return succeeds(begin_text(*seat)) &&
         (!seat->grammar.has_spans() || succeeds(seat->state.set_span(span))) &&
         succeeds(seat->state.reset());
}

/// Appends the request, of which `literal` bytes at `begin` are the line, by way of `room` tokens.
/// With `special`, the rest of it can have control tokens. The seat's number is that of the tokens.
RINGLET_EXPORT(answer_prompt)
bool answer_prompt(Seat* seat, const char* text, std::size_t size, std::size_t begin,
                   std::size_t literal, bool special, TokenId* room, std::size_t room_size) {
  Detokenizer detokenizer(seat->tokenizer, seat->session.position() == 0);
  const std::string_view request(text, size);
  const PromptOptions options = {.control_tokens = {.enabled = special,
                                                    .literal = request.substr(begin, literal),
                                                    .literal_is_plain = special},
                                 .sampler = &seat->sampler,
                                 .detokenizer = &detokenizer,
                                 .room = {room, room_size}};
  if (!store(seat->number, prefill_text(seat->session, seat->tokenizer, request, options))) {
    return false;
  }
  seat->detokenizer = detokenizer;
  return true;
}

/// Chooses the next token of the answer. Whether the answer goes on with it.
RINGLET_EXPORT(answer_sample) bool answer_sample(Seat* seat) {
  ConstrainedSampler sampler(seat->sampler, seat->state, &seat->confidence);
  const TokenId token = sampler.sample(seat->session.logits());
  seat->number = token;
  return token != Sampler::none && !seat->tokenizer.ends_text(token);
}
/// The text that is complete with the chosen token.
RINGLET_EXPORT(answer_text) const char* answer_text(Seat* seat) {
  seat->text = seat->detokenizer.next_bytes(seat->state.text());
  return seat->text.data();
}
RINGLET_EXPORT(answer_confidence) float answer_confidence(const Seat* seat) {
  return seat->confidence.confidence();
}
RINGLET_EXPORT(answer_allowed) float answer_allowed(const Seat* seat) {
  return seat->confidence.allowed();
}
/// Whether the answer can end where it does.
RINGLET_EXPORT(answer_complete) bool answer_complete(const Seat* seat) {
  return seat->state.done() || seat->state.ended();
}

}  // namespace ringlet::port

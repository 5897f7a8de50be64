#include "c/convert.hpp"
#include "ringlet/confidence.hpp"
#include "ringlet/grammar_state.hpp"

using ringlet::Confidence;
using ringlet::Grammar;
using ringlet::GrammarOptions;
using ringlet::GrammarState;
using ringlet::Sampler;
using ringlet::Session;
using ringlet::TokenTrie;
using ringlet::WordList;
using ringlet::WordLists;
using ringlet::c::bytes_of;
using ringlet::c::object;
using ringlet::c::place_result;
using ringlet::c::to_c;

namespace {

GrammarOptions from_c(const ringlet_grammar_options& options) {
  return {.undo_tokens = options.undo_tokens, .span_bytes = options.span_bytes};
}

WordList from_c(const ringlet_word_list& list) {
  return {.text = list.text, .ends = list.ends, .begin = list.begin, .count = list.count};
}

ringlet_word_list list_to_c(const WordList& list) {
  return {.text = list.text, .ends = list.ends, .begin = list.begin, .count = list.count};
}

ringlet::WordSource source_of(const ringlet_text* words, std::size_t count) {
  return {words,
          [](const void* array, std::size_t i) noexcept {
            const ringlet_text& text = static_cast<const ringlet_text*>(array)[i];
            return std::string_view(text.data, text.size);
          },
          count};
}

static_assert(sizeof(Confidence) == sizeof(ringlet_confidence));

}  // namespace

ringlet_status ringlet_grammar_open(ringlet_grammar* grammar, const void* bytes, size_t size) {
  return place_result(*grammar, Grammar::open(bytes_of(bytes, size)));
}

uint32_t ringlet_grammar_list_count(const ringlet_grammar* grammar) {
  return object<Grammar>(*grammar).list_count();
}

ringlet_text ringlet_grammar_list_name(const ringlet_grammar* grammar, uint32_t index) {
  return to_c(object<Grammar>(*grammar).list_name(index));
}

uint64_t ringlet_words_sorted_bytes(const ringlet_text* words, size_t count) {
  return ringlet::sorted_words_bytes(source_of(words, count));
}

ringlet_status ringlet_words_sort(ringlet_word_list* list, const ringlet_text* words, size_t count,
                                  ringlet_span memory) {
  const auto sorted = ringlet::sort_words(source_of(words, count), ringlet::c::from_c(memory));
  if (sorted.ok()) *list = list_to_c(*sorted);
  return to_c(sorted.status());
}

ringlet_status ringlet_word_lists_open(ringlet_word_lists* lists, const void* bytes, size_t size) {
  return place_result(*lists, WordLists::open(bytes_of(bytes, size)));
}

uint32_t ringlet_word_lists_count(const ringlet_word_lists* lists) {
  return object<WordLists>(*lists).count();
}

ringlet_text ringlet_word_lists_name(const ringlet_word_lists* lists, uint32_t index) {
  return to_c(object<WordLists>(*lists).name(index));
}

ringlet_word_list ringlet_word_lists_get(const ringlet_word_lists* lists, uint32_t index) {
  return list_to_c(object<WordLists>(*lists).list(index));
}

ringlet_status ringlet_token_trie_open(ringlet_token_trie* trie, const ringlet_model* model) {
  return place_result(*trie, TokenTrie::open(object<ringlet::Model>(*model)));
}

ringlet_status ringlet_token_trie_open_memory(ringlet_token_trie* trie, const ringlet_model* model,
                                              const void* words, size_t size) {
  return place_result(*trie,
                      TokenTrie::open(object<ringlet::Model>(*model), bytes_of(words, size)));
}

uint64_t ringlet_grammar_workspace_bytes(const ringlet_model* model, const ringlet_grammar* grammar,
                                         const ringlet_grammar_options* options) {
  return GrammarState::workspace_bytes(object<ringlet::Model>(*model), object<Grammar>(*grammar),
                                       from_c(*options));
}

ringlet_span ringlet_session_grammar_workspace(const ringlet_session* session) {
  return to_c(object<Session>(*session).grammar_workspace());
}

ringlet_span ringlet_session_token_trie_memory(const ringlet_session* session) {
  return to_c(object<Session>(*session).token_trie_memory());
}

ringlet_status ringlet_grammar_create(ringlet_grammar_state* state, const ringlet_token_trie* trie,
                                      const ringlet_grammar* grammar,
                                      const ringlet_grammar_options* options,
                                      ringlet_span workspace) {
  return place_result(*state,
                      GrammarState::create(object<TokenTrie>(*trie), object<Grammar>(*grammar),
                                           from_c(*options), ringlet::c::from_c(workspace)));
}

ringlet_status ringlet_grammar_set_list(ringlet_grammar_state* state, const char* name,
                                        const ringlet_word_list* words) {
  return to_c(object<GrammarState>(*state).set_list(name, from_c(*words)));
}

ringlet_status ringlet_grammar_set_lists(ringlet_grammar_state* state,
                                         const ringlet_word_lists* lists) {
  return to_c(object<GrammarState>(*state).set_lists(object<WordLists>(*lists)));
}

ringlet_status ringlet_grammar_set_span(ringlet_grammar_state* state, const char* text,
                                        size_t size) {
  return to_c(object<GrammarState>(*state).set_span({text, size}));
}

ringlet_status ringlet_grammar_reset(ringlet_grammar_state* state, bool beginning) {
  return to_c(object<GrammarState>(*state).reset(beginning));
}

const uint32_t* ringlet_grammar_mask(ringlet_grammar_state* state, size_t* words) {
  const auto mask = object<GrammarState>(*state).mask();
  if (words != nullptr) *words = mask.size();
  return mask.data();
}

bool ringlet_grammar_allows(const ringlet_grammar_state* state, ringlet_token token) {
  return object<GrammarState>(*state).allows(token);
}

bool ringlet_grammar_accept(ringlet_grammar_state* state, ringlet_token token) {
  return object<GrammarState>(*state).accept(token);
}

ringlet_text ringlet_grammar_text(const ringlet_grammar_state* state) {
  return to_c(object<GrammarState>(*state).text());
}

ringlet_status ringlet_grammar_undo(ringlet_grammar_state* state, uint32_t tokens) {
  return to_c(object<GrammarState>(*state).undo(tokens));
}

uint32_t ringlet_grammar_undoable(const ringlet_grammar_state* state) {
  return object<GrammarState>(*state).undoable();
}

bool ringlet_grammar_done(const ringlet_grammar_state* state) {
  return object<GrammarState>(*state).done();
}

bool ringlet_grammar_ended(const ringlet_grammar_state* state) {
  return object<GrammarState>(*state).ended();
}

size_t ringlet_grammar_forced(ringlet_grammar_state* state, char* out, size_t capacity) {
  return object<GrammarState>(*state).forced({out, capacity});
}

size_t ringlet_grammar_forced_text(ringlet_grammar_state* state, char* out, size_t capacity) {
  return object<GrammarState>(*state).forced_text({out, capacity});
}

uint64_t ringlet_grammar_saved_bytes(const ringlet_grammar_state* state) {
  return object<GrammarState>(*state).saved_bytes();
}

ringlet_status ringlet_grammar_save(const ringlet_grammar_state* state, ringlet_span out) {
  return to_c(object<GrammarState>(*state).save(ringlet::c::from_c(out)));
}

ringlet_status ringlet_grammar_restore(ringlet_grammar_state* state, const void* saved,
                                       size_t size) {
  return to_c(object<GrammarState>(*state).restore(bytes_of(saved, size)));
}

ringlet_token ringlet_sampler_sample_masked(ringlet_sampler* sampler, const float* logits,
                                            size_t count, const uint32_t* mask, size_t words) {
  return object<Sampler>(*sampler).sample({logits, count}, {mask, words});
}

ringlet_token ringlet_grammar_sample(ringlet_grammar_state* state, ringlet_sampler* sampler,
                                     const float* logits, size_t count) {
  return ringlet::sample(object<Sampler>(*sampler), object<GrammarState>(*state), {logits, count});
}

ringlet_confidence ringlet_confidence_begin(void) { return {1.0F, 1.0F}; }

void ringlet_confidence_observe(ringlet_confidence* confidence, const float* logits, size_t count,
                                const uint32_t* mask, size_t words, ringlet_token chosen) {
  Confidence so_far(confidence->confidence, confidence->allowed);
  so_far.observe({logits, count}, {mask, words}, chosen);
  *confidence = {so_far.confidence(), so_far.allowed()};
}

void ringlet_probability_print(float probability, char* out) {
  out[ringlet::print_probability(probability, {out, 5}).size()] = '\0';
}

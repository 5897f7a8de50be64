/* Texts that follow a grammar, and how sure a model is of them. The contracts are in
   ringlet/grammar.hpp, token_trie.hpp, grammar_state.hpp and confidence.hpp. */
#ifndef RINGLET_C_GRAMMAR_H
#define RINGLET_C_GRAMMAR_H

#include "ringlet/c/session.h"
#include "ringlet/c/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A view of a compiled grammar. Can be copied; its bytes must outlive it. */
typedef struct ringlet_grammar {
  uint64_t opaque[2];
} ringlet_grammar;

/* Verifies a file of `ringlet-grammar`. `bytes` must be aligned to 4. */
ringlet_status ringlet_grammar_open(ringlet_grammar* grammar, const void* bytes, size_t size);
/* The lists that are given at run time; a name is empty if there is no such list. */
uint32_t ringlet_grammar_list_count(const ringlet_grammar* grammar);
ringlet_text ringlet_grammar_list_name(const ringlet_grammar* grammar, uint32_t index);

/* Words of which a grammar takes one. Can be copied; what it points to must outlive it. */
typedef struct ringlet_word_list {
  const char* text;
  const uint32_t* ends;
  uint32_t begin;
  uint32_t count;
} ringlet_word_list;

/* Size in bytes of the memory for ringlet_words_sort. */
uint64_t ringlet_words_sorted_bytes(const ringlet_text* words, size_t count);
/* Copies words into `memory`, which must be aligned to 4, and sorts them. */
ringlet_status ringlet_words_sort(ringlet_word_list* list, const ringlet_text* words, size_t count,
                                  ringlet_span memory);

/* A view of a file of named lists. Can be copied; its bytes must outlive it. */
typedef struct ringlet_word_lists {
  uint64_t opaque[1];
} ringlet_word_lists;

/* Verifies a file of lists. `bytes` must be aligned to 4. */
ringlet_status ringlet_word_lists_open(ringlet_word_lists* lists, const void* bytes, size_t size);
uint32_t ringlet_word_lists_count(const ringlet_word_lists* lists);
ringlet_text ringlet_word_lists_name(const ringlet_word_lists* lists, uint32_t index);
ringlet_word_list ringlet_word_lists_get(const ringlet_word_lists* lists, uint32_t index);

/* The tokens of a vocabulary by their bytes. Can be copied; the model's bytes must outlive it. */
typedef struct ringlet_token_trie {
  uint64_t opaque[4];
} ringlet_token_trie;

/* The trie of a model file. Fails with RINGLET_UNSUPPORTED if it has none. */
ringlet_status ringlet_token_trie_open(ringlet_token_trie* trie, const ringlet_model* model);
/* The same for a trie in memory, at an address that is a multiple of 4. */
ringlet_status ringlet_token_trie_open_memory(ringlet_token_trie* trie, const ringlet_model* model,
                                              const void* words, size_t size);

/* What costs memory: tokens that can be taken back, and the longest text for spans. */
typedef struct ringlet_grammar_options {
  uint32_t undo_tokens;
  uint32_t span_bytes;
} ringlet_grammar_options;

/* Says which tokens can come next. Its workspace must outlive it; copies share it. */
typedef struct ringlet_grammar_state {
  void* state;
} ringlet_grammar_state;

/* Size in bytes of the workspace, for ringlet_config.grammar_bytes. */
uint64_t ringlet_grammar_workspace_bytes(const ringlet_model* model, const ringlet_grammar* grammar,
                                         const ringlet_grammar_options* options);
/* Memory that the plan reserves for a state, and for a trie that is built in memory. */
ringlet_span ringlet_session_grammar_workspace(const ringlet_session* session);
ringlet_span ringlet_session_token_trie_memory(const ringlet_session* session);
/* Creates a state with empty lists. The workspace must be aligned to 8. */
ringlet_status ringlet_grammar_create(ringlet_grammar_state* state, const ringlet_token_trie* trie,
                                      const ringlet_grammar* grammar,
                                      const ringlet_grammar_options* options,
                                      ringlet_span workspace);
/* Fills one list, all lists of a file, or the text of spans. What they point to must stay. */
ringlet_status ringlet_grammar_set_list(ringlet_grammar_state* state, const char* name,
                                        const ringlet_word_list* words);
ringlet_status ringlet_grammar_set_lists(ringlet_grammar_state* state,
                                         const ringlet_word_lists* lists);
ringlet_status ringlet_grammar_set_span(ringlet_grammar_state* state, const char* text,
                                        size_t size);
/* Begins a text; needed after lists or span have changed. */
ringlet_status ringlet_grammar_reset(ringlet_grammar_state* state, bool beginning);
/* The mask of the tokens that can come next: a bit for each, `words` words. Valid until the next
   call. `words` can be null. */
const uint32_t* ringlet_grammar_mask(ringlet_grammar_state* state, size_t* words);
/* Whether one token can come next. */
bool ringlet_grammar_allows(const ringlet_grammar_state* state, ringlet_token token);
/* Appends a token; returns false, and changes nothing, if it cannot come next. */
bool ringlet_grammar_accept(ringlet_grammar_state* state, ringlet_token token);
/* The part of the last token that belongs to the text of the answer, for
   ringlet_detokenizer_next_bytes. Valid until the next call that changes the state. */
ringlet_text ringlet_grammar_text(const ringlet_grammar_state* state);
/* Takes back the last tokens. */
ringlet_status ringlet_grammar_undo(ringlet_grammar_state* state, uint32_t tokens);
uint32_t ringlet_grammar_undoable(const ringlet_grammar_state* state);
/* Whether the text may end here, and whether a token has ended it. */
bool ringlet_grammar_done(const ringlet_grammar_state* state);
bool ringlet_grammar_ended(const ringlet_grammar_state* state);
/* Writes the bytes that every text goes on with, and returns their number. */
size_t ringlet_grammar_forced(ringlet_grammar_state* state, char* out, size_t capacity);
/* The same without the spaces that ringlet_grammar_text leaves out. */
size_t ringlet_grammar_forced_text(ringlet_grammar_state* state, char* out, size_t capacity);
/* Writes the state for ringlet_grammar_restore, and continues from it. */
uint64_t ringlet_grammar_saved_bytes(const ringlet_grammar_state* state);
ringlet_status ringlet_grammar_save(const ringlet_grammar_state* state, ringlet_span out);
ringlet_status ringlet_grammar_restore(ringlet_grammar_state* state, const void* saved,
                                       size_t size);

/* Samples among the tokens of a mask; returns RINGLET_NO_TOKEN if it allows none. */
ringlet_token ringlet_sampler_sample_masked(ringlet_sampler* sampler, const float* logits,
                                            size_t count, const uint32_t* mask, size_t words);
/* Samples the next token of a text that follows a grammar. */
ringlet_token ringlet_grammar_sample(ringlet_grammar_state* state, ringlet_sampler* sampler,
                                     const float* logits, size_t count);

/* How sure a model was of a text, under the softmax of the raw logits: the product of the
   probabilities of its tokens, and the least that a step left to the allowed tokens together. */
typedef struct ringlet_confidence {
  float confidence;
  float allowed;
} ringlet_confidence;

/* Before the first token. */
ringlet_confidence ringlet_confidence_begin(void);
/* Counts a token. Without words the mask allows all. */
void ringlet_confidence_observe(ringlet_confidence* confidence, const float* logits, size_t count,
                                const uint32_t* mask, size_t words, ringlet_token chosen);
/* Writes three digits after the point, "0.973", and a zero; `out` has 6 characters. */
void ringlet_probability_print(float probability, char* out);

#ifdef __cplusplus
}
#endif
#endif

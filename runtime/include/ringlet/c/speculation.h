/* Speculative decoding. The contracts are in ringlet/speculation.hpp, drafter.hpp,
   draft_length.hpp, lookup.hpp, draft_model.hpp and draft_text.hpp. */
#ifndef RINGLET_C_SPECULATION_H
#define RINGLET_C_SPECULATION_H

#include "ringlet/c/session.h"
#include "ringlet/c/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Appends 1 to config.draft_tokens + 1 tokens in one pass, with logits after each. */
ringlet_status ringlet_session_verify(ringlet_session* session, const ringlet_token* tokens,
                                      size_t count);
/* Logits after token `row` of the last ringlet_session_verify; null if there is no such row. */
const float* ringlet_session_logits_row(const ringlet_session* session, uint32_t row);
/* Memory that the plan reserves for a lookup, and for the session of a draft model. */
ringlet_span ringlet_session_lookup_workspace(const ringlet_session* session);
ringlet_span ringlet_session_draft_memory(const ringlet_session* session);

/* Proposes tokens that a text is likely to continue with. `draft` writes at most `capacity` tokens
   and returns their number; `observe` is told every token of the text once. Both can be null. */
typedef struct ringlet_drafter {
  size_t (*draft)(void* user_data, ringlet_token* tokens, size_t capacity);
  void (*observe)(void* user_data, const ringlet_token* tokens, size_t count);
  void* user_data;
} ringlet_drafter;

/* Drafts what followed the last time that the text's last tokens occurred. Can be copied before its
   first use as a drafter. */
typedef struct ringlet_lookup {
  uint64_t opaque[6];
} ringlet_lookup;

/* Size in bytes of the workspace for the newest `window` tokens. */
uint64_t ringlet_lookup_workspace_bytes(uint32_t window);
/* Creates a lookup. The workspace must be aligned to 4 and can be
   ringlet_session_lookup_workspace(). */
ringlet_status ringlet_lookup_create(ringlet_lookup* lookup, uint32_t window,
                                     ringlet_span workspace);
/* Forgets the text. */
void ringlet_lookup_reset(ringlet_lookup* lookup);
/* The lookup as a drafter; the struct must keep its address. */
ringlet_drafter ringlet_lookup_drafter(ringlet_lookup* lookup);

/* Drafts with a smaller model of the same vocabulary. */
typedef struct ringlet_draft_model {
  uint64_t opaque[48];
} ringlet_draft_model;

/* `session` is that of the smaller model, at position 0. Error: RINGLET_INVALID_ARGUMENT for
   another vocabulary. */
ringlet_status ringlet_draft_model_create(ringlet_draft_model* model, const ringlet_model* target,
                                          const ringlet_session* session);
/* The model as a drafter; the struct must keep its address. */
ringlet_drafter ringlet_draft_model_drafter(ringlet_draft_model* model);

/* Drafts with a smaller model of any vocabulary. */
typedef struct ringlet_draft_text {
  uint64_t opaque[304];
} ringlet_draft_text;

/* `session` is that of the smaller model, at position 0. Error: RINGLET_UNSUPPORTED if one of the
   models has no tokenizer. */
ringlet_status ringlet_draft_text_create(ringlet_draft_text* text, const ringlet_model* target,
                                         const ringlet_session* session);
/* The model as a drafter; the struct must keep its address. */
ringlet_drafter ringlet_draft_text_drafter(ringlet_draft_text* text);

/* Chooses how many tokens to draft. Can be copied. */
typedef struct ringlet_draft_length {
  uint64_t opaque[12];
} ringlet_draft_length;

/* Always `tokens`. */
ringlet_draft_length ringlet_draft_length_fixed(uint32_t tokens);
/* The best length for the measured costs of passes over 1 … `count` tokens and of drafting one, in
   one unit. */
ringlet_draft_length ringlet_draft_length_best(const float* pass_costs, size_t count,
                                               float draft_cost);
/* The running estimate of the probability that a drafted token is accepted. */
float ringlet_draft_length_acceptance(const ringlet_draft_length* length);

/* Receives the tokens of a text one by one; returns whether the text goes on. */
typedef struct ringlet_token_sink {
  bool (*take)(void* user_data, ringlet_token token);
  void* user_data;
} ringlet_token_sink;

/* What one round did. */
typedef struct ringlet_round {
  ringlet_token last; /* the last token that the sink took; not in the session yet */
  uint32_t emitted;
  uint32_t drafted;
  uint32_t accepted;
  bool ended; /* the sink ended the text */
} ringlet_round;

/* Appends `last`, which has been sampled, with proposals of the drafter in one pass, and samples
   what follows: the text that steps and samples alone would give. */
ringlet_status ringlet_speculate(ringlet_session* session, ringlet_sampler* sampler,
                                 const ringlet_drafter* drafter, ringlet_draft_length* length,
                                 ringlet_token last, const ringlet_token_sink* sink,
                                 ringlet_round* round);

/* Chooses the next token of a text from its logits: an application's own rule, or a sampler that a
   grammar restricts. Is called once for each token of the text, in order. */
typedef struct ringlet_token_chooser {
  ringlet_token (*choose)(void* user_data, const float* logits, size_t count);
  void* user_data;
} ringlet_token_chooser;

/* The same with a chooser in place of a sampler. */
ringlet_status ringlet_speculate_with(ringlet_session* session,
                                      const ringlet_token_chooser* chooser,
                                      const ringlet_drafter* drafter, ringlet_draft_length* length,
                                      ringlet_token last, const ringlet_token_sink* sink,
                                      ringlet_round* round);

#ifdef __cplusplus
}
#endif
#endif

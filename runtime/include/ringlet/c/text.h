/* Tokenizer, detokenizer and sampler. The contracts are in ringlet/tokenizer.hpp and
   sampler.hpp. */
#ifndef RINGLET_C_TEXT_H
#define RINGLET_C_TEXT_H

#include "ringlet/c/session.h"

#ifdef __cplusplus
extern "C" {
#endif

/* No token. */
#define RINGLET_NO_TOKEN ((ringlet_token)0xFFFFFFFF)

/* A view of a model's tokenizer. Can be copied; the model's bytes must outlive it. */
typedef struct ringlet_tokenizer {
  uint64_t opaque[2];
} ringlet_tokenizer;

/* The result of one call of ringlet_tokenizer_encode: tokens written, and bytes of the text
   consumed, always whole words. */
typedef struct ringlet_encoded {
  size_t tokens;
  size_t bytes;
  bool beginning; /* pass this to the next call, with the rest of the text */
} ringlet_encoded;

/* How to treat the spelling of a control token in a text. If `enabled`, it becomes the token,
   except in the part `literal`, which can be empty and must lie within the text. If
   `literal_is_plain`, user-defined pieces are ordinary characters in that part too. */
typedef struct ringlet_control_tokens {
  ringlet_text literal;
  bool enabled;
  bool literal_is_plain;
} ringlet_control_tokens;

/* Fails with RINGLET_UNSUPPORTED if the model has no tokenizer. */
ringlet_status ringlet_tokenizer_open(ringlet_tokenizer* tokenizer, const ringlet_model* model);
/* Size in bytes of the workspace for words of up to `longest_word` bytes. */
uint64_t ringlet_tokenizer_workspace_bytes(uint32_t longest_word);

/* Encodes as many whole words from the start of `text` as fit into `capacity` tokens; call again
   with the rest. `beginning` is true at the start of a text. The workspace can be
   ringlet_session_tokenizer_workspace(). If `control_tokens` is null, control tokens are ordinary
   characters. */
ringlet_status ringlet_tokenizer_encode(const ringlet_tokenizer* tokenizer, const char* text,
                                        size_t size, bool beginning, ringlet_span workspace,
                                        ringlet_token* tokens, size_t capacity,
                                        const ringlet_control_tokens* control_tokens,
                                        ringlet_encoded* encoded);

/* The bytes of a token as stored; empty if the id is out of range. */
ringlet_text ringlet_tokenizer_piece(const ringlet_tokenizer* tokenizer, ringlet_token token);
/* Returns the token with exactly these bytes, or RINGLET_NO_TOKEN. */
ringlet_token ringlet_tokenizer_find(const ringlet_tokenizer* tokenizer, const char* piece,
                                     size_t size);
/* Whether a token is a control token, which the detokenizer prints as nothing. */
bool ringlet_tokenizer_is_control(const ringlet_tokenizer* tokenizer, ringlet_token token);
/* Whether a token stands for a single byte. If so, stores the byte in `value` unless that is
   null. */
bool ringlet_tokenizer_is_byte(const ringlet_tokenizer* tokenizer, ringlet_token token,
                               uint8_t* value);
/* The tokens for the beginning and the end of a text, or RINGLET_NO_TOKEN if the vocabulary has
   none. */
ringlet_token ringlet_tokenizer_bos(const ringlet_tokenizer* tokenizer);
ringlet_token ringlet_tokenizer_eos(const ringlet_tokenizer* tokenizer);
/* Whether this token ends a reply. */
bool ringlet_tokenizer_ends_reply(const ringlet_tokenizer* tokenizer, ringlet_token token);
/* Whether this token ends a text: one that ends a reply, or the begin-of-text token. */
bool ringlet_tokenizer_ends_text(const ringlet_tokenizer* tokenizer, ringlet_token token);
/* Whether the vocabulary wants the begin-of-text token at the start of a text. */
bool ringlet_tokenizer_adds_bos(const ringlet_tokenizer* tokenizer);
/* Whether encoding adds a space at the start of a text. */
bool ringlet_tokenizer_adds_space_prefix(const ringlet_tokenizer* tokenizer);

/* Turns a stream of tokens into text, in whole characters. */
typedef struct ringlet_detokenizer {
  uint64_t opaque[104];
} ringlet_detokenizer;

/* `beginning` is false if the text continues an earlier one. */
void ringlet_detokenizer_begin(ringlet_detokenizer* detokenizer, const ringlet_tokenizer* tokenizer,
                               bool beginning);
/* Returns the text that is complete with this token, valid until the next call. */
ringlet_text ringlet_detokenizer_next(ringlet_detokenizer* detokenizer, ringlet_token token);
/* The same for the bytes of a token, as ringlet_grammar_text returns them. */
ringlet_text ringlet_detokenizer_next_bytes(ringlet_detokenizer* detokenizer, const char* bytes,
                                            size_t size);
/* Ends the text. Returns U+FFFD if bytes of an incomplete character are left, otherwise nothing. */
ringlet_text ringlet_detokenizer_finish(ringlet_detokenizer* detokenizer);

/* Sampling options, applied in this order: repetition penalty, temperature, top-k, top-p, min-p,
   draw. */
typedef struct ringlet_sampler_options {
  float temperature; /* 0: greedy */
  uint32_t top_k;    /* 0: all */
  float top_p;       /* 1: all */
  float min_p;       /* 0: off */
  float repeat_penalty;
  uint32_t repeat_window;
  uint64_t seed;
} ringlet_sampler_options;

/* Greedy sampling, equal to the defaults of SamplerOptions in C++. */
ringlet_sampler_options ringlet_sampler_options_default(void);

/* Draws tokens reproducibly. Its workspace and kernels must outlive it. */
typedef struct ringlet_sampler {
  uint64_t opaque[12];
} ringlet_sampler;

/* Size in bytes of the workspace for a vocabulary and a repetition window. */
uint64_t ringlet_sampler_workspace_bytes(uint32_t vocab_size, uint32_t repeat_window);

/* A sampler with the kernels of the session, in the memory that the plan reserves for the session's
   only one. */
ringlet_status ringlet_session_sampler(const ringlet_session* session,
                                       const ringlet_sampler_options* options,
                                       ringlet_sampler* sampler);
/* The same without a session. The workspace must be aligned to 8. */
ringlet_status ringlet_sampler_create(ringlet_sampler* sampler,
                                      const ringlet_sampler_options* options, uint32_t vocab_size,
                                      ringlet_span workspace, const ringlet_kernels* kernels);
/* Chooses a token from `count` logits, one for each token of the vocabulary, and records it for the
   repetition penalty. */
ringlet_token ringlet_sampler_sample(ringlet_sampler* sampler, const float* logits, size_t count);
/* Records a token that was not sampled, such as a prompt token, for the repetition penalty. */
void ringlet_sampler_observe(ringlet_sampler* sampler, ringlet_token token);
/* Forgets the recent tokens and restarts the sequence of the seed. */
void ringlet_sampler_reset(ringlet_sampler* sampler);

/* A point in the random sequence of a seed. */
typedef struct ringlet_sampler_state {
  uint64_t seed;
  uint64_t draws;
} ringlet_sampler_state;

/* The current point, for ringlet_sampler_resume. */
ringlet_sampler_state ringlet_sampler_get_state(const ringlet_sampler* sampler);
/* Continues the sequence from `state`. The recent tokens are unchanged. */
void ringlet_sampler_resume(ringlet_sampler* sampler, const ringlet_sampler_state* state);

/* The tokens recorded for the repetition penalty. Index 0 is the oldest. */
uint32_t ringlet_sampler_recent_count(const ringlet_sampler* sampler);
ringlet_token ringlet_sampler_recent(const ringlet_sampler* sampler, uint32_t index);

#ifdef __cplusplus
}
#endif
#endif

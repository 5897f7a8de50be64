/* From text to logits in one call. The contracts are in ringlet/prompt.hpp. */
#ifndef RINGLET_C_PROMPT_H
#define RINGLET_C_PROMPT_H

#include "ringlet/c/chat.h"
#include "ringlet/c/session.h"
#include "ringlet/c/speculation.h"
#include "ringlet/c/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The sampling settings that the model file recommends, with seed 0. */
ringlet_sampler_options ringlet_model_sampler_options(const ringlet_model* model);

/* Whether the vocabulary's begin-of-text token is put before a text. */
typedef enum ringlet_bos {
  RINGLET_BOS_AUTOMATIC, /* at position 0, if the vocabulary asks for it */
  RINGLET_BOS_ALWAYS,
  RINGLET_BOS_NEVER
} ringlet_bos;

/* How a text is appended. All zeros are the defaults. */
typedef struct ringlet_prompt_options {
  ringlet_control_tokens control_tokens;
  ringlet_sampler* sampler;         /* optional; observes the tokens */
  ringlet_detokenizer* detokenizer; /* optional; sees the tokens */
  ringlet_progress progress;        /* counts tokens of the whole text */
  ringlet_token* room;              /* buffer between encoding and prefill; null uses the stack */
  size_t room_size;                 /* size of `room` in tokens */
  const ringlet_drafter* drafter;   /* optional; observes the tokens */
  ringlet_bos bos;
} ringlet_prompt_options;

/* Encodes `text` and appends its tokens to the session. `options` can be null, and so can `tokens`,
   which receives the number of tokens. */
ringlet_status ringlet_session_prefill_text(ringlet_session* session,
                                            const ringlet_tokenizer* tokenizer, ringlet_text text,
                                            const ringlet_prompt_options* options,
                                            uint64_t* tokens);

/* Like ringlet_session_prefill_text, for a turn of a conversation. `bos` and `control_tokens` of
   the options are ignored. */
ringlet_status ringlet_session_prefill_turn(ringlet_session* session,
                                            const ringlet_tokenizer* tokenizer,
                                            const ringlet_chat_turn* turn,
                                            const ringlet_prompt_options* options,
                                            uint64_t* tokens);

#ifdef __cplusplus
}
#endif
#endif

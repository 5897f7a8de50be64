/* From text to tokens, from logits to a token, and back to text: ringlet/tokenizer.hpp,
 * sampler.hpp. */
#ifndef RINGLET_C_TEXT_H
#define RINGLET_C_TEXT_H

#include "ringlet/c/model.h"

#ifdef __cplusplus
extern "C" {
#endif

#define RINGLET_NO_TOKEN ((ringlet_token)0xFFFFFFFF)

/* A view of a model's tokenizer. May be copied. */
typedef struct ringlet_tokenizer {
  uint64_t opaque[2];
} ringlet_tokenizer;

/* What one call of ringlet_encode did: tokens written, and bytes of the text consumed, always whole
 * words. */
typedef struct ringlet_encoded {
  size_t tokens;
  size_t bytes;
  bool beginning; /* what to say about the rest in the next call */
} ringlet_encoded;

/* What the spelling of a control token in a text means: the token, but for a literal part of the
   text, which may be empty. */
typedef struct ringlet_markup {
  ringlet_text literal;
  bool control_tokens;
} ringlet_markup;

/* Fails when the model has no tokenizer. */
ringlet_status ringlet_tokenizer_open(ringlet_tokenizer* tokenizer, const ringlet_model* model);
uint64_t ringlet_tokenizer_workspace_bytes(uint32_t longest_word);

/* Encodes as many whole words from the start of `text` as fit into `capacity` tokens; call again
   with the rest. `beginning` is true for the start of a text. The workspace can be
   ringlet_session_tokenizer_workspace(). `markup` may be null: control tokens are their letters. */
ringlet_status ringlet_encode(const ringlet_tokenizer* tokenizer, const char* text, size_t size,
                              bool beginning, ringlet_span workspace, ringlet_token* tokens,
                              size_t capacity, const ringlet_markup* markup,
                              ringlet_encoded* encoded);

ringlet_text ringlet_tokenizer_piece(const ringlet_tokenizer* tokenizer, ringlet_token token);
ringlet_token ringlet_tokenizer_find(const ringlet_tokenizer* tokenizer, const char* piece,
                                     size_t size);
bool ringlet_tokenizer_is_control(const ringlet_tokenizer* tokenizer, ringlet_token token);
/* Whether a token is one byte, and which. */
bool ringlet_tokenizer_is_byte(const ringlet_tokenizer* tokenizer, ringlet_token token,
                               uint8_t* value);
ringlet_token ringlet_tokenizer_bos(
    const ringlet_tokenizer* tokenizer); /* RINGLET_NO_TOKEN where there is none */
ringlet_token ringlet_tokenizer_eos(const ringlet_tokenizer* tokenizer);
/* Whether a reply is over with this token. */
bool ringlet_tokenizer_ends_reply(const ringlet_tokenizer* tokenizer, ringlet_token token);
bool ringlet_tokenizer_adds_bos(const ringlet_tokenizer* tokenizer);
bool ringlet_tokenizer_adds_space_prefix(const ringlet_tokenizer* tokenizer);

/* Turns tokens into text, whole characters at a time. */
typedef struct ringlet_detokenizer {
  uint64_t opaque[104];
} ringlet_detokenizer;

/* `beginning` is false where the text goes on from one before. */
void ringlet_detokenizer_begin(ringlet_detokenizer* detokenizer, const ringlet_tokenizer* tokenizer,
                               bool beginning);
/* The text that becomes certain with this token. Valid until the next call. */
ringlet_text ringlet_detokenizer_next(ringlet_detokenizer* detokenizer, ringlet_token token);
/* What is still held back at the end. */
ringlet_text ringlet_detokenizer_finish(ringlet_detokenizer* detokenizer);

/* The chain: repetition penalty, temperature, top-k, top-p, min-p, draw. */
typedef struct ringlet_sampler_options {
  float temperature; /* 0: greedy */
  uint32_t top_k;    /* 0: all */
  float top_p;       /* 1: all */
  float min_p;       /* 0: none is dropped */
  float repeat_penalty;
  uint32_t repeat_window;
  uint64_t seed;
} ringlet_sampler_options;

/* Greedy, nothing else: what C++ SamplerOptions begin with. */
ringlet_sampler_options ringlet_default_sampler_options(void);

typedef struct ringlet_sampler {
  uint64_t opaque[12];
} ringlet_sampler;

uint64_t ringlet_sampler_workspace_bytes(uint32_t vocab_size, uint32_t repeat_window);

/* The workspace, aligned to 8, can be ringlet_session_sampler_workspace(). */
ringlet_status ringlet_sampler_create(ringlet_sampler* sampler,
                                      const ringlet_sampler_options* options, uint32_t vocab_size,
                                      ringlet_span workspace);
/* Chooses a token by the scores of the whole vocabulary, `count` of them, and remembers it for the
 * repetition penalty. */
ringlet_token ringlet_sampler_sample(ringlet_sampler* sampler, const float* logits, size_t count);
/* Tells the repetition penalty of a token that was not sampled (the prompt). */
void ringlet_sampler_observe(ringlet_sampler* sampler, ringlet_token token);
void ringlet_sampler_reset(ringlet_sampler* sampler);

/* A place in the sequence of a seed. */
typedef struct ringlet_sampler_place {
  uint64_t seed;
  uint64_t draws;
} ringlet_sampler_place;

ringlet_sampler_place ringlet_sampler_get_place(const ringlet_sampler* sampler);
/* Goes on from there. The recent tokens stay. */
void ringlet_sampler_resume(ringlet_sampler* sampler, const ringlet_sampler_place* place);

/* The recent tokens, of which index 0 is the oldest. */
uint32_t ringlet_sampler_recent_count(const ringlet_sampler* sampler);
ringlet_token ringlet_sampler_recent(const ringlet_sampler* sampler, uint32_t index);

#ifdef __cplusplus
}
#endif
#endif

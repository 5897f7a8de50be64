/* Memory, kernels and the session itself: ringlet/config.hpp, memory_plan.hpp, kernels.hpp,
   team.hpp, execution.hpp, session.hpp, digest.hpp. */
#ifndef RINGLET_C_SESSION_H
#define RINGLET_C_SESSION_H

#include "ringlet/c/model.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The settings of a session; everything that costs memory is here. */
typedef struct ringlet_config {
  uint32_t context; /* 0: the length that the model was trained on */
  uint32_t sinks;
  ringlet_kv_formats kv;
  uint32_t hot_window;
  uint32_t prefill_chunk;
  uint32_t lanes;
  uint32_t longest_word;
  uint32_t repeat_window;
  bool allow_longer_context;
  bool sinks_in_image;        /* they stay in the image that ringlet_session_restore is given */
  uint64_t accelerator_bytes; /* for a ringlet_accelerator */
} ringlet_config;

/* The settings that a C++ Config begins with. */
ringlet_config ringlet_default_config(void);

enum { RINGLET_MAX_SECTIONS = 32, RINGLET_MEMORY_ALIGNMENT = 64 };

/* One part of the caller's memory, and the steps of a layer between which it is in use. */
typedef struct ringlet_section {
  const char* name;
  uint64_t offset;
  uint64_t bytes;
  uint8_t first_step;
  uint8_t last_step;
} ringlet_section;

/* Where everything lies in the caller's memory, the same on every target. */
typedef struct ringlet_plan {
  uint64_t total; /* bytes that a session needs */
  uint32_t count; /* of the sections in use */
  ringlet_section sections[RINGLET_MAX_SECTIONS];
} ringlet_plan;

/* Computes the memory that a session takes. */
ringlet_status ringlet_make_plan(const ringlet_model* model, const ringlet_config* config,
                                 ringlet_plan* plan);

/* The section of that name, or null. */
const ringlet_section* ringlet_plan_find(const ringlet_plan* plan, const char* name);

/* The longest context that fits into `bytes` with the other settings unchanged; 0 when none does.
 */
uint32_t ringlet_longest_context(const ringlet_model* model, const ringlet_config* config,
                                 uint64_t bytes);

/* A set of kernels. All sets give the same bits. */
typedef struct ringlet_kernels ringlet_kernels;

const ringlet_kernels* ringlet_scalar_kernels(void); /* every processor */
/* The others exist where they can be compiled; the application knows what its processor can run. */
const ringlet_kernels* ringlet_avx2_kernels(void);
const ringlet_kernels* ringlet_avxvnni_kernels(void);
const ringlet_kernels* ringlet_avx512_kernels(void);
const ringlet_kernels* ringlet_neon_kernels(void);
const ringlet_kernels* ringlet_dotprod_kernels(void);
const ringlet_kernels* ringlet_i8mm_kernels(void);
const ringlet_kernels* ringlet_helium_kernels(void);
const ringlet_kernels* ringlet_dsp_kernels(void);

const char* ringlet_kernels_name(const ringlet_kernels* kernels);
uint64_t ringlet_kernels_self_test(const ringlet_kernels* kernels);

/* Threads that the application lends. `run` calls work(argument, lane) once for each lane below
   `lanes`, at most those of the team, and returns when all are done. */
typedef struct ringlet_team {
  uint32_t lanes;
  void* self;
  void (*run)(void* self, uint32_t lanes, void (*work)(void* argument, uint32_t lane),
              void* argument);
} ringlet_team;

/* Choices of speed that change no result. */
typedef struct ringlet_execution {
  uint32_t decode_lanes;  /* 0: all */
  uint32_t prefill_lanes; /* 0: all */
  uint32_t prefetch_bytes;
} ringlet_execution;

ringlet_execution ringlet_default_execution(void);

/* Told after each chunk of a prefill; returning false stops it there. */
typedef struct ringlet_progress {
  bool (*report)(void* context, uint64_t done, uint64_t total);
  void* context;
} ringlet_progress;

/* y_t = W x_t for `tokens` vectors, `x_stride` and `y_stride` floats apart. Those of y have room
   for `rows` rounded up to 16, and what pads them must become zero. */
typedef struct ringlet_matrix_product {
  const void* matrix; /* where the codes of W begin in the model file */
  uint32_t rows;
  uint32_t columns;
  uint32_t tokens;
  const float* x;
  uint32_t x_stride;
  float* y;
  uint32_t y_stride;
} ringlet_matrix_product;

/* Computes products of several tokens on the lanes of the team and returns true, or returns false
   without touching y, and the kernels do it: ringlet/accelerator.hpp. */
typedef struct ringlet_accelerator {
  bool (*multiply)(void* self, const ringlet_team* team, const ringlet_matrix_product* product);
  void* self;
} ringlet_accelerator;

/* A handle to a session, which lives in the memory that it was created in. May be copied. */
typedef struct ringlet_session {
  void* state;
} ringlet_session;

/* Lays a session out in `size` bytes of `memory`, aligned to RINGLET_MEMORY_ALIGNMENT. `team` may
   be null: the caller's thread alone. Memory, kernels, what the team points to and the model's
   bytes must outlive the session. */
ringlet_status ringlet_session_create(ringlet_session* session, const ringlet_model* model,
                                      const ringlet_config* config, void* memory, size_t size,
                                      const ringlet_kernels* kernels, const ringlet_team* team);

/* Appends tokens, in chunks. `progress` may be null. A cancelled prefill keeps the chunks that were
 * finished. */
ringlet_status ringlet_session_prefill(ringlet_session* session, const ringlet_token* tokens,
                                       size_t count, const ringlet_progress* progress);
ringlet_status ringlet_session_step(ringlet_session* session, ringlet_token token);
ringlet_status ringlet_session_set_execution(ringlet_session* session,
                                             const ringlet_execution* execution);
/* Changes the bits of prefill; null ends that. The struct must stay where it is until then. */
ringlet_status ringlet_session_set_accelerator(ringlet_session* session,
                                               const ringlet_accelerator* accelerator);

/* The scores of the next token, one for each of the vocabulary; null before the first token. Valid
   until the next call that appends. */
const float* ringlet_session_logits(const ringlet_session* session);
uint64_t ringlet_session_position(const ringlet_session* session);
ringlet_status ringlet_session_truncate(ringlet_session* session, uint64_t position);
void ringlet_session_reset(ringlet_session* session);

ringlet_model ringlet_session_model(const ringlet_session* session);
ringlet_config ringlet_session_config(const ringlet_session* session);
void ringlet_session_plan(const ringlet_session* session, ringlet_plan* plan);
ringlet_span ringlet_session_tokenizer_workspace(const ringlet_session* session);
ringlet_span ringlet_session_sampler_workspace(const ringlet_session* session);
ringlet_span ringlet_session_accelerator_memory(const ringlet_session* session);

/* Which fixed sequence is decoded, and in what portions. */
typedef struct ringlet_digest_options {
  uint64_t tokens;
  uint32_t chunk;
  bool from_start; /* false: after what the session holds */
} ringlet_digest_options;

ringlet_digest_options ringlet_default_digest_options(void);

/* Decodes a fixed sequence of tokens and hashes the logits: equal on every machine. */
ringlet_status ringlet_digest(ringlet_session* session, const ringlet_digest_options* options,
                              uint64_t* digest);

/* Token `index` of that sequence. */
ringlet_token ringlet_digest_token(uint64_t index, uint32_t vocab_size, ringlet_token first);

#ifdef __cplusplus
}
#endif
#endif

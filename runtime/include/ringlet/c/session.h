/* Memory plan, kernels and the session. The contracts are in ringlet/config.hpp, memory_plan.hpp,
   kernels.hpp, team.hpp, execution.hpp, accelerator.hpp, session.hpp and digest.hpp. */
#ifndef RINGLET_C_SESSION_H
#define RINGLET_C_SESSION_H

#include "ringlet/c/model.h"
#include "ringlet/kernel_sets.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Settings that an application chooses for a session. Every setting that costs memory is here;
   ringlet/config.hpp explains each. Begin with ringlet_config_default(). */
typedef struct ringlet_config {
  uint32_t context; /* 0: the trained context */
  uint32_t sinks;
  ringlet_kv_formats kv;
  uint32_t hot_window;
  uint32_t prefill_chunk;
  uint32_t threads;
  uint32_t longest_word;
  uint32_t repeat_window;
  bool allow_longer_context;
  bool sinks_in_snapshot;     /* read the sinks in the snapshot passed to ringlet_session_restore */
  uint64_t accelerator_bytes; /* reserved for a ringlet_accelerator */
  uint32_t draft_tokens;      /* drafted tokens that ringlet_session_verify takes, at most */
  uint32_t lookup_window;     /* tokens that a ringlet_lookup remembers */
  uint64_t draft_bytes;       /* reserved for the session of a draft model */
  uint32_t rewind;            /* positions that a recurrent model's session can go back */
  uint64_t grammar_bytes;     /* reserved for a ringlet_grammar_state */
  uint64_t token_trie_bytes;  /* reserved for a trie of tokens that is built in memory */
} ringlet_config;

/* The default settings, equal to those of Config in C++. */
ringlet_config ringlet_config_default(void);

/* Alignment in bytes of the memory of a session. */
enum { RINGLET_MEMORY_ALIGNMENT = 64 };

/* The stages of a forward pass, in order. */
typedef enum ringlet_stage {
  RINGLET_STAGE_EMBED,
  RINGLET_STAGE_ATTENTION_NORM,
  RINGLET_STAGE_PROJECT_QKV,
  RINGLET_STAGE_ATTEND,
  RINGLET_STAGE_PROJECT_OUTPUT,
  RINGLET_STAGE_FFN_NORM,
  RINGLET_STAGE_GATE_UP,
  RINGLET_STAGE_DOWN,
  RINGLET_STAGE_LOGITS,
} ringlet_stage;

/* Human-readable name of a stage ("gate and up"). */
const char* ringlet_stage_name(ringlet_stage stage);

/* The possible sections of the caller's memory. */
typedef enum ringlet_section_id {
  RINGLET_SECTION_SESSION,
  RINGLET_SECTION_CACHE_LAYERS,
  RINGLET_SECTION_SINK_KEYS,
  RINGLET_SECTION_SINK_VALUES,
  RINGLET_SECTION_HOT_KEYS,
  RINGLET_SECTION_HOT_VALUES,
  RINGLET_SECTION_COLD_KEYS,
  RINGLET_SECTION_COLD_VALUES,
  RINGLET_SECTION_LOGITS,
  RINGLET_SECTION_SAMPLER,
  RINGLET_SECTION_TOKENIZER,
  RINGLET_SECTION_ROTARY_ANGLES,
  RINGLET_SECTION_KEY_BIAS_TABLE,
  RINGLET_SECTION_RESIDUAL,
  RINGLET_SECTION_GATE,
  RINGLET_SECTION_UP,
  RINGLET_SECTION_QUERIES,
  RINGLET_SECTION_KEYS,
  RINGLET_SECTION_VALUES,
  RINGLET_SECTION_ATTENDED,
  RINGLET_SECTION_ATTENTION_INPUT,
  RINGLET_SECTION_ATTENTION_INPUT_INT8,
  RINGLET_SECTION_ATTENDED_INT8,
  RINGLET_SECTION_ATTENTION_OUTPUT,
  RINGLET_SECTION_FFN_INPUT,
  RINGLET_SECTION_FFN_INPUT_INT8,
  RINGLET_SECTION_HIDDEN_INT8,
  RINGLET_SECTION_FFN_OUTPUT,
  RINGLET_SECTION_LOGITS_INPUT,
  RINGLET_SECTION_LOGITS_INPUT_INT8,
  RINGLET_SECTION_ATTENTION_WORKSPACES,
  RINGLET_SECTION_LOOKUP,
  RINGLET_SECTION_DRAFT_SESSION,
  RINGLET_SECTION_SESSIONS,
  RINGLET_SECTION_POOL_TABLES,
  RINGLET_SECTION_PREFIX_WINDOWS,
  RINGLET_SECTION_LOGITS_TILE,
  RINGLET_SECTION_BRANCH_PAGES,
  RINGLET_SECTION_BRANCH_TABLES,
  RINGLET_SECTION_RECURRENT_INPUTS,
  RINGLET_SECTION_RECURRENT_STATES,
  RINGLET_SECTION_ACCELERATOR,
  RINGLET_SECTION_GRAMMAR,
  RINGLET_SECTION_TOKEN_TRIE,
  RINGLET_SECTION_COUNT
} ringlet_section_id;

/* Human-readable name of a section ("hot keys"). */
const char* ringlet_section_name(ringlet_section_id id);

/* One section of the caller's memory: offset and size in bytes, and the stages during which it is
   in use. Sections whose lifetimes do not overlap share bytes. */
typedef struct ringlet_section {
  uint64_t offset;
  uint64_t bytes;
  ringlet_section_id id;
  ringlet_stage first_stage;
  ringlet_stage last_stage;
  bool permanent; /* keeps its content from one pass to the next */
} ringlet_section;

/* The layout of the caller's memory, identical on every target. */
typedef struct ringlet_plan {
  uint64_t total; /* bytes that the session needs */
  uint32_t count; /* number of entries in `sections` */
  ringlet_section sections[RINGLET_SECTION_COUNT];
} ringlet_plan;

/* Computes the memory that a session needs. A pure function. */
ringlet_status ringlet_plan_create(const ringlet_model* model, const ringlet_config* config,
                                   ringlet_plan* plan);

/* Returns the section, or null if the plan does not contain it. */
const ringlet_section* ringlet_plan_find(const ringlet_plan* plan, ringlet_section_id id);

/* Returns the longest context whose plan fits into `bytes` with all other settings unchanged, or 0
   if none fits. It is at most the trained one or, with allow_longer_context, config.context if that
   is longer. */
uint32_t ringlet_plan_longest_context(const ringlet_model* model, const ringlet_config* config,
                                      uint64_t bytes);

/* An opaque set of kernels for one instruction set. All sets compute the same bits. */
typedef struct ringlet_kernels ringlet_kernels;

const ringlet_kernels* ringlet_kernels_scalar(void); /* runs on every processor */
/* The other sets, such as ringlet_kernels_avx2(): kernel_sets.h lists those that a build for this
   architecture defines. The application must check that the processor supports the instructions. */
#define RINGLET_DECLARE_SET(name) const ringlet_kernels* ringlet_kernels_##name(void);
RINGLET_KERNEL_SETS(RINGLET_DECLARE_SET)
#undef RINGLET_DECLARE_SET
/* The best set that every processor of the build's target supports: on x86-64 the scalar one, ten
   times slower than AVX2. On Linux, take ringlet_kernels_best() (ringlet/linux/kernels.h). */
const ringlet_kernels* ringlet_kernels_baseline(void);

/* Name of a kernel set ("scalar"). */
const char* ringlet_kernels_name(const ringlet_kernels* kernels);
/* Runs every kernel of a set on fixed data and returns a hash of the results, which is the same for
   all sets. Takes about 100 microseconds and 16 KiB of stack. */
uint64_t ringlet_kernels_self_test(const ringlet_kernels* kernels);

/* Threads that the application lends. `run` must call work(argument, thread) exactly once for each
   thread in [0, threads), where `threads` is at most that of the team, and return when all calls
   have finished. */
typedef struct ringlet_team {
  uint32_t threads;
  void* user_data;
  void (*run)(void* user_data, uint32_t threads, void (*work)(void* argument, uint32_t thread),
              void* argument);
} ringlet_team;

/* Speed settings, which do not change results. */
typedef struct ringlet_execution {
  uint32_t decode_threads;  /* 0: the whole team */
  uint32_t prefill_threads; /* 0: the whole team */
  uint32_t prefetch_bytes;
} ringlet_execution;

/* The default settings, equal to those of Execution in C++. */
ringlet_execution ringlet_execution_default(void);

/* Reports the progress of a prefill. Called after each chunk; return false to stop. */
typedef struct ringlet_progress {
  bool (*report)(void* user_data, uint64_t done, uint64_t total);
  void* user_data;
} ringlet_progress;

/* y_t = W x_t for `tokens` vectors of floats, row-major with `x_stride` and `y_stride` floats
   between rows. Each row of y has room for `rows` rounded up to 16; the padding must be set to
   zero. */
typedef struct ringlet_matrix_product {
  const void* matrix; /* address of W's codes in the model file */
  uint32_t rows;
  uint32_t columns;
  uint32_t tokens;
  const float* x;
  uint32_t x_stride;
  float* y;
  uint32_t y_stride;
} ringlet_matrix_product;

/* Computes matrix products in place of the kernels. `multiply` computes a product of two or more
   tokens on the threads of `team` and returns true. If it returns false it must not have written to
   y, and the kernels compute the product instead. */
typedef struct ringlet_accelerator {
  bool (*multiply)(void* user_data, const ringlet_team* team,
                   const ringlet_matrix_product* product);
  void* user_data;
} ringlet_accelerator;

/* A handle to a session, which lives in the memory passed to ringlet_session_create. Can be
   copied. */
typedef struct ringlet_session {
  void* state;
} ringlet_session;

/* Creates a session in `size` bytes of `memory`, aligned to RINGLET_MEMORY_ALIGNMENT. A null `team`
   is the caller's thread alone. Memory, kernels, the objects that the team refers to and the
   model's bytes must outlive the session. */
ringlet_status ringlet_session_create(ringlet_session* session, const ringlet_model* model,
                                      const ringlet_config* config, void* memory, size_t size,
                                      const ringlet_kernels* kernels, const ringlet_team* team);

/* Appends tokens in chunks. `progress` can be null. A cancelled prefill keeps the finished
   chunks. */
ringlet_status ringlet_session_prefill(ringlet_session* session, const ringlet_token* tokens,
                                       size_t count, const ringlet_progress* progress);
/* Appends one token. */
ringlet_status ringlet_session_step(ringlet_session* session, ringlet_token token);
/* Changes how the session distributes its work. Results do not change. */
ringlet_status ringlet_session_set_execution(ringlet_session* session,
                                             const ringlet_execution* execution);
/* Makes `accelerator` compute matrix products of several tokens, which changes the bits of prefill;
   null ends that. The struct must keep its address until then. */
ringlet_status ringlet_session_set_accelerator(ringlet_session* session,
                                               const ringlet_accelerator* accelerator);

/* Scores for the next token, one for each token of the vocabulary. Null before the first token;
   valid until the next call that appends. */
const float* ringlet_session_logits(const ringlet_session* session);
/* Number of tokens appended so far. */
uint64_t ringlet_session_position(const ringlet_session* session);
/* Goes back to an earlier position. Error: RINGLET_OUT_OF_RANGE, where `needed` is the earliest
   possible one. */
ringlet_status ringlet_session_truncate(ringlet_session* session, uint64_t position);
/* Goes back to position 0. */
void ringlet_session_reset(ringlet_session* session);

/* The model, configuration and plan of a session. */
ringlet_model ringlet_session_model(const ringlet_session* session);
ringlet_config ringlet_session_config(const ringlet_session* session);
void ringlet_session_plan(const ringlet_session* session, ringlet_plan* plan);
/* Workspaces that the plan reserves for the tokenizer and an accelerator. */
ringlet_span ringlet_session_tokenizer_workspace(const ringlet_session* session);
ringlet_span ringlet_session_accelerator_memory(const ringlet_session* session);

/* How ringlet_session_digest decodes its fixed sequence. */
typedef struct ringlet_digest_options {
  uint64_t tokens;
  uint32_t chunk;
  bool from_start; /* false: continue after the tokens that the session holds */
} ringlet_digest_options;

/* The default options, equal to those of DigestOptions in C++. */
ringlet_digest_options ringlet_digest_options_default(void);

/* Decodes a fixed sequence of tokens and hashes the logits. The digest is equal on every
   machine. */
ringlet_status ringlet_session_digest(ringlet_session* session,
                                      const ringlet_digest_options* options, uint64_t* digest);

/* Returns token `index` of that sequence. */
ringlet_token ringlet_digest_token(uint64_t index, uint32_t vocab_size, ringlet_token first);

#ifdef __cplusplus
}
#endif
#endif

/* A model file, verified once and then read where it lies: ringlet/model.hpp, architecture.hpp,
 * formats.hpp. */
#ifndef RINGLET_C_MODEL_H
#define RINGLET_C_MODEL_H

#include "ringlet/c/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef uint32_t ringlet_token;

typedef enum ringlet_kv_format {
  RINGLET_KV_F32 = 0,
  RINGLET_KV_F16 = 1,
  RINGLET_KV_INT8 = 2,
  RINGLET_KV_INT4 = 3,
  RINGLET_KV_RECOMMENDED = 255 /* in a configuration: as the model recommends, layer by layer */
} ringlet_kv_format;

/* "int8"; "recommended" for that. */
const char* ringlet_kv_format_name(ringlet_kv_format format);

/* The formats of a layer's keys and values. */
typedef struct ringlet_kv_formats {
  ringlet_kv_format keys;
  ringlet_kv_format values;
} ringlet_kv_formats;

typedef enum ringlet_norm_kind { RINGLET_NORM_RMS = 0, RINGLET_NORM_LAYER = 1 } ringlet_norm_kind;

typedef enum ringlet_activation {
  RINGLET_SILU = 0,
  RINGLET_GELU_TANH = 1,
  RINGLET_GELU_ERF = 2
} ringlet_activation;

typedef struct ringlet_architecture {
  uint32_t vocab_size;
  uint32_t dim;
  uint32_t hidden_dim;
  uint32_t layers;
  uint32_t heads;
  uint32_t kv_heads;
  uint32_t head_dim;
  uint32_t rotary_dim;
  uint32_t context;
  float norm_epsilon;
  float attention_scale;
  bool tied_head;
  ringlet_norm_kind norm;
  ringlet_activation activation;
  float embedding_scale;
  float attention_softcap; /* 0: none */
  float logit_softcap;
  float rotary_scale;
  bool local_rotary;
  uint32_t positions; /* rows of the table of learned positions; 0: there is none */
} ringlet_architecture;

/* What the model's author recommends for ringlet_sampler_options. */
typedef struct ringlet_sampling_defaults {
  float temperature;
  uint32_t top_k;
  float top_p;
  float min_p;
  float repeat_penalty;
} ringlet_sampling_defaults;

/* A view of a file. May be copied; the file's bytes must outlive it. */
typedef struct ringlet_model {
  uint64_t opaque[16];
} ringlet_model;

/* Verifies structure and meaning of a file of `size` bytes, aligned to 64, and makes a view of it.
 */
ringlet_status ringlet_model_open(ringlet_model* model, const void* bytes, size_t size);

/* How an application decides whether it trusts a file: ringlet/signature.hpp. */
typedef struct ringlet_signature_check {
  bool (*verify_signature)(void* context, const void* signed_part, size_t size);
  void* context;
} ringlet_signature_check;

/* The bytes of a model file that are signed, from its beginning on. */
ringlet_status ringlet_signed_part(const void* bytes, size_t size, ringlet_text* part);

/* ringlet_model_open for a file that must be signed. ringlet_model_verify_data then compares the
   SHA-256 of each plane too. */
ringlet_status ringlet_model_open_signed(ringlet_model* model, const void* bytes, size_t size,
                                         const ringlet_signature_check* check);

/* Reads every plane of weights. `progress` may be null; otherwise it is called after each tensor.
 */
ringlet_status ringlet_model_verify_data(const ringlet_model* model,
                                         void (*progress)(void* context, uint64_t bytes_done,
                                                          uint64_t bytes_total),
                                         void* context);

ringlet_architecture ringlet_model_architecture(const ringlet_model* model);
ringlet_kv_formats ringlet_model_recommended_kv(const ringlet_model* model, uint32_t layer);
uint32_t ringlet_model_window(const ringlet_model* model, uint32_t layer);
ringlet_sampling_defaults ringlet_model_sampling(const ringlet_model* model);

/* Tells this model from others. */
uint64_t ringlet_model_hash(const ringlet_model* model);

/* The whole file, and the segment of it that holds the weights; neither is to be written to. */
ringlet_text ringlet_model_bytes(const ringlet_model* model);
ringlet_text ringlet_model_data(const ringlet_model* model);

/* How long a model file is, by its first 64 bytes at any address: for a partition of flash that is
   larger than the file. `size` is how many bytes are there. */
ringlet_status ringlet_model_file_bytes(const void* first_bytes, size_t size, uint64_t* bytes);

#ifdef __cplusplus
}
#endif
#endif

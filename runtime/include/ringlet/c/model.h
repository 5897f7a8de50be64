/* A model file, verified once and then read in place. The contracts are in ringlet/model.hpp,
   architecture.hpp, formats.hpp and signature.hpp. */
#ifndef RINGLET_C_MODEL_H
#define RINGLET_C_MODEL_H

#include "ringlet/c/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Index of a token in the model's vocabulary. */
typedef uint32_t ringlet_token;

/* Storage format of keys or values in the cache. */
typedef enum ringlet_kv_format {
  RINGLET_KV_F32 = 0,
  RINGLET_KV_F16 = 1,
  RINGLET_KV_INT8 = 2,
  RINGLET_KV_INT4 = 3,
  RINGLET_KV_RECOMMENDED = 255 /* in a ringlet_config: the model's recommendation for each layer */
} ringlet_kv_format;

/* Short name of a format ("int8", "recommended"). */
const char* ringlet_kv_format_name(ringlet_kv_format format);

/* The formats of one layer's keys and values, which can differ. */
typedef struct ringlet_kv_formats {
  ringlet_kv_format keys;
  ringlet_kv_format values;
} ringlet_kv_formats;

/* Normalization at the input of a block. */
typedef enum ringlet_norm_kind { RINGLET_NORM_RMS = 0, RINGLET_NORM_LAYER = 1 } ringlet_norm_kind;

/* Activation function of the feed-forward block. */
typedef enum ringlet_activation {
  RINGLET_SILU = 0,
  RINGLET_GELU_TANH = 1,
  RINGLET_GELU_ERF = 2,
  RINGLET_RELU_SQUARED = 3
} ringlet_activation;

/* The hyperparameters of a model, in elements. ringlet/architecture.hpp explains each. */
typedef struct ringlet_architecture {
  uint32_t vocab_size;
  uint32_t dim;
  uint32_t hidden_dim;
  uint32_t layers;
  uint32_t heads;
  uint32_t kv_heads;
  uint32_t head_dim;
  uint32_t rotary_dim;
  uint32_t trained_context;
  float norm_epsilon;
  float attention_scale;
  bool tied_embedding;
  ringlet_norm_kind norm;
  ringlet_activation activation;
  float embedding_scale;
  float attention_softcap; /* 0: off */
  float logit_softcap;
  float rotary_scale;
  bool local_rotary;
  uint32_t learned_positions; /* rows of the learned position table; 0: none */
  float residual_scale;
  bool parallel_blocks;
  bool norm_after_rotary;
  float query_growth; /* 0: off */
  uint32_t query_growth_length;
  uint32_t convolution; /* 0: none */
  /* Of gated delta rules; 0: none. */
  uint32_t state_heads;
  uint32_t state_key_heads;
  uint32_t state_head_dim;
  uint32_t state_key_dim;
  bool attended_gate;
} ringlet_architecture;

/* Sampling settings that the model's author recommends. ringlet_model_sampler_options() turns them
   into options of a sampler. */
typedef struct ringlet_sampling_defaults {
  float temperature;
  uint32_t top_k;
  float top_p;
  float min_p;
  float repeat_penalty;
} ringlet_sampling_defaults;

/* A view of a model file. Can be copied; the file's bytes must outlive it. */
typedef struct ringlet_model {
  uint64_t opaque[16];
} ringlet_model;

/* Verifies the structure and meaning of a file of `size` bytes, aligned to 64, and creates a view
   of it. The weights are not read. */
ringlet_status ringlet_model_open(ringlet_model* model, const void* bytes, size_t size);

/* The application's check of a signature. Returns whether its signature over `signed_part` is
   valid. */
typedef struct ringlet_signature_check {
  bool (*verify_signature)(void* user_data, const void* signed_part, size_t size);
  void* user_data;
} ringlet_signature_check;

/* Returns the bytes of a model file that a signature covers: everything up to the end of its
   tables. */
ringlet_status ringlet_model_signed_part(const void* bytes, size_t size, ringlet_bytes* part);

/* Like ringlet_model_open, for a file that must be signed. ringlet_model_verify_data then also
   compares the SHA-256 of each plane; until it is called, the weights are not authenticated. */
ringlet_status ringlet_model_open_signed(ringlet_model* model, const void* bytes, size_t size,
                                         const ringlet_signature_check* check);

/* Reads and checks every weight plane. `progress` can be null; otherwise it is called after each
   tensor. */
ringlet_status ringlet_model_verify_data(const ringlet_model* model,
                                         void (*progress)(void* user_data, uint64_t bytes_done,
                                                          uint64_t bytes_total),
                                         void* user_data);

/* The verified hyperparameters. */
ringlet_architecture ringlet_model_architecture(const ringlet_model* model);
/* Cache formats that the converter recommends for a layer. */
ringlet_kv_formats ringlet_model_recommended_kv(const ringlet_model* model, uint32_t layer);
/* The layer's sliding window in tokens, or 0 if the layer sees the whole context. */
uint32_t ringlet_model_window(const ringlet_model* model, uint32_t layer);
/* The recommended sampling settings. */
ringlet_sampling_defaults ringlet_model_sampling(const ringlet_model* model);

/* Identifies the model by its checksums. Equal on every target. */
uint64_t ringlet_model_hash(const ringlet_model* model);

/* The whole file, and the segment that contains the weights. Do not write to either. */
ringlet_bytes ringlet_model_bytes(const ringlet_model* model);
ringlet_bytes ringlet_model_data(const ringlet_model* model);

/* Returns the size of a model file in bytes, given at least its first 64 bytes at any alignment:
   `size` bytes at `first_bytes`. Use it when the flash partition is larger than the file. */
ringlet_status ringlet_model_file_bytes(const void* first_bytes, size_t size, uint64_t* bytes);

#ifdef __cplusplus
}
#endif
#endif

/* A session in bytes, to go on with later or elsewhere: ringlet/image.hpp, session.hpp. */
#ifndef RINGLET_C_IMAGE_H
#define RINGLET_C_IMAGE_H

#include "ringlet/c/session.h"
#include "ringlet/c/text.h"

#ifdef __cplusplus
extern "C" {
#endif

#define RINGLET_ANY_POSITION UINT64_MAX

/* What an image says about itself. Formats are both recommended where layers differ. */
typedef struct ringlet_image_info {
  uint64_t model_hash; /* ringlet_model_hash() of the model that it belongs to */
  uint64_t position;
  uint32_t context;
  uint32_t sinks;
  uint32_t hot_window;
  uint32_t prefill_chunk;
  ringlet_kv_formats kv;
  bool has_logits;
  bool has_sampler;
} ringlet_image_info;

/* Reads the head of an image of `size` bytes, aligned to 8, once it is verified. */
ringlet_status ringlet_read_image_info(ringlet_image_info* info, const void* image, size_t size);

/* The most bytes that an image takes at `position`, or at any with RINGLET_ANY_POSITION. */
ringlet_status ringlet_image_bytes(const ringlet_model* model, const ringlet_config* config,
                                   uint64_t position, uint64_t* bytes);

/* Writes an image of the session, and of the sampler unless that is null, to memory aligned to 8,
   and its size to `size`. Too little room is refused with the bytes needed. */
ringlet_status ringlet_session_save(const ringlet_session* session, ringlet_span out,
                                    const ringlet_sampler* sampler, size_t* size);

/* Makes the session, and the sampler unless that is null, what it was when the image was saved.
   With sinks_in_image the image must be aligned to 64 and stay where it is. */
ringlet_status ringlet_session_restore(ringlet_session* session, const void* image, size_t size,
                                       ringlet_sampler* sampler);

#ifdef __cplusplus
}
#endif
#endif

/* What a C99 compiler makes of the structs of ringlet.h: their sizes, and where the last field
 * lies. */
#include "device/c_api_sizes.h"

#define LAYOUT(type, last) \
  { sizeof(type), offsetof(type, last) }

const struct c_layout c_layouts[c_layout_count] = {
    LAYOUT(ringlet_status, has_numbers),
    LAYOUT(ringlet_text, size),
    LAYOUT(ringlet_span, size),
    LAYOUT(ringlet_kv_formats, values),
    LAYOUT(ringlet_architecture, positions),
    LAYOUT(ringlet_sampling_defaults, repeat_penalty),
    LAYOUT(ringlet_model, opaque),
    LAYOUT(ringlet_signature_check, context),
    LAYOUT(ringlet_config, accelerator_bytes),
    LAYOUT(ringlet_section, last_step),
    LAYOUT(ringlet_plan, sections),
    LAYOUT(ringlet_team, run),
    LAYOUT(ringlet_execution, prefetch_bytes),
    LAYOUT(ringlet_progress, context),
    LAYOUT(ringlet_session, state),
    LAYOUT(ringlet_tokenizer, opaque),
    LAYOUT(ringlet_encoded, beginning),
    LAYOUT(ringlet_detokenizer, opaque),
    LAYOUT(ringlet_sampler_options, seed),
    LAYOUT(ringlet_sampler, opaque),
    LAYOUT(ringlet_markup, control_tokens),
    LAYOUT(ringlet_sampler_place, draws),
    LAYOUT(ringlet_digest_options, from_start),
    LAYOUT(ringlet_image_info, has_sampler),
    LAYOUT(ringlet_chat_format, opaque),
    LAYOUT(ringlet_chat_turn, markup),
    LAYOUT(ringlet_observation, stride),
    LAYOUT(ringlet_observer, context),
    LAYOUT(ringlet_not_finite, layer),
    LAYOUT(ringlet_matrix_product, y_stride),
    LAYOUT(ringlet_accelerator, self),
};

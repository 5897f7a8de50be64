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
    LAYOUT(ringlet_architecture, tied_head),
    LAYOUT(ringlet_sampling_defaults, repeat_penalty),
    LAYOUT(ringlet_model, opaque),
    LAYOUT(ringlet_config, allow_longer_context),
    LAYOUT(ringlet_section, last_step),
    LAYOUT(ringlet_plan, sections),
    LAYOUT(ringlet_team, run),
    LAYOUT(ringlet_execution, prefetch_bytes),
    LAYOUT(ringlet_progress, context),
    LAYOUT(ringlet_session, state),
    LAYOUT(ringlet_tokenizer, opaque),
    LAYOUT(ringlet_encoded, bytes),
    LAYOUT(ringlet_detokenizer, opaque),
    LAYOUT(ringlet_sampler_options, seed),
    LAYOUT(ringlet_sampler, opaque),
};

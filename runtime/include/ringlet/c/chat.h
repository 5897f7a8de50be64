/* Chat formats. The contracts are in ringlet/chat.hpp. */
#ifndef RINGLET_C_CHAT_H
#define RINGLET_C_CHAT_H

#include "ringlet/c/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A view of a model's chat format. Can be copied; the model's bytes must outlive it. */
typedef struct ringlet_chat_format {
  uint64_t opaque[16];
} ringlet_chat_format;

/* One user message, ready for ringlet_session_prefill_turn or ringlet_tokenizer_encode. Both
   members point into the buffer that the turn was written to. */
typedef struct ringlet_chat_turn {
  ringlet_text text;
  ringlet_control_tokens control_tokens;
} ringlet_chat_turn;

/* Fails with RINGLET_UNSUPPORTED if the model has no chat format. */
ringlet_status ringlet_chat_format_open(ringlet_chat_format* format, const ringlet_model* model);
/* Whether the format accepts a system message. */
bool ringlet_chat_format_has_system(const ringlet_chat_format* format);
/* Name of the format's family, for display. */
ringlet_text ringlet_chat_format_name(const ringlet_chat_format* format);

/* Writes the first turn of a conversation into `buffer`. If `system` is null, the turn begins with
   the format's default opening. If the buffer is too small, the error says how many bytes are
   needed. */
ringlet_status ringlet_chat_format_first_turn(const ringlet_chat_format* format,
                                              const ringlet_text* system, ringlet_text user,
                                              ringlet_span buffer, ringlet_chat_turn* turn);
/* Writes any later turn, which follows a reply. */
ringlet_status ringlet_chat_format_next_turn(const ringlet_chat_format* format, ringlet_text user,
                                             ringlet_span buffer, ringlet_chat_turn* turn);

#ifdef __cplusplus
}
#endif
#endif

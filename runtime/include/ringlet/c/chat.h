/* Conversations: ringlet/chat.hpp. */
#ifndef RINGLET_C_CHAT_H
#define RINGLET_C_CHAT_H

#include "ringlet/c/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A view of a model's chat format. May be copied. */
typedef struct ringlet_chat_format {
  uint64_t opaque[16];
} ringlet_chat_format;

/* One message of the user as it goes to ringlet_encode, both in the buffer that it was written to.
 */
typedef struct ringlet_chat_turn {
  ringlet_text text;
  ringlet_markup markup;
} ringlet_chat_turn;

/* Fails when the model has none. */
ringlet_status ringlet_chat_format_open(ringlet_chat_format* format, const ringlet_model* model);
bool ringlet_chat_format_has_system(const ringlet_chat_format* format);
ringlet_text ringlet_chat_format_name(const ringlet_chat_format* format);

/* The first turn of a conversation. `system` may be null: the format's own opening. Too little room
   is refused with the bytes needed. */
ringlet_status ringlet_chat_first_turn(const ringlet_chat_format* format,
                                       const ringlet_text* system, ringlet_text user,
                                       ringlet_span buffer, ringlet_chat_turn* turn);
/* A later turn, after a reply. */
ringlet_status ringlet_chat_next_turn(const ringlet_chat_format* format, ringlet_text user,
                                      ringlet_span buffer, ringlet_chat_turn* turn);

#ifdef __cplusplus
}
#endif
#endif

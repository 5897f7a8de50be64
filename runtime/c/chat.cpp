#include "ringlet/chat.hpp"

#include "c/convert.hpp"

using ringlet::ChatFormat;
using ringlet::c::object;
using ringlet::c::to_c;

namespace {

std::span<char> characters(const ringlet_span& buffer) {
  return {static_cast<char*>(buffer.data), buffer.size};
}

ringlet_status place_turn(const ringlet::Result<ringlet::ChatTurn>& result,
                          ringlet_chat_turn& turn) {
  if (result.ok()) {
    turn = {to_c(result->text),
            {to_c(result->control_tokens.literal), result->control_tokens.enabled,
             result->control_tokens.literal_is_plain}};
  }
  return to_c(result.status());
}

}  // namespace

ringlet_status ringlet_chat_format_open(ringlet_chat_format* format, const ringlet_model* model) {
  return ringlet::c::place_result(*format, ChatFormat::open(object<ringlet::Model>(*model)));
}

bool ringlet_chat_format_has_system(const ringlet_chat_format* format) {
  return object<ChatFormat>(*format).has_system();
}

ringlet_text ringlet_chat_format_name(const ringlet_chat_format* format) {
  return to_c(object<ChatFormat>(*format).name());
}

ringlet_status ringlet_chat_format_first_turn(const ringlet_chat_format* format,
                                              const ringlet_text* system, ringlet_text user,
                                              ringlet_span buffer, ringlet_chat_turn* turn) {
  std::optional<std::string_view> message;
  if (system != nullptr) message = std::string_view(system->data, system->size);
  return place_turn(
      object<ChatFormat>(*format).first_turn(message, {user.data, user.size}, characters(buffer)),
      *turn);
}

ringlet_status ringlet_chat_format_next_turn(const ringlet_chat_format* format, ringlet_text user,
                                             ringlet_span buffer, ringlet_chat_turn* turn) {
  return place_turn(
      object<ChatFormat>(*format).next_turn({user.data, user.size}, characters(buffer)), *turn);
}

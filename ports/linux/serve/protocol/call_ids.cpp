#include "serve/protocol/call_ids.hpp"

#include <algorithm>
#include <cstdint>

namespace ringlet::serve {
namespace {

constexpr std::size_t id_length = 9;

bool is_short_id(std::string_view id) {
  return id.size() == id_length && std::all_of(id.begin(), id.end(), [](unsigned char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
         });
}

void shorten(Json& holder, const char* key) {
  const std::string id = holder.value(key, "");
  if (!is_short_id(id)) holder[key] = call_id(id, 0);
}

}  // namespace

std::string call_id(std::string_view answer, std::size_t index) {
  constexpr std::string_view signs = "0123456789abcdefghijklmnopqrstuvwxyz";
  std::uint64_t hash = 0xcbf29ce484222325U + index;  // FNV-1a
  for (const char letter : answer) {
    hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3U;
  }
  std::string id;
  for (; id.size() < id_length; hash /= signs.size()) id += signs[hash % signs.size()];
  return id;
}

void shorten_call_ids(Json& messages) {
  for (Json& message : messages) {
    if (message["role"] == "tool") shorten(message, "tool_call_id");
    const auto calls = message.find("tool_calls");
    if (calls == message.end()) continue;
    for (Json& call : *calls) shorten(call, "id");
  }
}

}  // namespace ringlet::serve

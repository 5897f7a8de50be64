#include "serve/protocol/stand_ins.hpp"

#include <unordered_set>

#include "jinja/text.hpp"
#include "serve/protocol/replies.hpp"

namespace ringlet::serve {
namespace {

// The planes 4 to 13.
constexpr std::uint32_t first_unassigned = 0x40000;

}  // namespace

std::vector<std::string> find_stand_ins(const ChatRequest& request, std::size_t count) {
  std::vector<std::string> found;
  if (count == 0) return found;
  const std::string all =
      dump(request.messages) + dump(request.tools) + dump(Json(request.variables));
  std::unordered_set<std::string_view> taken;
  for (const std::string_view character : jinja::characters(all)) {
    if (character.size() == 4) taken.insert(character);
  }
  for (std::uint32_t code = first_unassigned; found.size() < count; ++code) {
    std::string character;
    jinja::append_code_point(character, code);
    if (!taken.contains(character)) found.push_back(std::move(character));
  }
  return found;
}

}  // namespace ringlet::serve

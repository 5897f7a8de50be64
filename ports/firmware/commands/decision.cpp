#include "decision.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "actions.hpp"

namespace ringlet::port {
namespace {

constexpr std::array<std::string_view, 6> harmless_types = {"curtain", "blind",  "shade",
                                                            "shutter", "window", "valve"};

/// To unlock, and to open what is or may be a door or a garage: a name does not tell its kind.
bool is_careful(const Action& action) {
  const std::string_view what = action.value("do");
  if (what != "open" && what != "position") return what == "unlock";
  return std::ranges::find(harmless_types, action.value("type")) == harmless_types.end();
}

}  // namespace

Decision decide(std::string_view answer, const Confidence& confidence) noexcept {
  bool acts = false;
  bool careful = false;
  for (Action action; next_action(answer, action);) {
    acts = acts || action.value("do") != "none";
    careful = careful || is_careful(action);
  }
  if (!acts || confidence.allowed() < least_allowed) return Decision::ignore;
  if (confidence.confidence() >= (careful ? careful_confidence : act_confidence)) {
    return Decision::act;
  }
  return confidence.confidence() >= ask_confidence ? Decision::ask : Decision::ignore;
}

const char* name_of(Decision decision) noexcept {
  switch (decision) {
    case Decision::act:
      return "act";
    case Decision::ask:
      return "ask";
    case Decision::ignore:
      break;
  }
  return "ignore";
}

}  // namespace ringlet::port

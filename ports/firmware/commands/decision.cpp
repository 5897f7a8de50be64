#include "decision.hpp"

#include "actions.hpp"

namespace ringlet::port {
namespace {

bool is_careful(const Action& action) {
  const std::string_view what = action.value("do");
  const std::string_view type = action.value("type");
  return what == "unlock" || (what == "open" && (type == "garage" || type == "door"));
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

#include "answer_report.hpp"

#include <array>
#include <nlohmann/json.hpp>

#include "ringlet/confidence.hpp"

namespace ringlet::cli {
namespace {

std::string digits(float probability) {
  std::array<char, 8> buffer;
  return std::string(print_probability(probability, buffer));
}

const char* name_of(Ending ending) {
  switch (ending) {
    case Ending::limit:
      return "limit";
    case Ending::end_of_text:
      return "end_of_text";
    case Ending::stop_string:
      return "stop_string";
    case Ending::interrupted:
      return "interrupted";
    case Ending::output_error:
    case Ending::failed:
      break;
  }
  return "failed";
}

}  // namespace

bool is_refused(const HeldAnswer& held, std::optional<float> least) {
  return least && held.answer != nullptr && held.answer->confidence().confidence() < *least;
}

std::string answer_json(const HeldAnswer& held, bool refused) {
  nlohmann::ordered_json document;
  document["text"] = refused ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(held.text);
  document["ending"] = name_of(held.report.ending);
  if (held.answer != nullptr) {
    const Confidence& confidence = held.answer->confidence();
    document["complete"] = held.answer->complete();
    // The digits that integer arithmetic gives on every target.
    document["confidence"] = nlohmann::ordered_json::parse(digits(confidence.confidence()));
    document["allowed"] = nlohmann::ordered_json::parse(digits(confidence.allowed()));
    document["refused"] = refused;
  }
  document["prompt_tokens"] = held.report.prompt_tokens;
  document["generated_tokens"] = held.report.generated_tokens;
  return document.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string describe_refusal(const HeldAnswer& held, float least) {
  return "refused: confidence " + digits(held.answer->confidence().confidence()) + " is below " +
         digits(least);
}

}  // namespace ringlet::cli

#include "serve/protocol/request_body.hpp"

#include <string>
#include <vector>

#include "serve/protocol/api_error.hpp"

namespace ringlet::serve {
namespace {

using Event = nlohmann::ordered_json::parse_event_t;

ApiError malformed(std::string message) {
  return {400, "invalid_request_error", std::move(message), {}, "invalid_json"};
}

/// Counts while a body is parsed, so that nothing large is ever built.
class Watch {
 public:
  explicit Watch(const BodyLimits& limits) : limits_(limits) {}

  void see(std::size_t depth, Event event) {
    if (depth > limits_.depth) {
      throw malformed("the body is nested more than " + std::to_string(limits_.depth) + " deep");
    }
    if (event == Event::object_end || event == Event::array_end) return;
    if (++values_ > limits_.values) {
      throw malformed("the body has more than " + std::to_string(limits_.values) + " values");
    }
    if (event == Event::object_start) members_.resize(depth + 2, 0);
    // The members of an object are one deeper than its beginning.
    if (event == Event::object_start) members_[depth + 1] = 0;
    if (event == Event::key && ++members_.at(depth) > limits_.members) {
      throw malformed("an object has more than " + std::to_string(limits_.members) + " members");
    }
  }

 private:
  const BodyLimits& limits_;
  std::size_t values_ = 0;
  std::vector<std::size_t> members_;  // by depth
};

/// nlohmann's message without its number and without the text that it read.
std::string explain(const nlohmann::json::parse_error& error) {
  const std::string what = error.what();
  const bool utf8 = what.find("UTF-8") != std::string::npos;
  return "the body is not JSON" + std::string(utf8 ? " in UTF-8" : "") + ": wrong at byte " +
         std::to_string(error.byte);
}

}  // namespace

namespace {

Json parse(std::string_view body, const BodyLimits& limits) {
  if (body.size() > limits.bytes) {
    throw ApiError(413, "invalid_request_error",
                   "the body has more than " + std::to_string(limits.bytes) + " bytes", {},
                   "body_too_large");
  }
  Watch watch(limits);
  try {
    return Json::parse(body, [&](int depth, Event event, Json&) {
      watch.see(static_cast<std::size_t>(depth), event);
      return true;
    });
  } catch (const nlohmann::json::parse_error& error) {
    throw malformed(explain(error));
  } catch (const nlohmann::json::out_of_range&) {
    throw malformed("the body is not JSON: a number is too large");
  }
}

}  // namespace

Json parse_body(std::string_view body, const BodyLimits& limits) {
  Json parsed = parse(body, limits);
  if (!parsed.is_object()) throw malformed("the body must be a JSON object");
  return parsed;
}

std::optional<Json> parse_text(std::string_view text, const BodyLimits& limits) {
  try {
    return parse(text, limits);
  } catch (const ApiError&) {
    return std::nullopt;
  }
}

}  // namespace ringlet::serve

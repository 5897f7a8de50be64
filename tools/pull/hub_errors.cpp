#include "pull/hub_errors.hpp"

#include <string_view>

#include "common/format_values.hpp"
#include "pull/address.hpp"

namespace ringlet::pull {
namespace {

constexpr const char* token_page = "https://huggingface.co/settings/tokens";

/// Seconds in "Retry-After: 12" or "RateLimit: "api";r=0;t=12"; 0 if there are none. Dates, which
/// the hub does not send, count as none.
std::uint64_t seconds_to_wait(const HttpHead& head) {
  if (const auto seconds = leading_number(head.header("retry-after"))) return *seconds;
  const std::string limit = head.header("ratelimit");
  const std::size_t reset = limit.find(";t=");
  if (reset == std::string::npos) return 0;
  return leading_number(std::string_view(limit).substr(reset + 3)).value_or(0);
}

std::string how_to_get_token() { return std::string("set HF_TOKEN to a token of ") + token_page; }

/// The hub's own words in parentheses.
std::string words_of(const Answer& answer) {
  return answer.error.empty() ? "" : " (\"" + answer.error + "\")";
}

/// 401 and 403. A repository that a stranger must not see looks like one that does not exist.
std::string about_access(const Answer& answer, const Subject& subject,
                         const HubSettings& settings) {
  const std::string code = answer.result.head.header("x-error-code");
  const bool has_token = !settings.token.empty();
  if (code == "GatedRepo") {
    const std::string page = settings.endpoint + "/" + subject.repository;
    return "is gated" + words_of(answer) + "; accept its terms at " + page +
           (has_token ? " with the account whose token is in " + settings.token_from
                      : ", then " + how_to_get_token());
  }
  if (answer.error == "Invalid credentials in Authorization header") {
    return "the hub does not accept the token in " + settings.token_from + "; make another at " +
           token_page + ", or unset it";
  }
  if (answer.result.head.status == 403) {
    return "the hub refuses access" + words_of(answer) + "; " +
           (has_token ? "check what the token in " + settings.token_from + " may read"
                      : how_to_get_token());
  }
  return "the hub does not show it: it does not exist, or is private or gated; check the name, "
         "or " +
         (has_token ? "whether the token in " + settings.token_from + " may read it"
                    : how_to_get_token());
}

/// 404 and the like.
std::string about_absence(const Answer& answer, const Subject& subject) {
  const std::string code = answer.result.head.header("x-error-code");
  if (code == "RevisionNotFound") {
    return "has no revision '" + subject.revision + "'; check its branches and tags";
  }
  if (!subject.path.empty()) return "is not there any more; pull again";
  return "does not exist" + words_of(answer) + "; check the name";
}

Trouble trouble_of_status(const Answer& answer, const Subject& subject,
                          const HubSettings& settings) {
  const long status = answer.result.head.status;
  switch (status) {
    case 401:
    case 403:
      return {.reason = about_access(answer, subject, settings),
              .is_final = true,
              .status = status,
              .about = subject.repository};
    case 404:
    case 410:
      return {.reason = about_absence(answer, subject), .is_final = true, .status = status};
    case 416:
      return {.reason = "the server cannot continue the file", .status = status};
    case 429:
      return {.reason = "the hub has had too many requests" + words_of(answer),
              .status = status,
              .wait_seconds = seconds_to_wait(answer.result.head)};
    case 408:
    case 500:
    case 502:
    case 503:
    case 504:
      return {.reason = "the hub answers " + std::to_string(status) + words_of(answer),
              .status = status,
              .wait_seconds = seconds_to_wait(answer.result.head)};
    default:
      return {.reason = "the hub answers " + std::to_string(status) + words_of(answer) +
                        "; is HF_ENDPOINT right? It is " + settings.endpoint,
              .is_final = true,
              .status = status};
  }
}

}  // namespace

std::optional<Trouble> trouble_of(const Answer& answer, const Subject& subject,
                                  const HubSettings& settings, bool reached) {
  const HttpResult& result = answer.result;
  const bool is_content = result.head.status == 200 || result.head.status == 206;
  switch (result.end) {
    case HttpEnd::unreachable:
      return Trouble{.reason = settings.endpoint + " cannot be reached (" + result.error +
                               "); is there a network?",
                     .is_final = !reached};
    case HttpEnd::refused:
      return Trouble{.reason = "no connection is possible (" + result.error + ")",
                     .is_final = true};
    case HttpEnd::cut:
      if (result.head.status == 0 || is_content) {
        return Trouble{.reason = "the connection was cut (" + result.error + ")"};
      }
      return trouble_of_status(answer, subject, settings);
    case HttpEnd::complete:
    case HttpEnd::stopped:
      break;
  }
  if (is_content) return std::nullopt;
  return trouble_of_status(answer, subject, settings);
}

}  // namespace ringlet::pull

#include <string>
#include <string_view>

#include "serve/service/service.hpp"

namespace ringlet::serve {
namespace {

/// One metric in Prometheus' text format.
void put(std::string& text, std::string_view name, std::string_view kind, std::string_view help,
         std::uint64_t value) {
  text.append("# HELP ringlet_").append(name).append(" ").append(help);
  text.append("\n# TYPE ringlet_").append(name).append(" ").append(kind);
  text.append("\nringlet_").append(name).append(" ").append(std::to_string(value)).append("\n");
}

}  // namespace

std::string Service::metrics() const {
  std::string text;
  const Counters& c = counters_;
  put(text, "answers_total", "counter", "Answers begun.", c.answers);
  put(text, "prompt_tokens_total", "counter", "Prompt tokens computed.", c.prompt_tokens);
  put(text, "cached_tokens_total", "counter", "Prompt tokens that a seat held.", c.cached_tokens);
  put(text, "tokens_total", "counter", "Tokens generated.", c.tokens);
  put(text, "drafted_tokens_total", "counter", "Tokens drafted.", c.drafted);
  put(text, "accepted_tokens_total", "counter", "Drafted tokens accepted.", c.accepted);
  put(text, "passes_total", "counter", "Passes over the weights.", c.passes);
  put(text, "failed_passes_total", "counter", "Passes that failed.", c.failures);
  put(text, "busy_milliseconds_total", "counter", "Time of all passes.",
      c.busy_nanoseconds / 1'000'000);
  put(text, "seats", "gauge", "Seats.", seats_.pool.config().sessions);
  put(text, "seats_busy", "gauge", "Seats with an answer.", c.busy_seats);
  put(text, "requests_waiting", "gauge", "Requests without a seat.", engine_.waiting());
  put(text, "ram_planned_bytes", "gauge", "Memory of the plan, all in use.", settings_.ram_bytes);
  put(text, "context_tokens", "gauge", "Context of a seat.", seats_.pool.config().session.context);
  return text;
}

}  // namespace ringlet::serve

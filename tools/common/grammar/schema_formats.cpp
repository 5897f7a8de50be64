#include "grammar/schema_formats.hpp"

#include <array>
#include <utility>

namespace ringlet::grammar {
namespace {

// RFC 3339. February has 29 days in years that 4 divides, but not 100 without 400.
#define RINGLET_DATE                                                                       \
  "([0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)" \
  "|02-(0[1-9]|1[0-9]|2[0-8]))"                                                            \
  "|([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29)"
// A leap second depends on the day and the zone, so there is none here.
#define RINGLET_TIME \
  "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
#define RINGLET_OCTET "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> formats = {
    {{"date", "^" RINGLET_DATE "$"},
     {"time", "^" RINGLET_TIME "$"},
     {"date-time", "^" RINGLET_DATE "T" RINGLET_TIME "$"},
     {"uuid", "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"},
     {"ipv4", "^" RINGLET_OCTET "(\\." RINGLET_OCTET "){3}$"}}};

#undef RINGLET_DATE
#undef RINGLET_TIME
#undef RINGLET_OCTET

}  // namespace

std::optional<std::string_view> pattern_of_format(std::string_view format) {
  for (const auto& [name, pattern] : formats) {
    if (name == format) return pattern;
  }
  return std::nullopt;
}

}  // namespace ringlet::grammar

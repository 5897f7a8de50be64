// Whether a value can satisfy two branches of oneOf.
#include <algorithm>

#include "grammar/schema_alternatives.hpp"

namespace ringlet::grammar {
namespace {

/// How deep values are compared; below it they count as overlapping.
constexpr unsigned compared_levels = 4;

bool strings_overlap(const StringConstraints& a, const StringConstraints& b) {
  if (a.most.value_or(~0U) < b.least || b.most.value_or(~0U) < a.least) return false;
  std::shared_ptr<const CharacterAutomaton> common;
  for (const auto& patterns : {a.patterns, b.patterns}) {
    for (const auto& pattern : patterns) {
      common = common == nullptr
                   ? pattern
                   : std::make_shared<CharacterAutomaton>(intersect(*common, *pattern));
    }
  }
  return common == nullptr || !common->empty();
}

}  // namespace

bool SchemaAlternatives::overlap(const Conjunction& written, const Conjunction& other,
                                 unsigned level) {
  if (level > compared_levels) return true;
  const Alternatives ours = of(written);
  const Alternatives theirs = of(other);
  return std::any_of(ours.begin(), ours.end(), [&](const Constraints& a) {
    return std::any_of(theirs.begin(), theirs.end(),
                       [&](const Constraints& b) { return overlap(a, b, level); });
  });
}

bool SchemaAlternatives::overlap(const Constraints& written, const Constraints& other,
                                 unsigned level) {
  const std::optional<Constraints> joined = both(written, other);
  if (!joined) return false;
  if (written.values || other.values) {
    const auto& values = joined->values;
    return std::any_of(values->begin(), values->end(),
                       [&](const SchemaPlace& value) { return allows(*joined, value); });
  }
  const std::uint8_t types = joined->types;
  if ((types & (null_type | boolean_type | number_type)) != 0) return true;
  if ((types & string_type) != 0 && strings_overlap(written.string, other.string)) return true;
  if ((types & array_type) != 0) return true;
  return (types & object_type) != 0 && objects_overlap(written, other, level);
}

bool SchemaAlternatives::objects_overlap(const Constraints& written, const Constraints& other,
                                         unsigned level) {
  const std::vector<std::string> keys = written.keys();
  const auto is_written = [&](const std::string& key) {
    return written.has_free_members() || std::find(keys.begin(), keys.end(), key) != keys.end();
  };
  // A member that one of them requires is in every value of both, and both restrict it.
  const auto impossible = [&](const std::string& key) {
    return !is_written(key) || !overlap(written.member(key), other.member(key), level + 1);
  };
  return std::none_of(written.required.begin(), written.required.end(), impossible) &&
         std::none_of(other.required.begin(), other.required.end(), impossible);
}

}  // namespace ringlet::grammar

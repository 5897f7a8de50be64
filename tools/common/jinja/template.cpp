#include "jinja/template.hpp"

#include <limits>

#include "jinja/error.hpp"
#include "jinja/large_integer.hpp"
#include "jinja/meter.hpp"
#include "jinja/parser.hpp"
#include "jinja/run.hpp"
#include "jinja/scopes.hpp"
#include "jinja/text.hpp"

namespace ringlet::jinja {
namespace {

constexpr std::size_t longest_template = std::size_t{1} << 18;

constexpr std::uint64_t largest_integer = std::numeric_limits<std::int64_t>::max();

Value text_of(const std::string& text) {
  if (!is_utf8(text)) unsupported("a text that is not UTF-8");
  return text_value(text);
}

Value integer_value(std::string digits) {
  return Value(LargeInteger{std::make_shared<const std::string>(std::move(digits))});
}

Value value_of(const nlohmann::ordered_json& json) {
  if (json.is_null()) return Value(None{});
  if (json.is_boolean()) return Value(json.get<bool>());
  if (json.is_number_unsigned() && json.get<std::uint64_t>() > largest_integer) {
    return integer_value(std::to_string(json.get<std::uint64_t>()));
  }
  if (is_large_integer(json)) return integer_value(spelling_of_large_integer(json));
  if (json.is_number_integer()) return Value(json.get<std::int64_t>());
  if (json.is_number_float()) return Value(json.get<double>());
  if (json.is_string()) return text_of(json.get_ref<const std::string&>());
  if (json.is_array()) {
    Values elements;
    elements.reserve(json.size());
    for (const auto& element : json) elements.push_back(value_of(element));
    return list_value(std::move(elements));
  }
  std::vector<std::pair<Value, Value>> entries;
  entries.reserve(json.size());
  for (const auto& [key, value] : json.items()) {
    entries.emplace_back(text_of(key), value_of(value));
  }
  return dictionary_value(std::move(entries));
}

}  // namespace

struct Template::Parts {
  Nodes nodes;
  Loads loads;
};

Template::Template(std::string_view source) {
  if (source.size() > longest_template) {
    unsupported("a template of more than ", longest_template, " bytes");
  }
  Parts parts{.nodes = parse(tokenize(source)), .loads = {}};
  parts.loads = find_scopes(parts.nodes);
  parts_ = std::make_unique<const Parts>(std::move(parts));
}

Template::Template(Template&&) noexcept = default;
Template::~Template() = default;

std::string Template::render(const nlohmann::ordered_json& variables,
                             const Environment& environment) const {
  const Meter meter;  // outlives the values
  std::map<std::string, Value> values;
  for (const auto& [name, value] : variables.items()) values.emplace(name, value_of(value));
  Run run(environment, std::move(values));
  try {
    return run.render(parts_->nodes, parts_->loads);
  } catch (const Error& error) {
    raise("line ", run.line(), ": ", error.what());
  } catch (const Unsupported& error) {
    stop<Unsupported>("line ", run.line(), ": ", error.what());
  }
}

}  // namespace ringlet::jinja

#include "jinja/arguments.hpp"

#include <algorithm>

#include "jinja/error.hpp"

namespace ringlet::jinja {

Bound::Bound(std::string_view function, const Arguments& arguments,
             std::initializer_list<std::string_view> names, std::size_t required)
    : function_(function), values_(names.size()) {
  if (arguments.positional.size() > names.size()) raise(function_, " has too many arguments");
  std::copy(arguments.positional.begin(), arguments.positional.end(), values_.begin());
  for (const auto& [name, value] : arguments.named) {
    const auto* const found = std::find(names.begin(), names.end(), std::string_view(name));
    if (name.empty() || found == names.end()) raise(function_, " has no argument ", name);
    auto& place = values_[static_cast<std::size_t>(found - names.begin())];
    if (place) raise(function_, " has the argument ", name, " twice");
    place = value;
  }
  for (std::size_t i = 0; i < required; ++i) {
    if (!values_[i]) raise(function_, " needs more arguments");
  }
}

std::int64_t Bound::integer(std::size_t index, std::int64_t otherwise) const {
  return values_[index] ? integer_of(*values_[index], function_) : otherwise;
}

bool Bound::truth(std::size_t index, bool otherwise) const {
  return values_[index] ? is_true(*values_[index]) : otherwise;
}

const std::string& Bound::text(std::size_t index) const {
  const Value& value = at(index);
  if (value.is<Markup>()) unsupported("marked text in ", function_);
  if (value.text() == nullptr) raise(function_, " needs a text, not a ", type_name(value));
  return *value.text();
}

const std::string* Bound::optional_text(std::size_t index) const {
  if (!values_[index] || values_[index]->is<None>()) return nullptr;
  return &text(index);
}

}  // namespace ringlet::jinja

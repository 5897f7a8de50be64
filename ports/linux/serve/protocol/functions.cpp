#include "serve/protocol/functions.hpp"

namespace ringlet::serve {

const Json* Functions::find(std::string_view name) const {
  for (const Json& tool : tools_) {
    const Json& function = tool["function"];
    if (function["name"] == name) return &function;
  }
  return nullptr;
}

std::vector<std::string> Functions::names() const {
  std::vector<std::string> names;
  for (const Json& tool : tools_) names.push_back(tool["function"]["name"].get<std::string>());
  return names;
}

std::string_view Functions::name_of(std::string_view written) const {
  constexpr std::string_view prefix = "functions.";
  if (has(written) || !written.starts_with(prefix)) return written;
  const std::string_view name = written.substr(prefix.size());
  return has(name) ? name : written;
}

const Json* Functions::parameters(std::string_view name) const {
  const Json* value = find(name);
  for (const char* key : {"parameters", "properties"}) {
    if (value == nullptr || !value->is_object()) return nullptr;
    const auto member = value->find(key);
    if (member == value->end()) return nullptr;
    value = &*member;
  }
  return value->is_object() ? value : nullptr;
}

const Json* Functions::parameter(std::string_view name, std::string_view parameter) const {
  const Json* all = parameters(name);
  if (all == nullptr) return nullptr;
  const auto member = all->find(std::string(parameter));
  return member == all->end() ? nullptr : &*member;
}

}  // namespace ringlet::serve

// Calls whose arguments are literals with names: those of Gemma 4 and of LFM2.
#include <algorithm>
#include <iterator>
#include <utility>

#include "serve/protocol/call_readers.hpp"
#include "serve/protocol/schema_values.hpp"

namespace ringlet::serve {
namespace {

constexpr std::string_view gemma_closing = "<tool_call|>";

/// Reads the arguments of a call.
class ArgumentReader {
 public:
  ArgumentReader(LiteralReader& reader, const Functions& functions, const std::string& name)
      : reader_(reader), functions_(functions), name_(name) {}

  /// Reads what stands behind the bracket. Without `has_places`, each has a key. A mark `instead`
  /// can stand in place of the end. Nothing if it cannot be read.
  [[nodiscard]] std::optional<std::string> read(std::string_view end, std::string_view instead,
                                                bool has_places) {
    bool may_go_on = true;
    while (!reader_.take(end) && (instead.empty() || !reader_.next_is(instead))) {
      if (!may_go_on || !take_one(has_places)) return std::nullopt;
      may_go_on = reader_.take(",");
    }
    return members_.object();
  }

 private:
  bool take_one(bool has_places) {
    if (has_places && reader_.take("**")) {
      const auto value = reader_.take_value();
      has_keys_ = true;
      return value && value->kind == Literal::Kind::object && add_all(*value);
    }
    const std::optional<std::string> key = reader_.take_key();
    has_keys_ = has_keys_ || key;
    if (!key && (!has_places || has_keys_)) return false;
    const std::optional<Literal> value = reader_.take_value();
    if (!value) return false;
    return key ? add(*key, *value) : add_placed(*value);
  }

  bool add(const std::string& key, const Literal& value) {
    const auto json = json_of(value, functions_.parameter(name_, key));
    return json && members_.add(key, *json);
  }

  bool add_all(const Literal& object) {
    for (std::size_t i = 0; i < object.keys.size(); ++i) {
      if (!add(object.keys[i], object.values[i])) return false;
    }
    return true;
  }

  /// A value without a key. A word there that is no value of its own is a variable, and no text.
  bool add_placed(const Literal& value) {
    if (!json_of(value)) return false;
    const Json* parameters = functions_.parameters(name_);
    const bool is_first = place_ == 0 && value.kind == Literal::Kind::object;
    if (is_first && has_parameters(value)) return add_all(value);
    if (parameters == nullptr || place_ >= parameters->size()) return false;
    const auto next = std::next(parameters->begin(), static_cast<std::ptrdiff_t>(place_++));
    return is_first && !allows_objects(*next) ? add_all(value) : add(next.key(), value);
  }

  /// Whether all keys of the object are parameters, so that it has the arguments.
  [[nodiscard]] bool has_parameters(const Literal& object) const {
    return std::all_of(object.keys.begin(), object.keys.end(), [&](const std::string& key) {
      return functions_.parameter(name_, key) != nullptr;
    });
  }

  LiteralReader& reader_;
  const Functions& functions_;
  const std::string& name_;
  JsonMembers members_;
  std::size_t place_ = 0;
  bool has_keys_ = false;  // no value without a key may follow
};

std::optional<ToolCall> with_arguments(ToolCall call, std::optional<std::string> arguments) {
  if (!arguments) return std::nullopt;
  call.arguments = std::move(*arguments);
  return call;
}

}  // namespace

std::optional<ToolCall> read_gemma_call(LiteralReader& reader, const Functions& functions) {
  (void)reader.take(":");
  (void)reader.take("call:");
  ToolCall call{.name = std::string(functions.name_of(reader.take_name()))};
  if (call.name.empty()) return std::nullopt;
  ArgumentReader arguments(reader, functions, call.name);
  std::optional<std::string> json;
  if (reader.take("{")) {
    json = arguments.read("}", gemma_closing, false);
  } else if (reader.take("(")) {
    json = arguments.read(")", gemma_closing, true);
  } else if (reader.next_is(gemma_closing)) {
    json = "{}";
  }
  return with_arguments(std::move(call), std::move(json));
}

std::optional<ToolCall> read_python_call(LiteralReader& reader, const Functions& functions) {
  ToolCall call{.name = std::string(functions.name_of(reader.take_name()))};
  if (call.name.empty() || !reader.take("(")) return std::nullopt;
  auto json = ArgumentReader(reader, functions, call.name).read(")", "", true);
  return with_arguments(std::move(call), std::move(json));
}

}  // namespace ringlet::serve

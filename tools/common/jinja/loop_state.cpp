#include "jinja/error.hpp"
#include "jinja/run.hpp"

namespace ringlet::jinja {

bool LoopState::advance() {
  std::optional<Value> next = after ? std::move(after) : pull();
  after.reset();
  if (!next) return false;
  ++index0;
  before = std::move(current);
  current = std::move(next);
  return true;
}

const std::optional<Value>& LoopState::peek() {
  if (!after) after = pull();
  return after;
}

/// If the length is unknown, reads all remaining elements ahead.
std::size_t LoopState::known_length() {
  if (length) return *length;
  Values rest;
  while (auto value = pull()) rest.push_back(std::move(*value));
  length = rest.size() + static_cast<std::size_t>(index0 + 1) + (after ? 1 : 0);
  pull = [rest = std::move(rest), at = std::size_t{0}]() mutable -> std::optional<Value> {
    if (at == rest.size()) return {};
    return rest[at++];
  };
  return *length;
}

std::optional<Value> loop_attribute(LoopState& loop, const std::string& name) {
  const auto length = [&] { return static_cast<std::int64_t>(loop.known_length()); };
  if (name == "index") return Value(loop.index0 + 1);
  if (name == "index0") return Value(loop.index0);
  if (name == "first") return Value(loop.index0 == 0);
  if (name == "last") return Value(!loop.peek());
  if (name == "length") return Value(length());
  if (name == "revindex") return Value(length() - loop.index0);
  if (name == "revindex0") return Value(length() - loop.index0 - 1);
  if (name == "depth") return Value(loop.depth0 + 1);
  if (name == "depth0") return Value(loop.depth0);
  if (name == "previtem") {
    return loop.index0 == 0 ? undefined("there is no previous item") : *loop.before;
  }
  if (name == "nextitem") return loop.peek() ? *loop.peek() : undefined("there is no next item");
  if (name == "cycle") return Value(LoopMethod{&loop, true});
  if (name == "changed") return Value(LoopMethod{&loop, false});
  return {};
}

Value call_loop_method(const LoopMethod& method, const Arguments& arguments) {
  if (!arguments.named.empty()) raise("calls a loop's method with a named argument");
  const Values& values = arguments.positional;
  if (method.cycles) {
    if (values.empty()) raise("cycles through nothing");
    return values[static_cast<std::size_t>(method.loop->index0) % values.size()];
  }
  const bool same =
      method.loop->changed && equal(tuple_value(*method.loop->changed), tuple_value(values));
  if (!same) method.loop->changed = values;
  return Value(!same);
}

}  // namespace ringlet::jinja

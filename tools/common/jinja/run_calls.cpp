// Loops, macros and other calls.
#include <algorithm>

#include "jinja/error.hpp"
#include "jinja/functions.hpp"
#include "jinja/members.hpp"
#include "jinja/run.hpp"

namespace ringlet::jinja {
namespace {

using Pull = std::function<std::optional<Value>()>;

/// Iterates over elements. Iterators are shared, so others see what is left.
Pull pull_from(const Value& list) {
  if (const auto* iterator = list.as<IteratorPointer>()) {
    return [state = *iterator]() -> std::optional<Value> {
      if (state->at == state->elements.size()) return {};
      return state->elements[state->at++];
    };
  }
  return [elements = elements_of(list), at = std::size_t{0}]() mutable -> std::optional<Value> {
    if (at == elements.size()) return {};
    return elements[at++];
  };
}

}  // namespace

Run::Flow Run::execute_loop(const Node& node) {
  const Value list = evaluate(*node.children[1]);
  spend(size_of(list).weight);
  LoopState& state = loops_.emplace_back();
  state.node = &node;
  state.frame = frame_;
  if (!node.flag) return iterate(node, list, state);
  state.depth0 = -1;
  write(recurse(state, list));
  return Flow::next;
}

Pull Run::filtered(const Node& node, Pull pull) {
  Frame* const frame = &frames_.emplace_back(Frame{frame_});
  return [this, &node, frame, pull = std::move(pull),
          begun = false]() mutable -> std::optional<Value> {
    Frame* const outer = frame_;
    frame_ = frame;
    if (!begun) enter(node.scopes->filter);
    begun = true;
    std::optional<Value> value;
    while ((value = pull())) {
      assign(*node.children[0], *value);
      if (is_true(evaluate(*node.children[2]))) break;
    }
    frame_ = outer;
    const bool several = node.children[0]->kind != NodeKind::name;
    return value && several ? tuple_value(elements_of(*value)) : value;
  };
}

Run::Flow Run::iterate(const Node& node, const Value& list, LoopState& state) {
  state.pull = pull_from(list);
  if (node.children[2]) {
    state.pull = filtered(node, std::move(state.pull));
  } else if (!list.is<IteratorPointer>()) {
    state.length = length_of(list);
  }
  const Scopes& scopes = *node.scopes;
  bool completed = false;
  while (state.advance()) {
    spend(1);
    assign(*node.children[0], *state.current);
    if (!scopes.loop.empty()) frame_->variables[scopes.loop] = Value(&state);
    enter(scopes.body);
    const Flow flow = execute(node.body);
    if (flow == Flow::break_) break;
    completed = completed || flow == Flow::next;
  }
  leave(scopes.body);
  // As in Jinja2, "else" also runs if "continue" or "break" left every iteration.
  if (completed || node.otherwise.empty()) return Flow::next;
  enter(scopes.otherwise);
  const Flow flow = execute(node.otherwise);
  if (flow == Flow::next) leave(scopes.otherwise);
  return flow;
}

std::string Run::recurse(LoopState& outer, const Value& list) {
  if (!outer.node->flag) raise("calls a loop that is not recursive");
  const Level level(*this);
  spend(size_of(list).weight);
  LoopState& state = loops_.emplace_back();
  state.node = outer.node;
  state.frame = outer.frame;
  state.depth0 = outer.depth0 + 1;
  std::string text;
  std::string* const out = out_;
  Frame* const frame = frame_;
  out_ = &text;
  frame_ = &frames_.emplace_back(Frame{outer.frame});
  iterate(*outer.node, list, state);
  frame_ = frame;
  out_ = out;
  return text;
}

Value Run::define(const Node& node) {
  return Value(&std::as_const(macros_.emplace_back(Macro{&node, frame_})));
}

std::string Run::call_macro(const Macro& macro, const Arguments& arguments) {
  const Level level(*this);
  const Node& node = *macro.node;
  std::string text;
  std::string* const out = out_;
  Frame* const frame = frame_;
  frame_ = &frames_.emplace_back(Frame{macro.frame});
  bind_parameters(macro, arguments);
  enter(node.scopes->body);
  const std::size_t first = node.kind == NodeKind::call_block ? 1 : 0;
  const std::size_t defaults = node.children.size() - first;
  for (std::size_t i = 0; i < node.names.size(); ++i) {
    const std::string& name = node.scopes->parameters[i];
    if (frame_->variables[name]) continue;
    const std::size_t plain = node.names.size() - defaults;
    Value value = i < plain ? undefined("the parameter \"" + node.names[i] + "\" was not given")
                            : evaluate(*node.children[first + i - plain]);
    frame_->variables[name] = std::move(value);
  }
  out_ = &text;
  execute(node.body);
  out_ = out;
  frame_ = frame;
  return text;
}

void Run::bind_parameters(const Macro& macro, const Arguments& arguments) {
  const Node& node = *macro.node;
  const Scopes& scopes = *node.scopes;
  const std::size_t count = node.names.size();
  auto named = arguments.named;
  const auto take = [&](const std::string& name) -> std::optional<Value> {
    const auto found = std::find_if(named.begin(), named.end(),
                                    [&](const auto& one) { return one.first == name; });
    if (found == named.end()) return {};
    Value value = std::move(found->second);
    named.erase(found);
    return value;
  };
  const auto& given = arguments.positional;
  for (std::size_t i = 0; i < count; ++i) {
    frame_->variables[scopes.parameters[i]] =
        i < given.size() ? std::optional<Value>(given[i]) : take(node.names[i]);
  }
  if (!scopes.caller.empty()) {
    const std::optional<Value> caller = take("caller");
    frame_->variables[scopes.caller] =
        caller && !caller->is<None>() ? *caller : undefined("no caller is defined");
  }
  if (scopes.named.empty() && !named.empty()) {
    raise("the macro has no parameter \"", named.front().first, "\"");
  }
  if (!scopes.named.empty()) {
    std::vector<std::pair<Value, Value>> entries;
    entries.reserve(named.size());
    for (const auto& [name, value] : named) entries.emplace_back(text_value(name), value);
    frame_->variables[scopes.named] = dictionary_value(std::move(entries));
  }
  if (scopes.positional.empty() && given.size() > count) raise("the macro has fewer parameters");
  if (!scopes.positional.empty()) {
    const auto rest = static_cast<std::ptrdiff_t>(std::min(count, given.size()));
    frame_->variables[scopes.positional] = tuple_value(Values(given.begin() + rest, given.end()));
  }
}

Value Run::call(const Value& callee, const Arguments& arguments) {
  if (const auto* missing = callee.as<Undefined>()) raise(*missing->what);
  if (const auto* method = callee.as<MethodPointer>()) return call_method(**method, arguments);
  if (const auto* macro = callee.as<const Macro*>()) {
    return text_value(call_macro(**macro, arguments));
  }
  if (const auto* loop = callee.as<LoopState*>()) {
    const Bound bound("loop()", arguments, {"iterable"}, 1);
    return text_value(recurse(**loop, bound.at(0)));
  }
  if (const auto* method = callee.as<LoopMethod>()) return call_loop_method(*method, arguments);
  if (const auto* function = callee.as<Function>()) return call_function(*function, arguments);
  raise("calls a ", type_name(callee));
}

Value Run::call_function(Function function, const Arguments& arguments) {
  switch (function) {
    case Function::range:
      return range_of(arguments);
    case Function::dict:
      return dictionary_of(arguments);
    case Function::namespace_: {
      Namespace& space = namespaces_.emplace_back();
      const Value members = dictionary_of(arguments);
      for (const auto& [name, value] : (*members.as<DictionaryPointer>())->entries) {
        if (name.text() == nullptr) unsupported("a namespace with members that are not texts");
        space.members.emplace_back(*name.text(), value);
      }
      return Value(&space);
    }
    case Function::raise_exception:
      raise_exception(arguments);
    case Function::strftime_now:
      return formatted_time(*environment_.clock, arguments);
    case Function::other:
      break;
  }
  unsupported("the function cycler(), joiner() or lipsum()");
}

}  // namespace ringlet::jinja

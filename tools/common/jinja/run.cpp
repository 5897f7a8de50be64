#include "jinja/run.hpp"

#include "jinja/error.hpp"
#include "jinja/filters.hpp"
#include "jinja/print.hpp"

namespace ringlet::jinja {
namespace {

constexpr std::size_t longest_output = std::size_t{1} << 22;
/// Of the outputs of blocks and macros together, each of which is written again further out.
constexpr std::size_t most_written = std::size_t{1} << 26;
/// Frames, macros, loops and namespaces live until the end.
constexpr std::size_t most_objects = 200'000;
constexpr int deepest_level = 500;

}  // namespace

Run::Level::Level(Run& run) : run_(run) {
  if (++run_.level_ > deepest_level) unsupported("a template nested this deeply");
}

void Run::spend(std::size_t work) {
  work_ += work;
  if (work_ > environment_.most_work) unsupported("a template that runs this long");
  const std::size_t objects = frames_.size() + macros_.size() + loops_.size() + namespaces_.size();
  if (objects > most_objects) unsupported("a template with this many calls and loops");
}

std::string Run::render(const Nodes& nodes, const Loads& loads) {
  std::string out;
  out_ = &out;
  frame_ = &frames_.emplace_back(Frame{nullptr});
  enter(loads);
  execute(nodes);
  return out;
}

void Run::write(std::string_view text) {
  if (out_->size() + text.size() > longest_output) {
    unsupported("an output of more than ", longest_output, " bytes");
  }
  written_ += text.size();
  if (written_ > most_written) unsupported("a template that writes this much in its blocks");
  *out_ += text;
}

/// The value of a variable of the template itself.
Value Run::variable(const std::string& name) const {
  const auto found = variables_.find(name);
  if (found != variables_.end()) return found->second;
  if (name == "range") return Value(Function::range);
  if (name == "dict") return Value(Function::dict);
  if (name == "namespace") return Value(Function::namespace_);
  if (name == "raise_exception") return Value(Function::raise_exception);
  if (name == "strftime_now" && environment_.clock) return Value(Function::strftime_now);
  if (name == "cycler" || name == "joiner" || name == "lipsum") return Value(Function::other);
  return undefined("\"" + name + "\" is undefined");
}

/// Returns the variable in the nearest frame that contains it, or null.
std::optional<Value>* Run::find(const std::string& variable) {
  for (Frame* frame = frame_; frame != nullptr; frame = frame->parent) {
    const auto found = frame->variables.find(variable);
    if (found != frame->variables.end()) return &found->second;
  }
  return nullptr;
}

void Run::enter(const Loads& loads) {
  spend(loads.size());
  for (const auto& [name, load] : loads) {
    switch (load.kind) {
      case Load::Kind::parameter:
        break;
      case Load::Kind::variable: {
        Value value = variable(load.source);
        frame_->variables[name] =
            value.is<Undefined>() ? std::nullopt : std::optional<Value>(std::move(value));
        break;
      }
      case Load::Kind::alias: {
        const std::optional<Value>* source = find(load.source);
        frame_->variables[name] = source == nullptr ? std::nullopt : *source;
        break;
      }
      case Load::Kind::missing:
        frame_->variables[name] = std::nullopt;
        break;
    }
  }
}

void Run::leave(const Loads& loads) {
  for (const auto& [name, load] : loads) frame_->variables[name] = std::nullopt;
}

Run::Flow Run::execute(const Nodes& nodes) {
  for (const NodePointer& node : nodes) {
    const Flow flow = execute(*node);
    if (flow != Flow::next) return flow;
  }
  return Flow::next;
}

Run::Flow Run::execute(const Node& node) {
  const Level level(*this);
  spend(1);
  line_ = node.line;
  switch (node.kind) {
    case NodeKind::data:
      write(node.text);
      return Flow::next;
    case NodeKind::output:
      for (const NodePointer& value : node.children) write(to_text(evaluate(*value)));
      return Flow::next;
    case NodeKind::if_:
      return execute_condition(node);
    case NodeKind::for_:
      return execute_loop(node);
    case NodeKind::set:
      assign(*node.children[0], evaluate(*node.children[1]));
      return Flow::next;
    case NodeKind::set_block:
    case NodeKind::filter_block:
      return execute_block(node);
    case NodeKind::macro:
      frame_->variables[node.variable] = define(node);
      return Flow::next;
    case NodeKind::call_block: {
      const Value caller = define(node);
      write(to_text(evaluate_call(*node.children[0], &caller)));
      return Flow::next;
    }
    case NodeKind::generation:
      write(call_macro(Macro{&node, frame_}, {}));
      return Flow::next;
    case NodeKind::with:
      return execute_with(node);
    case NodeKind::break_:
      return Flow::break_;
    default:
      return Flow::continue_;
  }
}

Run::Flow Run::execute_condition(const Node& node) {
  for (std::size_t i = 0; i < node.branches.size(); ++i) {
    if (is_true(evaluate(*node.children[i]))) return execute(node.branches[i]);
  }
  return execute(node.otherwise);
}

/// "set" and "filter", which process the output of the block that they enclose.
Run::Flow Run::execute_block(const Node& node) {
  std::string text;
  std::string* const out = out_;
  enter(node.scopes->body);
  out_ = &text;
  const Flow flow = execute(node.body);
  out_ = out;
  if (flow != Flow::next) return flow;  // the output is lost
  Value value = text_value(std::move(text));
  if (node.kind == NodeKind::filter_block) {
    write(to_text(filter_chain(*node.children[0], value)));
  } else {
    if (node.children[1]) value = filter_chain(*node.children[1], value);
    assign(*node.children[0], value);
  }
  leave(node.scopes->body);
  return Flow::next;
}

/// Filters whose first value is the output of a block.
Value Run::filter_chain(const Node& node, const Value& written) {
  const Value value = node.children[0] ? filter_chain(*node.children[0], written) : written;
  return filter(node, value);
}

Run::Flow Run::execute_with(const Node& node) {
  enter(node.scopes->body);
  for (std::size_t i = 0; i < node.children.size(); i += 2) {
    assign(*node.children[i], evaluate(*node.children[i + 1]));
  }
  const Flow flow = execute(node.body);
  if (flow == Flow::next) leave(node.scopes->body);
  return flow;
}

void Run::assign(const Node& target, const Value& value) {
  if (target.kind == NodeKind::name) {
    frame_->variables[target.variable] = value;
  } else if (target.kind == NodeKind::member) {
    const std::optional<Value>* object = find(target.variable);
    const auto* space = object != nullptr && *object ? (*object)->as<Namespace*>() : nullptr;
    if (space == nullptr) raise("sets a member of ", target.text, ", which is not a namespace");
    for (auto& [name, there] : (*space)->members) {
      if (name == target.names[0]) {
        there = value;
        return;
      }
    }
    (*space)->members.emplace_back(target.names[0], value);
  } else {
    const Values parts = elements_of(value);
    if (parts.size() != target.children.size()) {
      raise("unpacks ", parts.size(), " values into ", target.children.size());
    }
    for (std::size_t i = 0; i < parts.size(); ++i) assign(*target.children[i], parts[i]);
  }
}

}  // namespace ringlet::jinja

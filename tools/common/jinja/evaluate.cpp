#include "jinja/error.hpp"
#include "jinja/filters.hpp"
#include "jinja/members.hpp"
#include "jinja/operators.hpp"
#include "jinja/print.hpp"
#include "jinja/run.hpp"
#include "jinja/text.hpp"

namespace ringlet::jinja {
namespace {

/// The work of searching for a text in another, or in all texts of a list.
std::size_t search_work(const Value& text, const Value& part) {
  if (text.text() == nullptr && part.text() == nullptr) return 0;
  const auto bytes = [](const Value& value) {
    return value.text() == nullptr ? 64 * size_of(value).weight : value.text()->size();
  };
  return bytes(text) * bytes(part) / 65'536;
}

std::size_t search_work(const Value& text, const Arguments& arguments) {
  std::size_t work = 0;
  for (const Value& value : arguments.positional) work += search_work(text, value);
  for (const auto& [name, value] : arguments.named) work += search_work(text, value);
  return work;
}

}  // namespace

Value Run::evaluate(const Node& node) {
  const Level level(*this);
  line_ = node.line;
  Value value = evaluate_plain(node);
  spend(1 + size_of(value).weight / 8);
  return value;
}

Value Run::evaluate_plain(const Node& node) {
  const auto part = [&](std::size_t i) { return evaluate(*node.children[i]); };
  switch (node.kind) {
    case NodeKind::constant:
      return node.constant;
    case NodeKind::name:
      return evaluate_name(node);
    case NodeKind::tuple:
    case NodeKind::list:
    case NodeKind::dictionary:
    case NodeKind::concatenation:
      return evaluate_elements(node);
    case NodeKind::binary: {
      const Value left = part(0);
      return binary(node.text, left, part(1));
    }
    case NodeKind::unary:
      return unary(node.text[0], part(0));
    case NodeKind::not_:
      return Value(!is_true(part(0)));
    case NodeKind::and_:
    case NodeKind::or_: {
      Value left = part(0);
      return is_true(left) == (node.kind == NodeKind::or_) ? left : part(1);
    }
    case NodeKind::comparison:
      return evaluate_comparison(node);
    case NodeKind::condition:
      if (is_true(part(0))) return part(1);
      return node.children.size() > 2 ? part(2) : undefined("a condition has no \"else\"");
    case NodeKind::attribute:
      return attribute(part(0), node.text);
    case NodeKind::item: {
      const Value value = part(0);
      return item(value, part(1));
    }
    case NodeKind::slice:
      return evaluate_slice(node);
    case NodeKind::call:
      return evaluate_call(node, nullptr);
    case NodeKind::filter:
      return filter(node, part(0));
    case NodeKind::test: {
      const Value value = part(0);
      const Arguments given = evaluate_arguments(node);
      spend(given.positional.empty() ? 0 : search_work(given.positional[0], value));
      return Value(apply_test(node.text, value, given));
    }
    default:
      unsupported("this expression");
  }
}

Value Run::evaluate_name(const Node& node) {
  const std::optional<Value>* found = find(node.variable);
  if (found != nullptr && *found) return **found;
  if (node.text == "self" || environment_.unknown.contains(node.text)) {
    unsupported("the variable \"", node.text, "\"");
  }
  return undefined("\"" + node.text + "\" is undefined");
}

Value Run::evaluate_elements(const Node& node) {
  Values values;
  for (const NodePointer& child : node.children) values.push_back(evaluate(*child));
  if (node.kind == NodeKind::tuple) return tuple_value(std::move(values));
  if (node.kind == NodeKind::list) return list_value(std::move(values));
  if (node.kind == NodeKind::dictionary) {
    std::vector<std::pair<Value, Value>> entries;
    for (std::size_t i = 0; i + 1 < values.size(); i += 2) {
      entries.emplace_back(std::move(values[i]), std::move(values[i + 1]));
    }
    return dictionary_value(std::move(entries));
  }
  std::string text;
  for (const Value& value : values) {
    text += to_text(value);
    require_size(text.size());
  }
  return text_value(std::move(text));
}

/// a < b < c compares neighbors, and stops at the first comparison that is false.
Value Run::evaluate_comparison(const Node& node) {
  Value left = evaluate(*node.children[0]);
  for (std::size_t i = 0; i < node.names.size(); ++i) {
    Value right = evaluate(*node.children[i + 1]);
    spend(search_work(right, left));
    if (!compare(node.names[i], left, right)) return Value(false);
    left = std::move(right);
  }
  return Value(true);
}

Value Run::evaluate_slice(const Node& node) {
  const auto part = [&](std::size_t i) {
    return node.children[i] ? evaluate(*node.children[i]) : Value(None{});
  };
  const Value value = part(0);
  const Value start = part(1);
  const Value stop = part(2);
  return slice(value, start, stop, part(3));
}

Arguments Run::evaluate_arguments(const Node& node) {
  Arguments result;
  const std::size_t count = node.children.size() - node.names.size();
  for (std::size_t i = 1; i < node.children.size(); ++i) {
    Value value = evaluate(*node.children[i]);
    if (i < count) {
      result.positional.push_back(std::move(value));
    } else {
      result.named.emplace_back(node.names[i - count], std::move(value));
    }
  }
  line_ = node.line;
  return result;
}

Value Run::evaluate_call(const Node& node, const Value* caller) {
  const Value callee = evaluate(*node.children[0]);
  Arguments given = evaluate_arguments(node);
  if (caller != nullptr) given.named.emplace_back("caller", *caller);
  if (const auto* method = callee.as<MethodPointer>()) {
    spend(size_of((*method)->object).weight + search_work((*method)->object, given));
  }
  return call(callee, given);
}

Value Run::filter(const Node& node, const Value& value) {
  const Arguments given = evaluate_arguments(node);
  const std::size_t weight = size_of(value).weight;
  spend(weight + search_work(value, given));
  if (node.text == "unique") spend(weight * weight / 64);  // compares every pair
  return apply_filter(node.text, value, given);
}

}  // namespace ringlet::jinja

#include "jinja/scopes.hpp"

#include <algorithm>
#include <array>

#include "jinja/error.hpp"
#include "jinja/filters.hpp"
#include "jinja/symbols.hpp"
#include "jinja/undeclared.hpp"

namespace ringlet::jinja {
namespace {

/// The context of a node.
struct Place {
  const Symbols& symbols;
  bool optional = false;  // in a condition, where Jinja2 looks up filters only at run time
  bool loop = false;      // "break" is allowed
};

class Binder {
 public:
  void bind(const Nodes& nodes, const Place& place) {
    for (const NodePointer& node : nodes) {
      if (node) bind(*node, place);
    }
  }

 private:
  void bind(Node& node, const Place& place) {
    switch (node.kind) {
      case NodeKind::name:
      case NodeKind::member:
        node.variable = *place.symbols.find(node.text);
        return;
      case NodeKind::filter:
      case NodeKind::test:
        if (!place.optional) require_known(node);
        return bind(node.children, place);
      case NodeKind::condition:
        return bind(node.children, {place.symbols, true, place.loop});
      case NodeKind::if_: {
        const Place inner{place.symbols, true, place.loop};
        bind(node.children, inner);
        for (const Nodes& branch : node.branches) bind(branch, inner);
        return bind(node.otherwise, inner);
      }
      case NodeKind::for_:
        return bind_loop(node, place);
      case NodeKind::set_block:
      case NodeKind::filter_block:
        return bind_block(node, place);
      case NodeKind::with:
        return bind_with(node, place);
      case NodeKind::macro:
        node.variable = *place.symbols.find(node.text);
        return bind_macro(node, place, 0);
      case NodeKind::call_block:
        bind_macro(node, place, 1);
        return bind(*node.children[0], place);
      case NodeKind::generation:
        return bind_macro(node, place, 0);
      case NodeKind::break_:
      case NodeKind::continue_:
        if (!place.loop) raise("line ", node.line, ": leaves a loop outside a loop");
        return;
      default:
        bind(node.children, place);
    }
  }

  static void require_known(const Node& node) {
    const bool filter = node.kind == NodeKind::filter;
    if (filter ? is_jinja_filter(node.text) : is_jinja_test(node.text)) return;
    unsupported("line ", node.line, ": the ", filter ? "filter \"" : "test \"", node.text, "\"");
  }

  void bind_loop(Node& node, const Place& place) {
    if (assigns(node, "loop")) raise("line ", node.line, ": assigns to \"loop\" in a loop");
    node.scopes = std::make_unique<Scopes>();
    Scopes& scopes = *node.scopes;
    Symbols body(&place.symbols);
    if (node.flag || !find_undeclared(node.body, {"loop"}).empty()) {
      scopes.loop = body.declare("loop");
    }
    body.collect_target(*node.children[0], true);
    body.collect(node.body);
    Symbols otherwise(&place.symbols);
    otherwise.collect(node.otherwise);
    Symbols filter(&place.symbols);
    filter.collect_target(*node.children[0], true);
    if (node.children[2]) {
      filter.collect(*node.children[2]);
      bind(*node.children[2], {filter});
    }
    bind(*node.children[0], {body});
    bind(*node.children[1], place);
    bind(node.body, {body, false, true});
    bind(node.otherwise, {otherwise, false, place.loop && !node.flag});
    scopes.body = body.loads();
    scopes.otherwise = otherwise.loads();
    scopes.filter = filter.loads();
  }

  /// "set" and "filter" with a block.
  void bind_block(Node& node, const Place& place) {
    const bool set = node.kind == NodeKind::set_block;
    node.scopes = std::make_unique<Scopes>();
    Symbols body(&place.symbols);
    body.collect(node.body);
    if (!set) body.collect(*node.children[0]);
    if (set && node.children[1]) {
      if (!names_are_known(*node.children[1], body)) {
        unsupported("line ", node.line, ": a variable in the filter of \"set\"");
      }
      bind(*node.children[1], {body});
    }
    bind(node.body, {body, false, place.loop});
    bind(*node.children[0], set ? place : Place{body});
    node.scopes->body = body.loads();
  }

  /// Jinja2 does not track the names in the filter of a "set" block.
  static bool names_are_known(const Node& node, const Symbols& symbols) {
    if (node.kind == NodeKind::name) return symbols.find(node.text) != nullptr;
    return std::all_of(node.children.begin(), node.children.end(), [&](const NodePointer& child) {
      return !child || names_are_known(*child, symbols);
    });
  }

  void bind_with(Node& node, const Place& place) {
    node.scopes = std::make_unique<Scopes>();
    Symbols body(&place.symbols);
    for (std::size_t i = 0; i < node.children.size(); i += 2) {
      body.collect_target(*node.children[i], true);
    }
    body.collect(node.body);
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      bind(*node.children[i], i % 2 == 0 ? Place{body} : place);
    }
    bind(node.body, {body, false, place.loop});
    node.scopes->body = body.loads();
  }

  /// A macro, or a block that is called like one. Its defaults begin at child `first`.
  void bind_macro(Node& node, const Place& place, std::size_t first) {
    static constexpr std::array<const char*, 3> special = {"caller", "kwargs", "varargs"};
    node.scopes = std::make_unique<Scopes>();
    Scopes& scopes = *node.scopes;
    const std::array<std::string*, 3> variables = {&scopes.caller, &scopes.named,
                                                   &scopes.positional};
    Symbols body(&place.symbols);
    for (const std::string& name : node.names) {
      scopes.parameters.push_back(body.declare(name));
      if (std::find(special.begin(), special.end(), name) != special.end()) {
        unsupported("line ", node.line, ": a parameter with the name \"", name, "\"");
      }
    }
    const auto undeclared = find_undeclared(node.body, {special.begin(), special.end()});
    for (std::size_t i = 0; i < special.size(); ++i) {
      if (undeclared.contains(special[i])) *variables[i] = body.declare(special[i]);
    }
    for (std::size_t i = first; i < node.children.size(); ++i) body.collect(*node.children[i]);
    body.collect(node.body);
    for (std::size_t i = first; i < node.children.size(); ++i) bind(*node.children[i], {body});
    bind(node.body, {body});
    scopes.body = body.loads();
  }
};

}  // namespace

Loads find_scopes(const Nodes& nodes) {
  Symbols symbols(nullptr);
  symbols.collect(nodes);
  Binder().bind(nodes, {symbols});
  return symbols.loads();
}

}  // namespace ringlet::jinja

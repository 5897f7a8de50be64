#include "jinja/undeclared.hpp"

#include <algorithm>

namespace ringlet::jinja {
namespace {

class UndeclaredFinder {
 public:
  explicit UndeclaredFinder(std::set<std::string> names) : names_(std::move(names)) {}

  void visit(const Nodes& nodes) {
    for (const NodePointer& node : nodes) {
      if (node) visit(*node);
    }
  }

  [[nodiscard]] const std::set<std::string>& found() const { return found_; }
  [[nodiscard]] const std::set<std::string>& left() const { return names_; }

  void visit(const Node& node) {
    switch (node.kind) {
      case NodeKind::name:
        if (names_.contains(node.text)) found_.insert(node.text);
        return;
      case NodeKind::for_:
        assign(*node.children[0]);
        visit(*node.children[1]);
        visit(node.body);
        visit(node.otherwise);
        if (node.children[2]) visit(*node.children[2]);
        return;
      case NodeKind::set:
      case NodeKind::set_block:
        assign(*node.children[0]);
        if (node.children[1]) visit(*node.children[1]);
        return visit(node.body);
      case NodeKind::with:
        for (std::size_t i = 0; i < node.children.size(); i += 2) assign(*node.children[i]);
        for (std::size_t i = 1; i < node.children.size(); i += 2) visit(*node.children[i]);
        return visit(node.body);
      case NodeKind::macro:
      case NodeKind::call_block:
        return visit_macro(node);
      case NodeKind::filter_block:
        visit(node.body);
        return visit(node.children);
      case NodeKind::if_:
        return visit_condition(node);
      default:
        visit(node.children);
        visit(node.body);
    }
  }

 private:
  void assign(const Node& target) {
    if (target.kind == NodeKind::name) names_.erase(target.text);
    for (const NodePointer& child : target.children) assign(*child);
  }

  void visit_macro(const Node& node) {
    const bool call = node.kind == NodeKind::call_block;
    if (call) visit(*node.children[0]);
    for (const std::string& name : node.names) names_.erase(name);
    for (std::size_t i = call ? 1 : 0; i < node.children.size(); ++i) visit(*node.children[i]);
    visit(node.body);
  }

  void visit_condition(const Node& node) {
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      visit(*node.children[i]);
      visit(node.branches[i]);
    }
    visit(node.otherwise);
  }

  std::set<std::string> names_;
  std::set<std::string> found_;
};

}  // namespace

std::set<std::string> find_undeclared(const Nodes& nodes, std::set<std::string> names) {
  UndeclaredFinder finder(std::move(names));
  finder.visit(nodes);
  return finder.found();
}

bool assigns(const Node& node, const std::string& name) {
  UndeclaredFinder finder({name});
  finder.visit(node);
  return finder.left().empty();
}

}  // namespace ringlet::jinja

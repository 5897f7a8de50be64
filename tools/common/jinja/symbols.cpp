#include "jinja/symbols.hpp"

namespace ringlet::jinja {

const std::string* Symbols::find(const std::string& name) const {
  const auto found = names_.find(name);
  if (found != names_.end()) return &found->second;
  return parent_ == nullptr ? nullptr : parent_->find(name);
}

void Symbols::read(const std::string& name) {
  if (find(name) == nullptr) define(name, {Load::Kind::variable, name});
}

void Symbols::assign(const std::string& name) {
  assigned_.insert(name);
  if (names_.contains(name)) return;
  const std::string* outer = parent_ == nullptr ? nullptr : parent_->find(name);
  define(name, outer == nullptr ? Load{} : Load{Load::Kind::alias, *outer});
}

const std::string& Symbols::declare(const std::string& name) {
  assigned_.insert(name);
  return define(name, {Load::Kind::parameter, {}});
}

const std::string& Symbols::define(const std::string& name, Load load) {
  const std::string variable = std::to_string(level_) + " " + name;
  loads_[variable] = std::move(load);
  return names_[name] = variable;
}

void Symbols::collect(const Nodes& nodes) {
  for (const NodePointer& node : nodes) {
    if (node) collect(*node);
  }
}

void Symbols::collect(const Node& node) {
  switch (node.kind) {
    case NodeKind::name:
      return read(node.text);
    case NodeKind::if_: {
      collect(*node.children[0]);
      std::vector<Symbols> branches(3, *this);  // "if", all "elif" in sequence, "else"
      branches[0].collect(node.branches[0]);
      for (std::size_t i = 1; i < node.branches.size(); ++i) branches[1].collect_branch(node, i);
      branches[2].collect(node.otherwise);
      return merge(branches);
    }
    case NodeKind::for_:
      return collect(*node.children[1]);
    case NodeKind::set:
      collect(*node.children[1]);
      return collect_target(*node.children[0], false);
    case NodeKind::set_block:
      return collect_target(*node.children[0], false);
    case NodeKind::macro:
      return assign(node.text);
    case NodeKind::call_block:
      return collect(*node.children[0]);
    case NodeKind::with:
      for (std::size_t i = 1; i < node.children.size(); i += 2) collect(*node.children[i]);
      return;
    default:
      collect(node.children);
  }
}

/// An "elif" is treated as an "if" without further branches.
void Symbols::collect_branch(const Node& node, std::size_t index) {
  collect(*node.children[index]);
  std::vector<Symbols> branches(3, *this);
  branches[0].collect(node.branches[index]);
  merge(branches);
}

/// After the branches of a condition: a variable that only some of them assign keeps its earlier
/// value in the others.
void Symbols::merge(const std::vector<Symbols>& branches) {
  std::map<std::string, std::size_t> counts;
  for (const Symbols& branch : branches) {
    for (const std::string& name : branch.assigned_) {
      if (!assigned_.contains(name)) ++counts[name];
    }
  }
  for (const Symbols& branch : branches) {
    for (const auto& [name, variable] : branch.names_) names_[name] = variable;
    for (const auto& [variable, load] : branch.loads_) loads_[variable] = load;
    assigned_.insert(branch.assigned_.begin(), branch.assigned_.end());
  }
  for (const auto& [name, count] : counts) {
    if (count == branches.size()) continue;
    const std::string* outer = parent_ == nullptr ? nullptr : parent_->find(name);
    loads_[*find(name)] =
        outer == nullptr ? Load{Load::Kind::variable, name} : Load{Load::Kind::alias, *outer};
  }
}

void Symbols::collect_target(const Node& target, bool parameter) {
  if (target.kind == NodeKind::member) {
    read(target.text);
  } else if (target.kind != NodeKind::name) {
    for (const NodePointer& child : target.children) collect_target(*child, parameter);
  } else if (parameter) {
    declare(target.text);
  } else {
    assign(target.text);
  }
}

}  // namespace ringlet::jinja

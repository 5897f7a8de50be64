// The names of one block of a template and of the blocks around it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "jinja/node.hpp"

namespace ringlet::jinja {

class Symbols {
 public:
  /// `parent` is the enclosing block, or null for the whole template.
  explicit Symbols(const Symbols* parent)
      : parent_(parent), level_(parent == nullptr ? 0 : parent->level_ + 1) {}

  /// Returns the variable of a name, or null.
  [[nodiscard]] const std::string* find(const std::string& name) const;
  /// Records that the block reads, or assigns to, a name.
  void read(const std::string& name);
  void assign(const std::string& name);
  /// Declares a name that has its value when the block begins. Returns its variable.
  const std::string& declare(const std::string& name);

  /// Records what statements read and assign to, without entering blocks with their own names.
  void collect(const Nodes& nodes);
  void collect(const Node& node);
  void collect_target(const Node& target, bool parameter);

  [[nodiscard]] const Loads& loads() const { return loads_; }

 private:
  const std::string& define(const std::string& name, Load load);
  void collect_branch(const Node& node, std::size_t index);
  void merge(const std::vector<Symbols>& branches);

  const Symbols* parent_;
  int level_;
  std::map<std::string, std::string> names_;
  Loads loads_;
  std::set<std::string> assigned_;
};

}  // namespace ringlet::jinja

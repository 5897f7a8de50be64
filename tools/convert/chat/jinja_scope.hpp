// What a template knows while it runs: variables, macros, and how much more it may do.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "chat/jinja_values.hpp"
#include "errors.hpp"

namespace ringlet::convert {

class JinjaScope;

/// Writes a part of a template.
using JinjaStatement = std::function<void(JinjaScope&, std::string& out)>;
/// Computes a value.
using JinjaExpression = std::function<JinjaValue(JinjaScope&)>;

struct JinjaMacro {
  std::vector<std::string> parameters;
  std::map<std::string, JinjaExpression> defaults;
  std::vector<JinjaStatement> body;
};

class JinjaScope {
 public:
  explicit JinjaScope(const JinjaValue& variables) { levels_.push_back(variables); }

  /// Undefined where there is none.
  [[nodiscard]] JinjaValue get(const std::string& name) const {
    for (auto level = levels_.rbegin(); level != levels_.rend(); ++level) {
      const auto found = level->find(name);
      if (found != level->end()) return *found;
    }
    return jinja_undefined();
  }

  void set(const std::string& name, JinjaValue value) { levels_.back()[name] = std::move(value); }

  /// ns.member = value, for what namespace() has made.
  void set_member(const std::string& name, const std::string& member, JinjaValue value) {
    for (auto level = levels_.rbegin(); level != levels_.rend(); ++level) {
      const auto found = level->find(name);
      if (found == level->end()) continue;
      if (!found->is_object()) break;
      (*found)[member] = std::move(value);
      return;
    }
    fail("sets a member of ", name, ", which is no namespace");
  }

  void enter() {
    if (levels_.size() > 50) fail("nests too deeply");
    levels_.push_back(JinjaValue::object());
  }
  void leave() { levels_.pop_back(); }

  /// Counts a step; a template that never ends is refused.
  void step(const std::string& out) {
    if (++steps_ > 20'000 || out.size() > (1U << 20)) fail("runs for too long");
  }

  std::map<std::string, JinjaMacro> macros;

 private:
  std::vector<JinjaValue> levels_;
  std::size_t steps_ = 0;
};

inline void run_statements(const std::vector<JinjaStatement>& statements, JinjaScope& scope,
                           std::string& out) {
  for (const JinjaStatement& statement : statements) {
    scope.step(out);
    statement(scope, out);
  }
}

}  // namespace ringlet::convert

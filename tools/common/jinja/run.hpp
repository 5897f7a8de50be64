// A template being rendered.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "jinja/arguments.hpp"
#include "jinja/node.hpp"
#include "jinja/template.hpp"
#include "jinja/value.hpp"

namespace ringlet::jinja {

/// The variables of one call of the template, a macro, or a recursive loop. Outer variables are
/// found through `parent`. A variable can exist without a value.
struct Frame {
  Frame* parent;
  std::map<std::string, std::optional<Value>> variables = {};
};

struct Macro {
  const Node* node;
  Frame* frame;  // where it was defined
};

/// A running loop, as the template sees it in "loop".
struct LoopState {
  const Node* node = nullptr;
  Frame* frame = nullptr;                           // of the loop statement
  std::function<std::optional<Value>()> pull = {};  // returns the next element
  std::optional<std::size_t> length = {};
  std::int64_t index0 = -1;
  std::int64_t depth0 = 0;
  std::optional<Value> before = {}, current = {}, after = {};
  std::optional<Values> changed = {};

  /// Moves to the next element. Returns false at the end.
  bool advance();
  /// The element after the current one, if any.
  const std::optional<Value>& peek();
  std::size_t known_length();
};

/// An attribute of "loop", or nothing.
std::optional<Value> loop_attribute(LoopState& loop, const std::string& name);
Value call_loop_method(const LoopMethod& method, const Arguments& arguments);

class Run {
 public:
  Run(const Environment& environment, std::map<std::string, Value> variables)
      : environment_(environment), variables_(std::move(variables)) {}

  std::string render(const Nodes& nodes, const Loads& loads);
  /// The line of the template that was processed last.
  [[nodiscard]] std::size_t line() const { return line_; }

 private:
  enum class Flow : std::uint8_t { next, break_, continue_ };

  // Statements, in run.cpp.
  Flow execute(const Nodes& nodes);
  Flow execute(const Node& node);
  Flow execute_condition(const Node& node);
  Flow execute_block(const Node& node);
  Flow execute_with(const Node& node);
  Value filter_chain(const Node& node, const Value& written);
  void write(std::string_view text);
  void enter(const Loads& loads);
  void leave(const Loads& loads);
  void assign(const Node& target, const Value& value);

  // Loops and macros, in run_calls.cpp.
  Flow execute_loop(const Node& node);
  Flow iterate(const Node& node, const Value& list, LoopState& state);
  std::function<std::optional<Value>()> filtered(const Node& node,
                                                 std::function<std::optional<Value>()> pull);
  std::string recurse(LoopState& outer, const Value& list);
  Value define(const Node& node);
  std::string call_macro(const Macro& macro, const Arguments& arguments);
  void bind_parameters(const Macro& macro, const Arguments& arguments);
  Value call(const Value& callee, const Arguments& arguments);
  Value call_function(Function function, const Arguments& arguments);

  // Expressions, in evaluate.cpp.
  Value evaluate(const Node& node);
  Value evaluate_plain(const Node& node);
  Value evaluate_name(const Node& node);
  Value evaluate_elements(const Node& node);
  Value evaluate_comparison(const Node& node);
  Value evaluate_slice(const Node& node);
  Value evaluate_call(const Node& node, const Value* caller);
  Arguments evaluate_arguments(const Node& node);
  Value filter(const Node& node, const Value& value);

  [[nodiscard]] std::optional<Value>* find(const std::string& variable);
  Value variable(const std::string& name) const;
  /// Counts work. A template that does too much is rejected.
  void spend(std::size_t work);

  /// Keeps recursive macros from exhausting the stack.
  class Level {
   public:
    explicit Level(Run& run);
    ~Level() { --run_.level_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    Run& run_;
  };

  const Environment& environment_;
  std::map<std::string, Value> variables_;
  std::deque<Frame> frames_;
  std::deque<Macro> macros_;
  std::deque<LoopState> loops_;
  std::deque<Namespace> namespaces_;
  Frame* frame_ = nullptr;
  std::string* out_ = nullptr;
  std::size_t line_ = 1;
  std::size_t work_ = 0;
  std::size_t written_ = 0;
  int level_ = 0;
};

}  // namespace ringlet::jinja

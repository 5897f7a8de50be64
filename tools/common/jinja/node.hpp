// The syntax tree of a template.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "jinja/value.hpp"

namespace ringlet::jinja {

struct Node;
using NodePointer = std::unique_ptr<Node>;
using Nodes = std::vector<NodePointer>;

enum class NodeKind : std::uint8_t {
  // Expressions. Their parts are in `children`, in this order.
  constant,       // constant
  name,           // text
  tuple,          // elements
  list,           // elements
  dictionary,     // key, value, key, value ...
  binary,         // text is the operator; left, right
  unary,          // text is the operator; value
  not_,           // value
  and_,           // left, right
  or_,            // left, right
  concatenation,  // values
  comparison,     // names are the operators; values
  condition,      // condition, value, and optional otherwise
  attribute,      // text; value
  item,           // value, index
  slice,          // value, start, stop, step; omitted ones are null
  call,           // callee, arguments; names are those of the last arguments
  filter,         // text; value (null for the content of a block), arguments, as for a call
  test,           // text; value, arguments, as for a call

  // Statements.
  data,          // text
  output,        // children
  if_,           // children: conditions, each with one of `branches`; otherwise
  for_,          // children: target, list, filter or null; body; otherwise; flag: recursive
  set,           // children: target, value
  set_block,     // children: target, filter or null; body
  macro,         // text; names of parameters; children: defaults of the last parameters; body
  call_block,    // children: call, defaults; names of parameters; body
  generation,    // body
  filter_block,  // children: filter; body
  with,          // children: target, value, target, value ...; body
  member,        // as a target: text is the namespace, names[0] its member
  break_,
  continue_
};

/// The initial value of a variable when its block or function is entered.
struct Load {
  enum class Kind : std::uint8_t {
    parameter,  // it already has its value
    variable,   // a variable of the template
    alias,      // an alias of a variable in an outer scope
    missing     // no value
  };
  Kind kind = Kind::missing;
  std::string source;
};
using Loads = std::map<std::string, Load>;

/// The variables of a block that has its own scope, as determined by scopes.cpp.
struct Scopes {
  Loads body;
  Loads otherwise;                        // of a loop
  Loads filter;                           // of a loop's condition
  std::string loop;                       // the variable "loop"; empty if the body does not use it
  std::vector<std::string> parameters;    // of a macro
  std::string caller, named, positional;  // "caller", "kwargs", "varargs", like "loop"
};

struct Node {
  NodeKind kind;
  std::size_t line = 0;
  std::string text = {};
  std::vector<std::string> names = {};
  Nodes children = {};
  Nodes body = {};
  Nodes otherwise = {};
  std::vector<Nodes> branches = {};
  Value constant = {};
  bool flag = false;
  int depth = 1;  // of nested expressions

  // Set by scopes.cpp.
  std::string variable = {};  // the variable of a name, or of a macro's own name
  std::unique_ptr<Scopes> scopes = {};
};

}  // namespace ringlet::jinja

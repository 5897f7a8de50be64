#include <algorithm>
#include <array>

#include "jinja/error.hpp"
#include "jinja/parser.hpp"

namespace ringlet::jinja {
namespace {

using Ends = std::initializer_list<std::string_view>;

class StatementParser : public ExpressionParser {
 public:
  using ExpressionParser::ExpressionParser;

  Nodes whole() { return statements({}); }

 private:
  /// Parses everything up to a block that begins with one of `ends`, whose name is then next.
  Nodes statements(Ends ends) {
    const Depth depth(*this);
    Nodes nodes;
    while (!is(TokenKind::end)) {
      if (is(TokenKind::data)) {
        NodePointer node = make(NodeKind::data, next().line);
        node->text = advance().text;
        nodes.push_back(std::move(node));
      } else if (is(TokenKind::output_begin)) {
        NodePointer node = make(NodeKind::output, advance().line);
        nodes.push_back(adopt(std::move(node), tuple()));
        expect(TokenKind::output_end, "the end of a tag");
      } else {
        expect(TokenKind::block_begin, "a block");
        if (is(TokenKind::name) && std::find(ends.begin(), ends.end(), next().text) != ends.end()) {
          return nodes;
        }
        nodes.push_back(block());
        expect(TokenKind::block_end, "the end of a tag");
      }
    }
    if (ends.size() > 0) raise("ends inside a block");
    return nodes;
  }

  /// Parses the body of a block, up to the end of its last tag.
  Nodes body(std::string_view end) {
    Nodes nodes = branch({end});
    advance();
    return nodes;
  }

  Nodes branch(Ends ends) {
    accept_symbol(":");
    expect(TokenKind::block_end, "the end of a tag");
    return statements(ends);
  }

  NodePointer block() {
    if (!is(TokenKind::name)) raise("has a tag without a name");
    const Token tag = advance();
    if (tag.text == "if") return condition(tag.line);
    if (tag.text == "for") return loop(tag.line);
    if (tag.text == "set") return assignment(tag.line);
    if (tag.text == "macro") return macro(tag.line);
    if (tag.text == "call") return call(tag.line);
    if (tag.text == "with") return with(tag.line);
    if (tag.text == "filter") return filter_block(tag.line);
    if (tag.text == "print") return print(tag.line);
    if (tag.text == "break") return make(NodeKind::break_, tag.line);
    if (tag.text == "continue") return make(NodeKind::continue_, tag.line);
    if (tag.text == "generation") {
      NodePointer node = make(NodeKind::generation, tag.line);
      node->body = body("endgeneration");
      return node;
    }
    static constexpr std::array<std::string_view, 6> others = {"extends", "block", "include",
                                                               "import",  "from",  "autoescape"};
    if (std::find(others.begin(), others.end(), tag.text) != others.end()) {
      unsupported("the statement \"", tag.text, "\"");
    }
    raise("has the unknown statement \"", tag.text, "\"");
  }

  NodePointer condition(std::size_t line) {
    NodePointer node = make(NodeKind::if_, line);
    do {
      node = adopt(std::move(node), tuple(false));
      node->branches.push_back(branch({"elif", "else", "endif"}));
    } while (accept_name("elif"));
    if (accept_name("else")) {
      node->otherwise = body("endif");
    } else {
      advance();
    }
    return node;
  }

  NodePointer loop(std::size_t line) {
    NodePointer node = make(NodeKind::for_, line);
    node = adopt(std::move(node), target("in"));
    if (!accept_name("in")) raise("has \"", next().text, "\" instead of \"in\"");
    node = adopt(std::move(node), tuple(false, "recursive"));
    node = adopt(std::move(node), accept_name("if") ? expression() : nullptr);
    node->flag = accept_name("recursive");
    node->body = branch({"endfor", "else"});
    if (advance().text == "else") node->otherwise = body("endfor");
    return node;
  }

  NodePointer assignment(std::size_t line) {
    NodePointer place;
    if (after_next().kind == TokenKind::symbol && after_next().text == ".") {
      place = make(NodeKind::member, next().line);
      place->text = expect_name();
      advance();
      place->names.push_back(expect_name());
    } else {
      place = target();
    }
    if (accept_symbol("=")) {
      NodePointer node = adopt(make(NodeKind::set, line), std::move(place));
      return adopt(std::move(node), tuple());
    }
    NodePointer node = adopt(make(NodeKind::set_block, line), std::move(place));
    node = adopt(std::move(node), filters(nullptr, false));
    node->body = body("endset");
    return node;
  }

  /// Parses parameter names, and the defaults of the last ones as further children.
  NodePointer signature(NodePointer node) {
    bool defaults = false;
    expect_symbol("(");
    while (!is_symbol(")")) {
      if (!node->names.empty()) expect_symbol(",");
      node->names.push_back(expect_name());
      if (std::count(node->names.begin(), node->names.end(), node->names.back()) > 1) {
        raise("has a parameter twice");
      }
      if (accept_symbol("=")) {
        defaults = true;
        node = adopt(std::move(node), expression());
      } else if (defaults) {
        raise("has a parameter without a default after one with a default");
      }
    }
    expect_symbol(")");
    return node;
  }

  NodePointer macro(std::size_t line) {
    NodePointer node = make(NodeKind::macro, line);
    node->text = expect_name();
    node = signature(std::move(node));
    node->body = body("endmacro");
    return node;
  }

  NodePointer call(std::size_t line) {
    NodePointer node = make(NodeKind::call_block, line);
    node->children.push_back(nullptr);  // the call, which follows the parameters
    if (is_symbol("(")) node = signature(std::move(node));
    node->children[0] = expression();
    if (node->children[0]->kind != NodeKind::call) raise("has \"call\" without a call");
    node->body = body("endcall");
    return node;
  }

  NodePointer with(std::size_t line) {
    NodePointer node = make(NodeKind::with, line);
    while (!is(TokenKind::block_end)) {
      if (!node->children.empty()) expect_symbol(",");
      NodePointer place = primary_target();
      expect_symbol("=");
      node = adopt(std::move(node), std::move(place));
      node = adopt(std::move(node), expression());
    }
    node->body = body("endwith");
    return node;
  }

  NodePointer primary_target() {
    NodePointer node = make(NodeKind::name, next().line);
    node->text = expect_name();
    if (is_symbol(",")) unsupported("assigning to several names by \"with\"");
    return node;
  }

  NodePointer filter_block(std::size_t line) {
    NodePointer node = adopt(make(NodeKind::filter_block, line), filters(nullptr, true));
    node->body = body("endfilter");
    return node;
  }

  NodePointer print(std::size_t line) {
    NodePointer node = make(NodeKind::output, line);
    while (!is(TokenKind::block_end)) {
      if (!node->children.empty()) expect_symbol(",");
      node = adopt(std::move(node), expression());
    }
    return node;
  }
};

}  // namespace

Nodes parse(std::vector<Token> tokens) {
  StatementParser parser(std::move(tokens));
  try {
    return parser.whole();
  } catch (const Error& error) {
    raise("line ", parser.line(), ": ", error.what());
  } catch (const Unsupported& error) {
    stop<Unsupported>("line ", parser.line(), ": ", error.what());
  }
}

}  // namespace ringlet::jinja

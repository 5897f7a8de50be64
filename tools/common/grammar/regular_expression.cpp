#include "grammar/regular_expression.hpp"

#include <optional>
#include <utility>

#include "grammar/text_reader.hpp"

namespace ringlet::grammar {
namespace {

constexpr std::uint32_t repeat_limit = 65'535;
constexpr unsigned nesting_limit = 200;

CharacterSet digits() { return {'0', '9'}; }

CharacterSet word_characters() {
  return digits() | CharacterSet('A', 'Z') | CharacterSet('a', 'z') | CharacterSet('_', '_');
}

CharacterSet line_ends() {
  return CharacterSet('\n', '\n') | CharacterSet('\r', '\r') | CharacterSet(0x2028, 0x2029);
}

/// WhiteSpace and LineTerminator of ECMA-262: the separators of Unicode, and U+FEFF.
CharacterSet white_space() {
  return line_ends() | CharacterSet('\t', '\r') | CharacterSet(' ', ' ') |
         CharacterSet(0xA0, 0xA0) | CharacterSet(0x1680, 0x1680) | CharacterSet(0x2000, 0x200A) |
         CharacterSet(0x202F, 0x202F) | CharacterSet(0x205F, 0x205F) |
         CharacterSet(0x3000, 0x3000) | CharacterSet(0xFEFF, 0xFEFF);
}

/// The set of \d, \w, \s and their opposites.
std::optional<CharacterSet> class_named(std::uint32_t letter) {
  switch (letter) {
    case 'd':
      return digits();
    case 'D':
      return ~digits();
    case 'w':
      return word_characters();
    case 'W':
      return ~word_characters();
    case 's':
      return white_space();
    case 'S':
      return ~white_space();
    default:
      return std::nullopt;
  }
}

class ExpressionReader {
 public:
  ExpressionReader(std::string_view text, const std::string& name) : in_(text, name) {}

  ExpressionPtr read() {
    ExpressionPtr expression = read_choice(0);
    if (in_.peek() != no_character) in_.refuse("')' without '('");
    return expression;
  }

 private:
  ExpressionPtr read_choice(unsigned nesting) {
    if (nesting > nesting_limit) in_.refuse("groups are nested more than ", nesting_limit, " deep");
    std::vector<ExpressionPtr> choices = {read_sequence(nesting)};
    while (in_.take_if("|")) choices.push_back(read_sequence(nesting));
    return choice(std::move(choices));
  }

  ExpressionPtr read_sequence(unsigned nesting) {
    std::vector<ExpressionPtr> parts;
    for (;;) {
      const std::uint32_t next = in_.peek();
      if (next == no_character || next == '|' || next == ')') return sequence(std::move(parts));
      if (in_.take_if("^")) {
        parts.push_back(assertion(Expression::Kind::text_start));
      } else if (in_.take_if("$")) {
        parts.push_back(assertion(Expression::Kind::text_end));
      } else {
        parts.push_back(read_repeat(read_part(nesting)));
      }
    }
  }

  ExpressionPtr assertion(Expression::Kind kind) {
    const std::uint32_t next = in_.peek();
    if (next == '*' || next == '+' || next == '?' || next == '{') {
      in_.refuse("an assertion cannot be repeated");
    }
    return std::make_shared<Expression>(Expression{.kind = kind});
  }

  ExpressionPtr read_part(unsigned nesting) {
    if (in_.take_if(".")) return one_of(~line_ends());
    if (in_.take_if("[")) return one_of(read_class());
    if (in_.take_if("(")) return read_group(nesting);
    if (in_.take_if("\\")) return one_of(read_escape(false));
    const std::uint32_t next = in_.peek();
    if (next == '*' || next == '+' || next == '?') {
      in_.refuse("there is nothing before this to repeat");
    }
    if (next == '{' || next == '}' || next == ']') {
      in_.refuse("write '\\", static_cast<char>(next), "' for the character itself");
    }
    (void)in_.take();
    return one_of({next, next});
  }

  ExpressionPtr read_group(unsigned nesting) {
    if (in_.take_if("?")) {
      if (in_.peek() == '=' || in_.peek() == '!') in_.refuse("look-ahead is not supported");
      if (in_.take_if("<")) {
        if (in_.peek() == '=' || in_.peek() == '!') in_.refuse("look-behind is not supported");
        while (in_.peek() != '>' && in_.peek() != no_character) (void)in_.take();
        if (!in_.take_if(">")) in_.refuse("the name of a group is not closed");
      } else if (!in_.take_if(":")) {
        in_.refuse("this kind of group is not supported");
      }
    }
    ExpressionPtr inner = read_choice(nesting + 1);
    if (!in_.take_if(")")) in_.refuse("')' is missing");
    return inner;
  }

  ExpressionPtr read_repeat(ExpressionPtr part) {
    std::uint32_t least = 0;
    std::uint32_t most = Expression::unlimited;
    if (in_.take_if("*")) {
    } else if (in_.take_if("+")) {
      least = 1;
    } else if (in_.take_if("?")) {
      most = 1;
    } else if (in_.take_if("{")) {
      most = least = in_.take_number(repeat_limit);
      if (in_.take_if(",")) {
        most = in_.at_digit() ? in_.take_number(repeat_limit) : Expression::unlimited;
      }
      if (!in_.take_if("}")) in_.refuse("'}' is missing");
      if (most < least) in_.refuse("the repetition's greatest number is below its least");
    } else {
      return part;
    }
    (void)in_.take_if("?");  // lazy, which matches the same texts
    const std::uint32_t next = in_.peek();
    if (next == '*' || next == '+' || next == '?' || next == '{') {
      in_.refuse("a repetition follows a repetition");
    }
    return repeat(std::move(part), least, most);
  }

  CharacterSet read_class() {
    const bool negated = in_.take_if("^");
    CharacterSet set;
    while (!in_.take_if("]")) {
      const CharacterSet first = read_class_part();
      if (in_.peek() != '-' || in_.peek_after(1) == ']') {
        set = set | first;
        continue;
      }
      (void)in_.take();
      const CharacterSet last = read_class_part();
      const auto single = [](const CharacterSet& part) {
        return part.ranges().size() == 1 && part.ranges()[0].first == part.ranges()[0].last;
      };
      if (!single(first) || !single(last)) in_.refuse("a range needs a character at each end");
      const std::uint32_t low = first.ranges()[0].first;
      const std::uint32_t high = last.ranges()[0].first;
      if (high < low) in_.refuse("the range ends before it begins");
      set = set | CharacterSet(low, high);
    }
    return negated ? ~set : set;
  }

  CharacterSet read_class_part() {
    if (in_.peek() == no_character) in_.refuse("']' is missing");
    if (in_.take_if("\\")) return read_escape(true);
    const std::uint32_t character = in_.take();
    return {character, character};
  }

  /// After a backslash.
  CharacterSet read_escape(bool in_class) {
    const std::uint32_t next = in_.peek();
    if (const std::optional<CharacterSet> named = class_named(next)) {
      (void)in_.take();
      return *named;
    }
    if (next == 'p' || next == 'P') in_.refuse("properties of Unicode (\\p) are not supported");
    if (!in_class && (next == 'b' || next == 'B')) in_.refuse("borders of words are not supported");
    if (!in_class && ((next >= '1' && next <= '9') || next == 'k')) {
      in_.refuse("references to groups are not supported");
    }
    const std::uint32_t character = read_escaped_character(in_class);
    return {character, character};
  }

  std::uint32_t read_escaped_character(bool in_class) {
    const std::uint32_t escape = in_.take();
    switch (escape) {
      case 'n':
        return '\n';
      case 'r':
        return '\r';
      case 't':
        return '\t';
      case 'v':
        return '\v';
      case 'f':
        return '\f';
      case 'x':
        return in_.take_hex(2);
      case 'u':
        return read_unicode_escape();
      case 'c':
        return read_control_escape();
      case '0':
        if (in_.at_digit()) in_.refuse("octal numbers are not supported");
        return 0;
      case 'b':
        return '\b';
      default:
        break;
    }
    constexpr std::string_view syntax = "^$\\.*+?()[]{}|/";
    const bool known = escape < 0x80 && (syntax.find(static_cast<char>(escape)) < syntax.size() ||
                                         (in_class && escape == '-'));
    // Not of the flag u, but common, and without another meaning.
    const bool harmless =
        escape < 0x80 && std::string_view("-\"'#%&,:;<=>@`~!_ ").find(static_cast<char>(escape)) !=
                             std::string_view::npos;
    if (!known && !harmless) in_.refuse("unknown escape");
    return escape;
  }

  std::uint32_t read_unicode_escape() {
    std::uint32_t character = 0;
    if (in_.take_if("{")) {
      while (in_.peek() != '}') {
        character = 16 * character + in_.take_hex(1);
        if (character > last_character) in_.refuse("this is not a character");
      }
      (void)in_.take_if("}");
    } else {
      character = in_.take_hex(4);
      if (character >= 0xD800 && character < 0xDC00 && in_.take_if("\\u")) {
        const std::uint32_t low = in_.take_hex(4);
        if (low < 0xDC00 || low > 0xDFFF) in_.refuse("half of a surrogate pair is missing");
        character = 0x10000 + ((character - 0xD800) << 10) + (low - 0xDC00);
      }
    }
    if (CharacterSet(character, character).empty()) in_.refuse("this is not a character");
    return character;
  }

  std::uint32_t read_control_escape() {
    const std::uint32_t letter = in_.take();
    const bool is_letter = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
    if (!is_letter) in_.refuse("\\c needs a letter");
    return letter % 32;
  }

  TextReader in_;
};

}  // namespace

ExpressionPtr read_regular_expression(std::string_view text, const std::string& name) {
  return ExpressionReader(text, name).read();
}

}  // namespace ringlet::grammar

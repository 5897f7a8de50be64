// Replies of reasoning models: what they think, and what they say.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ringlet/tokenizer.hpp"
#include "templates/prompt_template.hpp"

namespace ringlet::templates {

/// The texts around a block of reasoning. The texts of these marks are often control tokens.
struct ReasoningMarks {
  std::string open;
  std::string close;
};

/// The marks of a model: the known pair that its template mentions, or that its vocabulary has.
[[nodiscard]] std::optional<ReasoningMarks> reasoning_marks(const PromptTemplate& chat_template,
                                                            const Tokenizer& tokenizer);

/// Divides the text of a reply as it comes.
class ReasoningSplitter {
 public:
  /// What a piece of text has brought. Both are empty while the text could still be a mark.
  struct Parts {
    std::string reasoning;
    std::string content;
  };

  /// Without marks, everything is content. `prompt`: if it ends in an open block of reasoning, the
  /// reply begins in it.
  ReasoningSplitter(std::optional<ReasoningMarks> marks, std::string_view prompt);

  /// Whether a token is one of the marks and so belongs to the text, though it prints as nothing.
  [[nodiscard]] bool is_mark(std::string_view piece) const;

  Parts next(std::string_view text);
  /// The text that was held back.
  Parts finish();

  /// Whether the reply has had a block of reasoning, and whether that goes on.
  [[nodiscard]] bool has_reasoned() const { return has_reasoned_; }
  [[nodiscard]] bool is_reasoning() const { return state_ == State::reasoning; }

 private:
  enum class State : std::uint8_t {
    beginning,  // only white space so far
    reasoning,
    after_reasoning,  // white space, which is dropped
    content
  };

  void advance(Parts& parts, bool at_end);

  std::optional<ReasoningMarks> marks_;
  State state_ = State::beginning;
  std::string held_;
  bool has_reasoned_ = false;
};

}  // namespace ringlet::templates

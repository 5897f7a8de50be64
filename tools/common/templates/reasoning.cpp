#include "templates/reasoning.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "ringlet/linux/failure.hpp"
#include "templates/encode_prompt.hpp"

namespace ringlet::templates {
namespace {

constexpr std::string_view blanks = " \t\r\n";

/// Pairs in use: DeepSeek, Qwen and most others; Mistral; Seed; Gemma 4; Apertus; EXAONE; Kimi.
/// Gemma 4 names the block's channel behind the mark, which belongs to it.
constexpr std::array<std::pair<const char*, const char*>, 8> known_marks = {
    {{"<think>", "</think>"},
     {"[THINK]", "[/THINK]"},
     {"<seed:think>", "</seed:think>"},
     {"<|channel>thought\n", "<channel|>"},
     {"<|inner_prefix|>", "<|inner_suffix|>"},
     {"<thought>", "</thought>"},
     {"<thinking>", "</thinking>"},
     {"\xE2\x97\x81think\xE2\x96\xB7", "\xE2\x97\x81/think\xE2\x96\xB7"}}};

std::string_view without_blanks(std::string_view text) {
  const std::size_t end = text.find_last_not_of(blanks);
  return end == std::string_view::npos ? std::string_view() : text.substr(0, end + 1);
}

/// Bytes at the end of `text` that are the beginning of `mark`, and not all of it.
std::size_t begun(std::string_view text, std::string_view mark) {
  for (std::size_t size = std::min(text.size(), mark.size() - 1); size > 0; --size) {
    if (text.ends_with(mark.substr(0, size))) return size;
  }
  return 0;
}

/// Whether the vocabulary has a token for a mark.
bool has_token(const Tokenizer& tokenizer, const char* mark) {
  std::vector<TokenId> tokens;
  try {
    (void)encode_prompt(tokenizer, {.text = mark}, 0, false, tokens);
  } catch (const port::Failure&) {
    return false;
  }
  return tokens.size() == 1;
}

}  // namespace

std::optional<ReasoningMarks> reasoning_marks(const PromptTemplate& chat_template,
                                              const Tokenizer& tokenizer) {
  for (const auto& [open, close] : known_marks) {
    if (chat_template.mentions(close) || has_token(tokenizer, close)) {
      return ReasoningMarks{open, close};
    }
  }
  return std::nullopt;
}

ReasoningSplitter::ReasoningSplitter(std::optional<ReasoningMarks> marks, std::string_view prompt)
    : marks_(std::move(marks)) {
  if (!marks_) {
    state_ = State::content;
  } else if (without_blanks(prompt).ends_with(without_blanks(marks_->open))) {
    state_ = State::reasoning;
    has_reasoned_ = true;
  }
}

bool ReasoningSplitter::is_mark(std::string_view piece) const {
  return marks_ && !piece.empty() &&
         (marks_->open.starts_with(piece) || marks_->close.starts_with(piece));
}

ReasoningSplitter::Parts ReasoningSplitter::next(std::string_view text) {
  Parts parts;
  held_ += text;
  advance(parts, false);
  return parts;
}

ReasoningSplitter::Parts ReasoningSplitter::finish() {
  Parts parts;
  advance(parts, true);
  return parts;
}

void ReasoningSplitter::advance(Parts& parts, bool at_end) {
  if (state_ == State::beginning) {
    const std::size_t first = std::min(held_.find_first_not_of(blanks), held_.size());
    const std::string_view rest = std::string_view(held_).substr(first);
    if (rest.starts_with(marks_->open)) {
      held_.erase(0, first + marks_->open.size());
      state_ = State::reasoning;
      has_reasoned_ = true;
    } else if (at_end || !std::string_view(marks_->open).starts_with(rest)) {
      state_ = State::content;
    }
  }
  if (state_ == State::reasoning) {
    const std::size_t end = held_.find(marks_->close);
    const bool closed = end != std::string::npos;
    const std::size_t kept = closed || at_end ? 0 : begun(held_, marks_->close);
    const std::size_t size = closed ? end : held_.size() - kept;
    parts.reasoning += held_.substr(0, size);
    held_.erase(0, size + (closed ? marks_->close.size() : 0));
    if (closed) state_ = State::after_reasoning;
  }
  if (state_ == State::after_reasoning) {
    held_.erase(0, std::min(held_.find_first_not_of(blanks), held_.size()));
    if (!held_.empty()) state_ = State::content;
  }
  if (state_ == State::content) parts.content += std::exchange(held_, {});
}

}  // namespace ringlet::templates

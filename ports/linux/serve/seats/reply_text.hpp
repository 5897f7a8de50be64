// From tokens to the text of an answer: reasoning and content apart, up to a stop string.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/stop_strings.hpp"
#include "ringlet/tokenizer.hpp"
#include "serve/seats/job.hpp"
#include "templates/reasoning.hpp"

namespace ringlet::serve {

class ReplyText {
 public:
  struct Parts {
    std::string reasoning = {};
    std::string content = {};
    TokenRecords::Extent extent = {};  // of the text that the token has brought, shown or not
  };

  ReplyText(const Tokenizer& tokenizer, const Job& job);

  /// What a token adds, without what can still become a stop string.
  [[nodiscard]] Parts next(TokenId token);
  /// What was held back. Call it once, at the end.
  [[nodiscard]] Parts finish();

  /// How much of the text came before the content; known when there is content.
  [[nodiscard]] std::uint64_t content_start() const noexcept { return first_.value_or(0); }

  /// Whether a stop string has ended the text.
  [[nodiscard]] bool stopped() const noexcept { return stop_.found(); }

 private:
  void spell(std::string_view text, Parts& parts);
  void show(std::string_view text, Parts& parts);
  void divide(std::string_view text, Parts& parts);

  Tokenizer tokenizer_;
  Detokenizer detokenizer_;
  std::optional<templates::ReasoningSplitter> splitter_;
  common::StopStrings stop_;
  std::vector<std::string> visible_;
  std::uint64_t bytes_ = 0;                  // of the text
  std::optional<std::uint64_t> first_ = {};  // byte of content
};

}  // namespace ringlet::serve

// Log-probabilities as clients read them. They are many small values, so they are written as text
// at once, and never are a tree of JSON.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "ringlet/tokenizer.hpp"
#include "serve/seats/token_records.hpp"

namespace ringlet::serve {

class LogprobText {
 public:
  /// Chats have a list of objects, completions four lists, whose offsets begin at
  /// `first_character`.
  LogprobText(const Tokenizer& tokenizer, bool chat, std::uint64_t first_character)
      : tokenizer_(tokenizer), chat_(chat), offset_(first_character) {}

  /// The value of "logprobs" for the records that follow those of earlier calls.
  [[nodiscard]] std::string text(const TokenRecords& records);

  // The same in pieces: what comes before each list, its elements, and the end.
  [[nodiscard]] std::size_t lists() const noexcept { return chat_ ? 1 : 4; }
  [[nodiscard]] std::string_view before(std::size_t list) const;
  void write(std::string& out, std::size_t list, const TokenRecords& records, std::size_t index);
  [[nodiscard]] std::string_view end() const { return chat_ ? "],\"refusal\":null}" : "]}"; }

 private:
  struct Bytes {
    std::string text = {};
    bool printed = true;
  };
  [[nodiscard]] Bytes bytes_of(TokenId token, bool at_start) const;
  [[nodiscard]] std::string spelling(const Bytes& bytes) const;
  void write_token(std::string& out, const Bytes& bytes, float logprob) const;
  void write_chat(std::string& out, const TokenRecords& records, std::size_t index);
  void write_likeliest(std::string& out, const TokenRecords& records, std::size_t index);
  [[nodiscard]] bool drops_space(const TokenRecords& records, std::size_t index) const;

  Tokenizer tokenizer_;
  bool chat_;
  std::uint64_t offset_;
};

}  // namespace ringlet::serve

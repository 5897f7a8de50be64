// The bytes that tokens stand for, by the published rules and not by the runtime, and a vocabulary
// that is hard to spell with.
#pragma once

#include <cstdint>
#include <string>

#include "ringlet/model.hpp"
#include "source/source_model.hpp"

namespace ringlet::schema {
struct Tokenizer;
}  // namespace ringlet::schema

namespace ringlet::test {

/// The tokens of a model's vocabulary, as text.
class TokenTexts {
 public:
  explicit TokenTexts(const Model& model);

  /// The bytes of a token; nothing for what is no text. `at_start`: the first piece of a text loses
  /// its space where the vocabulary adds one.
  [[nodiscard]] std::string of(std::uint32_t token, bool at_start) const;
  [[nodiscard]] bool is_text(std::uint32_t token) const { return !of(token, false).empty(); }
  /// Whether the token ends a reply.
  [[nodiscard]] bool ends(std::uint32_t token) const;
  /// Whether some token ends a reply.
  [[nodiscard]] bool has_end() const;
  /// Whether the vocabulary can spell every text.
  [[nodiscard]] bool spell_all_bytes() const;

 private:
  const schema::Tokenizer& tables_;
};

/// Pieces that are empty, equal, very long, of no text, and such that cross the end of a rule.
convert::SourceTokenizer hostile_tokenizer();

}  // namespace ringlet::test

// Builds the pre-tokenizer fields of schema table Tokenizer from sources.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "source/json_file.hpp"
#include "source/source_model.hpp"

namespace ringlet::convert {

/// Collects the steps of section "pre_tokenizer".
class PreTokenizerBuilder {
 public:
  /// `where` begins the error message of finish().
  PreTokenizerBuilder(SourceTokenizer& tokenizer, std::string where)
      : tokenizer_(tokenizer), where_(std::move(where)) {}

  /// Adds a step. Throws std::runtime_error with a step or key that the runtime does not support in
  /// this place.
  void add(const JsonField& step);

  /// Stores the steps in the tokenizer: as one of the families if they are equivalent, otherwise in
  /// order. Throws std::runtime_error for a combination that the runtime does not support.
  void finish();

 private:
  void add_byte_level(const JsonField& step);
  void add_metaspace(const JsonField& step);
  void add_split(const JsonField& step);
  void add_separators(const JsonField& step, WordStep first, const std::string& behavior);
  void push(const JsonField& step, WordStep kind);
  [[nodiscard]] bool numbers_are_apart() const;

  SourceTokenizer& tokenizer_;
  std::string where_;
  std::vector<WordStep> steps_;
  bool has_metaspace_ = false;
  bool is_in_bytes_ = false;
};

/// The steps of a family's tokenizer.
std::vector<WordStep> falcon_steps();
std::vector<WordStep> deepseek_coder_steps();
std::vector<WordStep> deepseek3_steps();
std::vector<WordStep> minicpm5_steps();

}  // namespace ringlet::convert

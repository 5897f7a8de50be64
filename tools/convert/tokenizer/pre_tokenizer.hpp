// What sources say about cutting texts into words, as the fields of schema table Tokenizer.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "json.hpp"
#include "source_model.hpp"

namespace ringlet::convert {

/// Takes over one step of section "pre_tokenizer" after another.
class PreTokenizerBuilder {
 public:
  /// `where` begins the message of finish().
  PreTokenizerBuilder(SourceTokenizer& tokenizer, std::string where)
      : tokenizer_(tokenizer), where_(std::move(where)) {}

  /// Throws std::runtime_error naming the step, or the key in it, that the runtime has nothing for
  /// at this place.
  void add(const JsonField& step);

  /// Writes the steps into the tokenizer: as one of the families where they are its, else in order.
  /// Throws std::runtime_error for a combination that the runtime has nothing for.
  void finish();

 private:
  void add_byte_level(const JsonField& step);
  void add_metaspace(const JsonField& step);
  void add_split(const JsonField& step);
  void add_separators(const JsonField& step, WordStep first, const std::string& behavior);
  void push(const JsonField& step, WordStep kind);

  SourceTokenizer& tokenizer_;
  std::string where_;
  std::vector<WordStep> steps_;
  bool has_metaspace_ = false;
  bool is_in_bytes_ = false;
};

/// The pre-tokenizer with this regular expression, in any of the spellings in use; none when it is
/// not known.
PreTokenizer pre_tokenizer_of_regex(std::string expression);

/// The steps of Falcon's tokenizer.
std::vector<WordStep> falcon_steps();

}  // namespace ringlet::convert

// Vocabularies as texts meet them: the small ones, and the published ones of the test data.
#pragma once

#include <string>
#include <string_view>

#include "support/model_image.hpp"

namespace ringlet::test {

/// A model with a vocabulary, and what the vocabulary promises.
struct TextVocabulary {
  TextVocabulary(std::string its_name, AlignedBytes image)
      : name(std::move(its_name)), file(std::move(image)) {}

  [[nodiscard]] const Model& model() const { return file.model; }

  /// Whether decoding what this text is encoded to must give it back: it is UTF-8, and nothing in
  /// the vocabulary changes it or has no token for a part of it.
  [[nodiscard]] bool gives_back(std::string_view text) const;

  std::string name;
  LoadedModel file;
};

/// Those of small_tokenizers(), and then the published ones: the smallest three, or all of them
/// where RINGLET_ALL_VOCABULARIES is in the environment.
std::size_t text_vocabulary_count();

/// Made at the first call. Null, with a line that says SKIPPED, where the test data is absent.
const TextVocabulary* text_vocabulary(std::size_t index);

/// Whether a text is UTF-8 as the Unicode Standard defines it (table 3-7).
bool is_utf8(std::string_view text);

}  // namespace ringlet::test

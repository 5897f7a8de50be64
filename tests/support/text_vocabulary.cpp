#include "support/text_vocabulary.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <vector>

#include "schema/ringlet_generated.h"
#include "support/vocabularies.hpp"
#include "tokenizer/import.hpp"

namespace ringlet::test {
namespace {

constexpr std::string_view metaspace = "\xE2\x96\x81";

struct Published {
  const char* name;
  const char* file;
  std::uint32_t vocab_size;
};
// In the order of their sizes.
constexpr Published published[] = {
    {"llama2", "llama2/tokenizer.model", 32000},  {"gpt2", "gpt2/tokenizer.json", 50257},
    {"smollm2", "smollm2/tokenizer.json", 49152}, {"falcon", "falcon/tokenizer.json", 65024},
    {"llama3", "llama3/tokenizer.model", 128256}, {"qwen2", "qwen2/vocab.json", 151936}};

const std::vector<NamedTokenizer>& small() {
  static const std::vector<NamedTokenizer> all = small_tokenizers();
  return all;
}

std::unique_ptr<TextVocabulary> make(std::size_t index) {
  if (index < small().size()) {
    const NamedTokenizer& one = small()[index];
    return std::make_unique<TextVocabulary>(one.name, write_with_tokenizer(one.tokenizer, all_f32));
  }
  const Published& one = published[index - small().size()];
  const auto path = std::filesystem::path(RINGLET_TEST_DATA) / "tokenizers" / one.file;
  if (!std::filesystem::exists(path)) {
    std::fprintf(stderr, "SKIPPED: %s is absent\n", path.c_str());
    return nullptr;
  }
  return std::make_unique<TextVocabulary>(
      one.name, write_with_tokenizer(convert::import_tokenizer(path, one.vocab_size), all_f32));
}

/// Whether the vocabulary takes something away from texts, or replaces it.
bool loses(const schema::Tokenizer& t) {
  const auto some = [](const auto* list, const auto& of) {
    return list != nullptr && std::any_of(list->begin(), list->end(), of);
  };
  const bool removes = some(t.word_steps(), [](auto step) {
    const auto which = static_cast<schema::WordStep>(step);
    return which == schema::WordStep::punctuation_removed ||
           which == schema::WordStep::number_removed;
  });
  const bool lacks_bytes = t.byte_tokens() == nullptr || t.byte_tokens()->size() == 0 ||
                           some(t.byte_tokens(), [](auto id) { return id == 0xFFFFFFFF; });
  return t.normalizer() != nullptr || t.collapse_spaces() || removes || lacks_bytes ||
         some(t.added_strips(), [](auto strips) { return strips != 0; });
}

/// Whether pieces are found in a text before it is encoded, where control tokens are not.
bool finds_pieces(const schema::Tokenizer& t) {
  return t.added() != nullptr &&
         std::any_of(t.added()->begin(), t.added()->end(), [&](std::uint32_t id) {
           return static_cast<schema::PieceKind>(t.kinds()->Get(id)) ==
                  schema::PieceKind::user_defined;
         });
}

}  // namespace

bool TextVocabulary::gives_back(std::string_view text) const {
  const schema::Tokenizer& t = *file.model.tables()->tokenizer();
  if (loses(t) || !is_utf8(text)) return false;
  if (!t.byte_level() && text.find(metaspace) != std::string_view::npos) return false;
  // A space in front is taken away again from the start of a text only.
  const bool keeps_its_space = t.prefix_unless_space() && text.starts_with(' ');
  return !t.add_space_prefix() ||
         (!keeps_its_space && !(t.prefix_after_added() && finds_pieces(t)));
}

std::size_t text_vocabulary_count() {
  constexpr std::size_t quickly_made = 3;
  const bool all = std::getenv("RINGLET_ALL_VOCABULARIES") != nullptr;
  return small().size() + (all ? std::size(published) : quickly_made);
}

const TextVocabulary* text_vocabulary(std::size_t index) {
  static std::vector<std::unique_ptr<TextVocabulary>> made(small().size() + std::size(published));
  static std::vector<bool> tried(made.size());
  if (!tried.at(index)) {
    made[index] = make(index);
    tried[index] = true;
  }
  return made[index].get();
}

bool is_utf8(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<std::uint8_t>(text[i]) : std::uint8_t{0};
  };
  for (std::size_t i = 0; i < text.size();) {
    const std::uint8_t lead = byte(i);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    const std::uint8_t least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    const std::uint8_t most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (lead < 0xC2 || lead > 0xF4 || byte(i + 1) < least || byte(i + 1) > most) return false;
    for (std::size_t k = 2; k < length; ++k) {
      if (byte(i + k) < 0x80 || byte(i + k) > 0xBF) return false;
    }
    i += length;
  }
  return true;
}

}  // namespace ringlet::test

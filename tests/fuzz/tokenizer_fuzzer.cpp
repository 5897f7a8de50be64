// Fuzzes tokenizer files. The first byte selects the kind of the rest. If a reader accepts a file,
// the encoder must be able to use its tables.
#include <cstdint>
#include <string_view>

#include "fuzz/import_harness.hpp"
#include "support/byte_level_json.hpp"
#include "support/pieces.hpp"
#include "tokenizer/hf_tokenizer.hpp"
#include "tokenizer/merges.hpp"
#include "tokenizer/sentencepiece.hpp"
#include "tokenizer/tiktoken.hpp"

namespace ringlet::test {
namespace {

/// Encodes without demands on the result: an error is an answer too.
void use(convert::SourceTokenizer source) {
  for (const std::int32_t id : {source.bos, source.eos, source.unknown}) {
    if (id >= static_cast<std::int32_t>(source.pieces.size())) {
      throw std::runtime_error("an id beyond the pieces, which the writer refuses");
    }
  }
  const TestVocabulary vocabulary(std::move(source));
  const Vocabulary view = vocabulary.view();
  AlignedBytes workspace(static_cast<std::size_t>(Tokenizer::workspace_bytes(64)));
  std::vector<TokenId> out(64);
  std::string_view text =
      " a the  12<s> \xE2\x96\x81"
      "caf\xC3\xA9 \xF0\x9F\x98\x80\xFF\n<|im_end|>";
  bool beginning = true;
  while (!text.empty()) {
    const auto done = encode_words(view, text, beginning, workspace.span(), out, {.enabled = true});
    if (!done.ok() || done->bytes == 0) return;
    text.remove_prefix(done->bytes);
    beginning = done->beginning;
  }
}

void read(std::uint8_t kind, std::string_view bytes) {
  switch (kind % 3) {
    case 0:
      return use(convert::read_sentencepiece(bytes, "input"));
    case 1:
      return use(convert::read_tokenizer_json(convert::JsonDocument(bytes, "input").root()));
    default: {
      convert::SourceTokenizer source{.pieces = convert::read_tiktoken(bytes, "input"),
                                      .encoding = Encoding::bpe};
      source.merges = convert::merges_of_ranks(source.pieces,
                                               std::vector<std::uint32_t>(source.pieces.size(), 7));
      return use(std::move(source));
    }
  }
}

std::string of_kind(char kind, const std::string& bytes) { return kind + bytes; }

}  // namespace

Outcome run_input(std::span<const std::byte> input) {
  if (input.empty()) return refused("empty");
  return outcome_of([&] {
    read(std::to_integer<std::uint8_t>(input[0]),
         {reinterpret_cast<const char*>(input.data() + 1), input.size() - 1});
  });
}

std::vector<Seed> make_seeds() {
  nlohmann::json steps = byte_level();
  steps["pre_tokenizer"] = {
      {"type", "Sequence"},
      {"pretokenizers",
       {{{"type", "Digits"}, {"individual_digits", true}},
        {{"type", "Punctuation"}, {"behavior", "Contiguous"}},
        {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"use_regex", true}}}}};
  return {{"byte_level", of_kind(1, byte_level().dump())},
          {"steps", of_kind(1, steps.dump())},
          {"ranks", of_kind(2, "YQ== 0\nYg== 1\nYWI= 2\n")},
          {"refused_type", of_kind(1, R"({"model":{"type":"WordPiece","vocab":{}}})"), "WordPiece"},
          {"refused_ranks", of_kind(2, "YQ== 0\nYg==\n"), "line 2"},
          {"refused_pieces", of_kind(0, "\x0A\x7F"), "input"}};
}

}  // namespace ringlet::test

// libFuzzer's entry for tokenizer files. The first byte says what the rest is.
// What a reader accepts must make tables that the encoder can use.
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string_view>

#include "support/pieces.hpp"
#include "tokenizer/hf_tokenizer.hpp"
#include "tokenizer/merges.hpp"
#include "tokenizer/sentencepiece.hpp"
#include "tokenizer/tiktoken.hpp"

namespace {

using namespace ringlet;

/// Encodes without demands on the result: an error is an answer too.
void use(convert::SourceTokenizer source) {
  for (const std::int32_t id : {source.bos, source.eos, source.unknown}) {
    if (id >= static_cast<std::int32_t>(source.pieces.size())) return;  // as the writer refuses
  }
  const test::TestVocabulary vocabulary(std::move(source));
  const Vocabulary view = vocabulary.view();
  test::AlignedBytes workspace(static_cast<std::size_t>(Tokenizer::workspace_bytes(64)));
  std::vector<TokenId> out(64);
  std::string_view text =
      " a the  12<s> \xE2\x96\x81"
      "caf\xC3\xA9 \xF0\x9F\x98\x80\xFF\n<|im_end|>";
  bool beginning = true;
  while (!text.empty()) {
    const auto done =
        encode_words(view, text, beginning, workspace.span(), out, {.control_tokens = true});
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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  try {
    read(data[0], {reinterpret_cast<const char*>(data + 1), size - 1});
  } catch (const std::runtime_error&) {  // one sentence for the person at the keyboard
  }
  return 0;
}

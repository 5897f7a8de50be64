#include "text/words.hpp"

#include "text/bpe.hpp"

namespace ringlet {
namespace {

/// What SentencePiece writes for a space. In a text it means a space too. It is found by its bytes:
/// the first can only be the start of a character.
constexpr std::string_view visible_space = "\xE2\x96\x81";

/// Bytes of the space at the start of a text; 0 when there is none.
std::size_t leading_space(std::string_view text) noexcept {
  if (text.starts_with(' ')) return 1;
  constexpr std::size_t size = visible_space.size();
  return text.size() >= size && std::string_view(text.data(), size) == visible_space ? size : 0;
}

/// Copies a word with plain spaces, after one more space when `prefix` says so.
void copy_word(std::string_view source, bool prefix, std::span<char> out) noexcept {
  std::size_t size = 0;
  if (prefix) out[size++] = ' ';
  while (!source.empty()) {
    const std::size_t space = leading_space(source);
    out[size++] = space > 0 ? ' ' : source.front();
    source.remove_prefix(space > 0 ? space : 1);
  }
}

/// The byte more is the place of a prefix, as in Tokenizer::workspace_bytes.
Status word_too_long(const Word& word, std::size_t workspace) noexcept {
  return Status(ErrorCode::not_enough_memory, "longest_word",
                "a word of the text is longer than the workspace allows; plan for longer words")
      .with(WordEncoder::workspace_bytes(std::uint64_t{word.encoded_bytes} + 1), workspace);
}

}  // namespace

Word first_word(std::string_view text, bool splits_before_space) noexcept {
  Word word;
  bool in_letters = false;
  while (word.source_bytes < text.size()) {
    std::string_view rest = text;
    rest.remove_prefix(word.source_bytes);
    const std::size_t space = leading_space(rest);
    if (space > 0 && in_letters && splits_before_space) break;
    in_letters = space == 0;
    word.source_bytes += space > 0 ? space : 1;
    ++word.encoded_bytes;
  }
  return word;
}

Result<Encoded> encode_words(const Vocabulary& vocabulary, std::string_view text, bool beginning,
                             std::span<std::byte> workspace, std::span<TokenId> out) noexcept {
  if (reinterpret_cast<std::uintptr_t>(workspace.data()) % WordEncoder::workspace_alignment != 0) {
    return Status(ErrorCode::invalid_argument, "workspace", "must be aligned to 8 bytes");
  }
  WordEncoder encoder(vocabulary, workspace);
  Encoded done;
  while (done.bytes < text.size()) {
    std::string_view rest = text;
    rest.remove_prefix(done.bytes);
    const bool prefix = beginning && done.bytes == 0 && vocabulary.add_space_prefix;
    const Word word = first_word(rest, vocabulary.splits_before_space);
    const std::size_t size = word.encoded_bytes + (prefix ? 1 : 0);
    if (size > encoder.capacity()) {
      if (done.bytes > 0) return done;
      return word_too_long(word, workspace.size());
    }
    copy_word({rest.data(), word.source_bytes}, prefix, encoder.word());
    const Result<std::uint32_t> tokens = encoder.encode(static_cast<std::uint32_t>(size));
    if (!tokens) return tokens.status();
    if (*tokens > out.size() - done.tokens) {
      if (done.bytes > 0) return done;
      return Status(ErrorCode::invalid_argument, "out", "has no room for the tokens of one word")
          .with(*tokens, out.size());
    }
    encoder.write(out.subspan(done.tokens));
    done.tokens += *tokens;
    done.bytes += word.source_bytes;
  }
  return done;
}

}  // namespace ringlet

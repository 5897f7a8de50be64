#include "text/words.hpp"

#include "base/features.hpp"
#include "model/needs.hpp"
#include "text/added_tokens.hpp"
#include "text/bpe.hpp"
#include "text/unigram.hpp"

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

/// How the words of a vocabulary look: where they end and what the encoder gets of them.
class WordCutter {
 public:
  explicit WordCutter(const Vocabulary& vocabulary) noexcept : vocabulary_(vocabulary) {}

  [[nodiscard]] Word first(std::string_view text) const noexcept {
    if (!features::byte_pairs) return first_word(text, vocabulary_.splits_before_space);
    const bool spaces = vocabulary_.pre_tokenizer == PreTokenizer::spaces;
    if (spaces || (vocabulary_.pre_tokenizer == PreTokenizer::none && !vocabulary_.byte_level)) {
      return first_word(text, spaces || vocabulary_.splits_before_space, spaces);
    }
    const std::size_t size = vocabulary_.pre_tokenizer == PreTokenizer::none
                                 ? text.size()
                                 : first_word(text, vocabulary_.pre_tokenizer, vocabulary_.classes);
    return {size, size};
  }

  [[nodiscard]] bool wants_prefix(std::string_view text) const noexcept {
    return vocabulary_.add_space_prefix &&
           (!vocabulary_.prefix_unless_space || leading_space(text) == 0);
  }

  /// Copies a word, after a space when `prefix` says so, and says how long it has become. Without
  /// byte-level symbols spaces are plain; where they collapse, one is left in front of letters, and
  /// none at the beginning or where nothing follows.
  std::size_t copy(std::string_view source, bool prefix, bool beginning,
                   std::span<char> out) const noexcept {
    if (vocabulary_.collapse_spaces) return copy_collapsed(source, prefix, beginning, out);
    std::size_t size = 0;
    if (prefix) out[size++] = ' ';
    while (!source.empty()) {
      const std::size_t space = vocabulary_.byte_level ? 0 : leading_space(source);
      out[size++] = space > 0 ? ' ' : source.front();
      source.remove_prefix(space > 0 ? space : 1);
    }
    return size;
  }

 private:
  static std::size_t copy_collapsed(std::string_view source, bool prefix, bool beginning,
                                    std::span<char> out) noexcept {
    std::size_t size = 0;
    bool space_waits = prefix;
    bool in_text = !beginning;
    while (!source.empty()) {
      const std::size_t space = leading_space(source);
      if (space > 0) {
        space_waits = space_waits || in_text;
        source.remove_prefix(space);
        continue;
      }
      if (space_waits) out[size++] = ' ';
      space_waits = false;
      in_text = true;
      out[size++] = source.front();
      source.remove_prefix(1);
    }
    return size;
  }

  const Vocabulary& vocabulary_;
};

/// The byte more is the place of a prefix, as in Tokenizer::workspace_bytes.
Status word_too_long(const Word& word, std::size_t workspace) noexcept {
  return Status(ErrorCode::not_enough_memory, "longest_word",
                "a word of the text is longer than the workspace allows; plan for longer words")
      .with(BpeEncoder::workspace_bytes(std::uint64_t{word.encoded_bytes} + 1), workspace);
}

Status no_room(std::size_t needed, std::size_t room) noexcept {
  return Status(ErrorCode::invalid_argument, "out", "has no room for the tokens of one word")
      .with(needed, room);
}

/// One call of encode: the text that is left, and what has come of the rest.
template <typename Encoder>
class TextEncoder {
 public:
  TextEncoder(const Vocabulary& vocabulary, std::string_view text, bool beginning,
              std::span<std::byte> workspace, std::span<TokenId> out) noexcept
      : vocabulary_(vocabulary),
        cutter_(vocabulary),
        encoder_(vocabulary, workspace),
        rest_(text),
        workspace_size_(workspace.size()),
        out_(out) {
    done_.beginning = beginning;
  }

  Result<Encoded> run(const Markup& markup) noexcept {
    if (!features::added_tokens) {
      return markup.control_tokens ? left_out("added_tokens") : run_words();
    }
    const AddedTokens added(vocabulary_, markup);
    Status status;
    while (!rest_.empty() && status.ok()) {
      const AddedToken next = added.first(rest_);
      const std::size_t end = rest_.size() - next.begin;
      while (rest_.size() > end && status.ok()) status = encode_word(rest_.size() - end);
      if (status.ok() && next.token != Tokenizer::none) {
        status = put_added(next.token, next.end - next.begin);
      }
    }
    return result(status);
  }

 private:
  /// The same for a vocabulary without added tokens.
  Result<Encoded> run_words() noexcept {
    Status status;
    while (!rest_.empty() && status.ok()) status = encode_word(rest_.size());
    return result(status);
  }

  /// What has no room any more is for the next call, unless this one has done nothing.
  [[nodiscard]] Result<Encoded> result(const Status& status) const noexcept {
    const bool stopped = done_.bytes == 0 || status.code() == ErrorCode::unsupported;
    if (!status.ok() && stopped) return status;
    return done_;
  }

  /// The first word of the next `size` bytes, which hold no added token.
  Status encode_word(std::size_t size) noexcept {
    const std::string_view text(rest_.data(), size);
    const Word word = cutter_.first(text);
    const bool prefix = done_.beginning && cutter_.wants_prefix(text);
    if (word.encoded_bytes + (prefix ? 1 : 0) > encoder_.capacity()) {
      return word_too_long(word, workspace_size_);
    }
    const std::size_t length =
        cutter_.copy({text.data(), word.source_bytes}, prefix, done_.beginning, encoder_.word());
    if (length > 0) {
      const Result<std::uint32_t> tokens = encoder_.encode(static_cast<std::uint32_t>(length));
      if (!tokens) return tokens.status();
      if (*tokens > room()) return no_room(*tokens, out_.size());
      encoder_.write(out_.subspan(done_.tokens));
      done_.tokens += *tokens;
    }
    advance(word.source_bytes, false);
    return {};
  }

  Status put_added(TokenId token, std::size_t size) noexcept {
    if (room() == 0) return no_room(1, out_.size());
    out_[done_.tokens++] = token;
    advance(size, vocabulary_.prefix_after_added);
    return {};
  }

  void advance(std::size_t bytes, bool beginning) noexcept {
    rest_.remove_prefix(bytes);
    done_.bytes += bytes;
    done_.beginning = beginning;
  }

  [[nodiscard]] std::size_t room() const noexcept { return out_.size() - done_.tokens; }

  const Vocabulary& vocabulary_;
  WordCutter cutter_;
  Encoder encoder_;
  std::string_view rest_;
  std::size_t workspace_size_;
  std::span<TokenId> out_;
  Encoded done_;
};

}  // namespace

Word first_word(std::string_view text, bool splits_before_space, bool each_space) noexcept {
  Word word;
  bool in_letters = false;
  while (word.source_bytes < text.size()) {
    std::string_view rest = text;
    rest.remove_prefix(word.source_bytes);
    const std::size_t space = leading_space(rest);
    if (space > 0 && in_letters && splits_before_space) break;
    in_letters = space == 0 || each_space;
    word.source_bytes += space > 0 ? space : 1;
    ++word.encoded_bytes;
  }
  return word;
}

Result<Encoded> encode_words(const Vocabulary& vocabulary, std::string_view text, bool beginning,
                             std::span<std::byte> workspace, std::span<TokenId> out,
                             const Markup& markup) noexcept {
  if (reinterpret_cast<std::uintptr_t>(workspace.data()) % BpeEncoder::workspace_alignment != 0) {
    return Status(ErrorCode::invalid_argument, "workspace", "must be aligned to 8 bytes");
  }
  if (features::unigram && vocabulary.encoding == Encoding::unigram) {
    return TextEncoder<UnigramEncoder>(vocabulary, text, beginning, workspace, out).run(markup);
  }
  return TextEncoder<BpeEncoder>(vocabulary, text, beginning, workspace, out).run(markup);
}

}  // namespace ringlet

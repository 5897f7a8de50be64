#include "text/words.hpp"

#include "base/features.hpp"
#include "model/needs.hpp"
#include "text/added_tokens.hpp"
#include "text/bpe.hpp"
#include "text/normal_window.hpp"
#include "text/unigram.hpp"
#include "text/word_cutter.hpp"

namespace ringlet {
namespace {

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

/// The encoder of a vocabulary. One of the two is used; both are a few pointers into the same
/// workspace.
class WordEncoder {
 public:
  WordEncoder(const Vocabulary& vocabulary, std::span<std::byte> workspace) noexcept
      : is_unigram_(features::unigram && vocabulary.encoding == Encoding::unigram),
        bpe_(vocabulary, workspace),
        unigram_(vocabulary, workspace) {}

  [[nodiscard]] std::uint32_t capacity() const noexcept { return bpe_.capacity(); }
  [[nodiscard]] std::span<char> word() const noexcept {
    return uses_unigram() ? unigram_.word() : bpe_.word();
  }
  [[nodiscard]] std::span<char> scratch() const noexcept {
    return uses_unigram() ? unigram_.scratch() : bpe_.scratch();
  }
  Result<std::uint32_t> encode(std::uint32_t size) noexcept {
    return uses_unigram() ? unigram_.encode(size) : bpe_.encode(size);
  }
  void write(std::span<TokenId> out) const noexcept {
    uses_unigram() ? unigram_.write(out) : bpe_.write(out);
  }

 private:
  /// Never where the kind is left out, which the compiler sees.
  [[nodiscard]] bool uses_unigram() const noexcept { return features::unigram && is_unigram_; }

  bool is_unigram_;
  BpeEncoder bpe_;
  UnigramEncoder unigram_;
};

/// One call of encode: the text that is left, and what has come of the rest. Where texts are
/// normalized, a word may end inside a part that is normalized as a whole; a call ends where words
/// and parts end together, and forgets the tokens behind that place.
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
    whole_ = done_;
  }

  Result<Encoded> run(const Markup& markup) noexcept {
    if (!features::added_tokens) {
      return markup.control_tokens ? left_out("added_tokens") : run_words();
    }
    const AddedTokens added(vocabulary_, markup);
    Status status;
    while (!rest_.empty() && status.ok()) {
      const AddedToken next = added.first(rest_, is_prefixed(rest_));
      if (next.leaves_prefix) status = encode_prefix();
      const std::size_t end = rest_.size() - next.begin;
      while (rest_.size() > end && status.ok()) status = encode_first_word(rest_.size() - end);
      if (status.ok() && next.token != Tokenizer::none) {
        status = put_added(next);
      }
    }
    return result(status);
  }

 private:
  /// The same for a vocabulary without added tokens.
  Result<Encoded> run_words() noexcept {
    Status status;
    while (!rest_.empty() && status.ok()) status = encode_first_word(rest_.size());
    return result(status);
  }

  /// What has no room any more is for the next call, unless this one has done nothing.
  [[nodiscard]] Result<Encoded> result(const Status& status) const noexcept {
    const bool stopped = whole_.bytes == 0 || status.code() == ErrorCode::unsupported;
    if (!status.ok() && stopped) return status;
    return whole_;
  }

  /// The first word of the next `size` bytes, which hold no added token.
  Status encode_first_word(std::size_t size) noexcept {
    const std::string_view text(rest_.data(), size);
    if (features::normalizers && vocabulary_.normalizer.changes_texts()) {
      return encode_normalized(text);
    }
    const bool prefixed = is_prefixed(text);
    const Word word = cutter_.first(text, prefixed);
    if (features::byte_pairs && word.source_bytes == 0) return encode_prefix();
    const Status status = encode_word(text, word, prefixed);
    if (status.ok()) advance(word.source_bytes, false);
    return status;
  }

  /// The same for the normal form of the text, of which as much is made as shows where the word
  /// ends.
  Status encode_normalized(std::string_view source) noexcept {
    NormalWindow window(vocabulary_.normalizer, source, skip_, encoder_.scratch());
    Word word;
    bool prefixed = false;
    do {
      const bool grown = window.grow();
      if (!window.text().empty()) {
        prefixed = is_prefixed(window.text());
        word = cutter_.first(window.text(), prefixed);
      }
      if (!grown && !window.is_whole()) {
        return word_too_long({.encoded_bytes = window.text().size()}, workspace_size_);
      }
    } while (!window.is_whole() && (window.text().empty() || word.saw_end));
    const bool beginning = done_.beginning && window.text().empty();
    if (!window.text().empty()) {
      if (features::byte_pairs && word.source_bytes == 0) return encode_prefix();
      const Status status = encode_word(window.text(), word, prefixed);
      if (!status.ok()) return status;
    }
    const NormalWindow::Place end = window.place(skip_ + word.source_bytes);
    skip_ = end.inside;
    advance(end.source_bytes, beginning);
    return {};
  }

  /// `word` is the first of `text`, which may stand in the encoder's scratch.
  Status encode_word(std::string_view text, const Word& word, bool prefix) noexcept {
    if (word.encoded_bytes + (prefix ? 1 : 0) > encoder_.capacity()) {
      return word_too_long(word, workspace_size_);
    }
    std::string_view rest(text.data(), word.encoded_bytes > 0 ? word.source_bytes : 0);
    if (!features::byte_pairs) return encode_part(rest, prefix);
    Status status;
    while (!rest.empty() && status.ok()) {
      const std::size_t part = cutter_.first_part(rest);
      status = encode_part({rest.data(), part}, prefix);
      rest.remove_prefix(part);
      prefix = false;
    }
    return status;
  }

  /// The space in front of a text is a word.
  Status encode_prefix() noexcept {
    const Status status = encode_part({}, true);
    done_.beginning = false;
    return status;
  }

  Status encode_part(std::string_view text, bool prefix) noexcept {
    const std::size_t length = cutter_.copy(text, prefix, done_.beginning, encoder_.word());
    if (length == 0) return {};
    const Result<std::uint32_t> tokens = encoder_.encode(static_cast<std::uint32_t>(length));
    if (!tokens) return tokens.status();
    if (*tokens > room()) return no_room(done_.tokens - whole_.tokens + *tokens, out_.size());
    encoder_.write(out_.subspan(done_.tokens));
    done_.tokens += *tokens;
    return {};
  }

  /// After one that has the space in front of it, the text goes on as it would have without.
  Status put_added(const AddedToken& added) noexcept {
    if (room() == 0) return no_room(done_.tokens - whole_.tokens + 1, out_.size());
    out_[done_.tokens++] = added.token;
    advance(added.end - added.begin, vocabulary_.prefix_after_added && !added.has_space);
    return {};
  }

  void advance(std::size_t bytes, bool beginning) noexcept {
    rest_.remove_prefix(bytes);
    done_.bytes += bytes;
    done_.beginning = beginning;
    if (skip_ == 0) whole_ = done_;
  }

  [[nodiscard]] bool is_prefixed(std::string_view text) const noexcept {
    return done_.beginning && cutter_.wants_prefix(text);
  }

  [[nodiscard]] std::size_t room() const noexcept { return out_.size() - done_.tokens; }

  const Vocabulary& vocabulary_;
  WordCutter cutter_;
  WordEncoder encoder_;
  std::string_view rest_;
  std::size_t workspace_size_;
  std::span<TokenId> out_;
  Encoded done_;
  std::size_t skip_ = 0;  // bytes of the normal form of the next part that are encoded already
  Encoded whole_;         // done_ when skip_ was last 0
};

}  // namespace

Result<Encoded> encode_words(const Vocabulary& vocabulary, std::string_view text, bool beginning,
                             std::span<std::byte> workspace, std::span<TokenId> out,
                             const Markup& markup) noexcept {
  if (reinterpret_cast<std::uintptr_t>(workspace.data()) % BpeEncoder::workspace_alignment != 0) {
    return Status(ErrorCode::invalid_argument, "workspace", "must be aligned to 8 bytes");
  }
  return TextEncoder(vocabulary, text, beginning, workspace, out).run(markup);
}

}  // namespace ringlet

#include "text/encode.hpp"

#include "base/features.hpp"
#include "base/left_out.hpp"
#include "text/added_tokens.hpp"
#include "text/bpe.hpp"
#include "text/normalized_window.hpp"
#include "text/unigram.hpp"
#include "text/word_split.hpp"

namespace ringlet {
namespace {

/// A word of at least so many bytes. The byte more is the place of a prefix, as in
/// Tokenizer::workspace_bytes.
Status word_too_long(std::size_t bytes, std::size_t workspace) noexcept {
  return Status(ErrorCode::not_enough_memory, "workspace",
                "too small for a word of the text; raise longest_word")
      .with(BpeEncoder::workspace_bytes(std::uint64_t{bytes} + 1), workspace);
}

Status no_room(std::size_t needed, std::size_t room) noexcept {
  return Status(ErrorCode::invalid_argument, "out", "no room for the tokens of one word")
      .with(needed, room);
}

/// The encoder of a vocabulary. Only one of the two members is used; both are a few pointers into
/// the same workspace.
class WordEncoder {
 public:
  WordEncoder(const Vocabulary& vocabulary, std::span<std::byte> workspace) noexcept
      : vocabulary_(vocabulary), bpe_(vocabulary, workspace), unigram_(vocabulary, workspace) {}

  [[nodiscard]] std::uint32_t capacity() const noexcept { return bpe_.capacity(); }
  [[nodiscard]] std::span<char> word() const noexcept {
    return vocabulary_.is_unigram() ? unigram_.word() : bpe_.word();
  }
  [[nodiscard]] std::span<char> scratch() const noexcept {
    return vocabulary_.is_unigram() ? unigram_.scratch() : bpe_.scratch();
  }
  Result<std::uint32_t> encode(std::uint32_t size) noexcept {
    return vocabulary_.is_unigram() ? unigram_.encode(size) : bpe_.encode(size);
  }
  void write(std::span<TokenId> out) const noexcept {
    vocabulary_.is_unigram() ? unigram_.write(out) : bpe_.write(out);
  }

 private:
  const Vocabulary& vocabulary_;
  BpeEncoder bpe_;
  UnigramEncoder unigram_;
};

/// One call of encode: the remaining text, and the progress so far. With normalization, a word can
/// end inside a part that is normalized as a whole. A call ends where a word and a part end
/// together, and discards the tokens after that point.
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

  Result<Encoded> run(const ControlTokens& control_tokens) noexcept {
    if (!features::added_tokens) {
      return control_tokens.enabled ? left_out("added_tokens") : run_words();
    }
    const AddedTokens added(vocabulary_, control_tokens);
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
  /// Like run(), for a build without added tokens.
  Result<Encoded> run_words() noexcept {
    Status status;
    while (!rest_.empty() && status.ok()) status = encode_first_word(rest_.size());
    return result(status);
  }

  /// Tokens without room are left to the next call, unless this call has done nothing.
  [[nodiscard]] Result<Encoded> result(const Status& status) const noexcept {
    const bool stopped = whole_.bytes == 0 || status.code() == ErrorCode::unsupported;
    if (!status.ok() && stopped) return status;
    return whole_;
  }

  /// Encodes the first word of the next `size` bytes, which contain no added token.
  Status encode_first_word(std::size_t size) noexcept {
    const std::string_view text(rest_.data(), size);
    if (vocabulary_.normalizes()) {
      return encode_normalized(text);
    }
    const bool prefixed = is_prefixed(text);
    const Word word = cutter_.first(text, prefixed);
    if (word.is_prefix()) return encode_prefix();
    const Status status = encode_word(text, word, prefixed);
    if (status.ok()) advance(word.source_bytes, false);
    return status;
  }

  /// Like encode_first_word(), for the normal form of the text. Normalizes only as much as shows
  /// where the word ends.
  Status encode_normalized(std::string_view source) noexcept {
    NormalizedWindow window(vocabulary_.normalizer, source, skip_, encoder_.scratch());
    Word word;
    bool prefixed = false;
    do {
      const bool grown = window.grow();
      if (!window.text().empty()) {
        prefixed = is_prefixed(window.text());
        word = cutter_.first(window.text(), prefixed);
      }
      if (!grown && !window.is_whole()) {
        return word_too_long(window.text().size(), workspace_size_);
      }
    } while (!window.is_whole() && (window.text().empty() || word.saw_end));
    const bool beginning = done_.beginning && window.text().empty();
    if (!window.text().empty()) {
      if (word.is_prefix()) return encode_prefix();
      const Status status = encode_word(window.text(), word, prefixed);
      if (!status.ok()) return status;
    }
    const NormalizedWindow::Place end = window.place(skip_ + word.source_bytes);
    skip_ = end.inside;
    advance(end.source_bytes, beginning);
    return {};
  }

  /// `word` is the first word of `text`, which can be in the encoder's scratch.
  Status encode_word(std::string_view text, const Word& word, bool prefix) noexcept {
    if (word.encoded_bytes + (prefix ? 1 : 0) > encoder_.capacity()) {
      return word_too_long(word.encoded_bytes, workspace_size_)
          .suggest("longest_word", static_cast<std::uint32_t>(word.encoded_bytes));
    }
    std::string_view rest(text.data(), word.encoded_bytes > 0 ? word.source_bytes : 0);
    if (!vocabulary_.has_word_steps()) return encode_part(rest, prefix);
    Status status;
    while (!rest.empty() && status.ok()) {
      const std::size_t part = cutter_.first_part(rest);
      status = encode_part({rest.data(), part}, prefix);
      rest.remove_prefix(part);
      prefix = false;
    }
    return status;
  }

  /// Encodes the prefix space as a word of its own.
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

  /// If the token absorbed the prefix space, the text after it continues as it would without.
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
  WordSplit cutter_;
  WordEncoder encoder_;
  std::string_view rest_;
  std::size_t workspace_size_;
  std::span<TokenId> out_;
  Encoded done_;
  std::size_t skip_ = 0;  // bytes of the next part's normal form that are already encoded
  Encoded whole_;         // done_ when skip_ was last 0
};

}  // namespace

Result<Encoded> encode_words(const Vocabulary& vocabulary, std::string_view text, bool beginning,
                             std::span<std::byte> workspace, std::span<TokenId> out,
                             const ControlTokens& control_tokens) noexcept {
  if (reinterpret_cast<std::uintptr_t>(workspace.data()) % BpeEncoder::workspace_alignment != 0) {
    return Status(ErrorCode::invalid_argument, "workspace", "must be aligned to 8 bytes");
  }
  return TextEncoder(vocabulary, text, beginning, workspace, out).run(control_tokens);
}

}  // namespace ringlet

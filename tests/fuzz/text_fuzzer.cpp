// Fuzzes texts through vocabularies: the first byte of an input chooses one of small_tokenizers()
// or of the published ones of the test data; the second is the options: bit 0 has control tokens
// found, bit 1 has the text composed of what is common in texts; the next two are the rooms; the
// rest is the text or what it is composed by.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>

#include "fuzz/aims.hpp"
#include "fuzz/byte_source.hpp"
#include "fuzz/target.hpp"
#include "ringlet/ringlet.hpp"
#include "support/guarded_bytes.hpp"
#include "support/random.hpp"
#include "support/text_vocabulary.hpp"

namespace ringlet::test {
namespace {

[[maybe_unused]] const bool declared =
    declare_aims({"a text came back", "a workspace was too small", "control tokens were found"});

void demand(bool condition, const char* what, const TextVocabulary& vocabulary) {
  if (condition) return;
  std::fprintf(stderr, "VIOLATED: %s (%s)\n", what, vocabulary.name.c_str());
  std::abort();
}

struct Encoding {
  std::vector<TokenId> tokens;
  Status status;  // why the text was not encoded to its end
};

/// Encodes a text by calls with room for so many tokens as `next_room` says.
template <typename Room>
Encoding encode(const TextVocabulary& vocabulary, std::string_view text,
                std::span<std::byte> workspace, const ControlTokens& control_tokens,
                Room next_room) {
  const Tokenizer tokenizer = *Tokenizer::open(vocabulary.model());
  Encoding all;
  bool beginning = true;
  std::size_t room = next_room();
  while (!text.empty()) {
    std::vector<TokenId> out(room);  // of exactly the size, for AddressSanitizer
    const auto done = tokenizer.encode(text, beginning, workspace, out, control_tokens);
    if (!done.ok() && std::string_view(done.status().where()) == "out") {
      demand(done.status().needed() > room, "more room is needed than was asked for", vocabulary);
      room = static_cast<std::size_t>(done.status().needed());
      continue;
    }
    all.status = done.status();
    if (!done.ok()) return all;
    demand(done->bytes > 0 && done->bytes <= text.size() && done->tokens <= room,
           "a call goes beyond its text or its room, or nowhere", vocabulary);
    all.tokens.insert(all.tokens.end(), out.begin(),
                      out.begin() + static_cast<std::ptrdiff_t>(done->tokens));
    text.remove_prefix(done->bytes);
    beginning = done->beginning;
    room = next_room();
  }
  return all;
}

std::string decode(const TextVocabulary& vocabulary, std::span<const TokenId> tokens) {
  const Tokenizer tokenizer = *Tokenizer::open(vocabulary.model());
  Detokenizer detokenizer(tokenizer);
  std::string text;
  for (const TokenId token : tokens) {
    demand(token < vocabulary.model().architecture().vocab_size, "a token is invalid", vocabulary);
    text += detokenizer.next(token);
  }
  text += detokenizer.finish();
  demand(is_utf8(text), "what is decoded is not UTF-8", vocabulary);
  return text;
}

/// Workspace for the longest word that the normal form of a text can have.
GuardedBytes workspace_for(std::size_t longest_word) {
  const std::uint64_t bytes = Tokenizer::workspace_bytes(static_cast<std::uint32_t>(longest_word));
  return GuardedBytes(static_cast<std::size_t>(bytes), std::byte{0xFF});
}

/// With small rooms and a workspace that is only as large as its errors ask for come the same
/// tokens.
void compare_pieces(const TextVocabulary& vocabulary, std::string_view text,
                    const ControlTokens& control_tokens, std::span<const TokenId> whole,
                    ByteSource& rooms) {
  const std::uint32_t longest_word = rooms.between(1, 80);
  Random random(rooms.number(1));
  auto bytes = static_cast<std::size_t>(Tokenizer::workspace_bytes(longest_word));
  while (true) {
    GuardedBytes workspace(bytes, std::byte{0xFF});
    const Encoding pieces = encode(vocabulary, text, workspace.span(), control_tokens,
                                   [&] { return random.below(2 * longest_word + 4); });
    demand(workspace.intact(), "something beyond the workspace was written", vocabulary);
    demand(pieces.tokens.size() <= whole.size() &&
               std::equal(pieces.tokens.begin(), pieces.tokens.end(), whole.begin()),
           "tokens depend on the room", vocabulary);
    if (pieces.status.ok()) {
      demand(pieces.tokens.size() == whole.size(), "tokens are missing", vocabulary);
      return;
    }
    demand(pieces.status.code() == ErrorCode::not_enough_memory && pieces.status.needed() > bytes,
           "a text is refused for something else than its workspace", vocabulary);
    met("a workspace was too small");
    bytes = static_cast<std::size_t>(pieces.status.needed());
  }
}

/// A text in UTF-8: ASCII characters, characters and marks of all kinds, and whole pieces.
std::string compose(const TextVocabulary& vocabulary, ByteSource& bytes) {
  static constexpr std::string_view parts[] = {" ",
                                               "  ",
                                               "\n",
                                               "\r\n",
                                               "'ll",
                                               " the",
                                               "1234567",
                                               "caf\xC3\xA9",
                                               "e\xCC\x81",
                                               "\xD9\xA3",
                                               "\xE4\xB8\xAD",
                                               "\xED\x95\x9C",
                                               "\xC2\xA0",
                                               "\xE3\x80\x80",
                                               "\xE2\x80\xA6",
                                               "\xF0\x9F\xA6\x99",
                                               "<s>",
                                               "<|im_end|>",
                                               "<0x41>",
                                               "\xE2\x80\x8D",
                                               "\xEF\xAC\x81",
                                               "Word"};
  const Tokenizer tokenizer = *Tokenizer::open(vocabulary.model());
  const std::uint32_t vocabulary_size = vocabulary.model().architecture().vocab_size;
  std::string text;
  while (!bytes.empty()) {
    const std::uint64_t choice = bytes.number(1);
    if (choice < 0x80) {
      text += static_cast<char>(choice);
    } else if (choice < 0xC0) {
      text += parts[choice % std::size(parts)];
    } else {
      const std::string_view piece =
          tokenizer.piece(static_cast<TokenId>(bytes.number(3) % vocabulary_size));
      if (is_utf8(piece)) text += piece;
    }
  }
  return text;
}

}  // namespace

Outcome run_input(std::span<const std::byte> input) {
  ByteSource bytes(input);
  const TextVocabulary* vocabulary = text_vocabulary(bytes.index(text_vocabulary_count()));
  if (vocabulary == nullptr) return refused("the vocabulary is absent");
  const std::uint64_t options = bytes.number(1);
  const ControlTokens control_tokens{.enabled = options % 2 != 0};
  const std::array<std::byte, 2> rooms{static_cast<std::byte>(bytes.number(1)),
                                       static_cast<std::byte>(bytes.number(1))};
  const std::string text =
      options / 2 % 2 != 0
          ? compose(*vocabulary, bytes)
          : std::string(reinterpret_cast<const char*>(bytes.rest().data()), bytes.rest().size());
  constexpr std::size_t longest_growth = 11;  // of U+FDFA under NFKC
  GuardedBytes workspace = workspace_for(longest_growth * text.size() + 16);
  const Encoding whole = encode(*vocabulary, text, workspace.span(), control_tokens,
                                [&] { return 2 * text.size() + 16; });
  demand(whole.status.ok(), "a text is refused with room for all of it", *vocabulary);
  ByteSource choices(rooms);
  compare_pieces(*vocabulary, text, control_tokens, whole.tokens, choices);
  const Tokenizer tokenizer = *Tokenizer::open(vocabulary->model());
  if (std::any_of(whole.tokens.begin(), whole.tokens.end(),
                  [&](TokenId token) { return tokenizer.is_control(token); })) {
    met("control tokens were found");
  }
  const std::string back = decode(*vocabulary, whole.tokens);
  if (!control_tokens.enabled && vocabulary->gives_back(text)) {
    demand(back == text, "a text does not come back", *vocabulary);
    if (!text.empty()) met("a text came back");
  }
  return accepted();
}

std::vector<Seed> make_seeds() {
  struct Text {
    const char* name;
    char options;
    std::string bytes;
  };
  std::string composed;
  for (int byte = 0x7F; byte < 0x100; byte += 3) composed += static_cast<char>(byte);
  const Text texts[] = {
      {"words", 0, "The cat's 1234 dogs, and\tthe  caf\xC3\xA9 \xE2\x80\x94 isn't\n\n  it?"},
      {"control", 1, "<s>a<|im_end|> b <|endoftext|><unk></s><tool> "},
      {"broken", 0, "\xFF\xC3 \xE2\x96\x81\xF0\x9F\x98\x80\xED\xA0\x80 a\xCC\x81 \xEF\xB7\xBA"},
      {"composed", 2, composed}};
  std::vector<Seed> seeds;
  std::size_t promises = 0;
  for (std::size_t i = 0; i < text_vocabulary_count(); ++i) {
    if (text_vocabulary(i) == nullptr) continue;
    if (text_vocabulary(i)->gives_back(texts[0].bytes)) ++promises;
    for (const Text& text : texts) {
      seeds.push_back({text_vocabulary(i)->name + "_" + text.name,
                       std::string{static_cast<char>(i), text.options, 9, 51} + text.bytes});
    }
  }
  demand(promises >= 2, "no text has to come back, so that none is compared", *text_vocabulary(0));
  return seeds;
}

}  // namespace ringlet::test

// Normal forms against utf8proc, and tokens of a text against tokens of its normal form.
#include "text/normalizer.hpp"

#include <gtest/gtest.h>
#include <utf8proc.h>

#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "support/pieces.hpp"
#include "support/random.hpp"
#include "text/utf8.hpp"
#include "tokenizer/double_array_builder.hpp"
#include "tokenizer/normalizer.hpp"

namespace ringlet {
namespace {

using convert::NormalizerBuilder;
using test::TestVocabulary;

/// A small vocabulary with this normalizer.
TestVocabulary with(const std::function<void(NormalizerBuilder&)>& steps) {
  NormalizerBuilder builder("normalizer");
  steps(builder);
  convert::SourceTokenizer source{.pieces = test::special_and_byte_pieces()};
  source.normalizer = builder.build();
  return TestVocabulary(source);
}

std::string normal_form(const TestVocabulary& vocabulary, std::string_view text) {
  return test::normal_form(vocabulary.view().normalizer, text);
}

std::string utf8(char32_t code) {
  utf8proc_uint8_t bytes[4];
  const auto size = utf8proc_encode_char(static_cast<utf8proc_int32_t>(code), bytes);
  return {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)};
}

std::string by_utf8proc(const std::string& text, bool compatibility) {
  utf8proc_uint8_t* out = nullptr;
  const int options = UTF8PROC_STABLE | UTF8PROC_COMPOSE | (compatibility ? UTF8PROC_COMPAT : 0);
  const auto size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                 static_cast<utf8proc_ssize_t>(text.size()), &out,
                                 static_cast<utf8proc_option_t>(options));
  EXPECT_GE(size, 0);
  std::string result(reinterpret_cast<const char*>(out), static_cast<std::size_t>(size));
  std::free(out);
  return result;
}

class NormalForms : public testing::TestWithParam<bool> {
 protected:
  TestVocabulary vocabulary_ = with([](NormalizerBuilder& b) { b.nfc(GetParam()); });
};

TEST_P(NormalForms, OfEveryCharacterAreThoseOfUtf8proc) {
  for (char32_t code = 1; code < 0x110000; ++code) {
    if (code >= 0xD800 && code < 0xE000) continue;
    const std::string text = utf8(code);
    ASSERT_EQ(normal_form(vocabulary_, text), by_utf8proc(text, GetParam()))
        << static_cast<std::uint32_t>(code);
  }
}

/// Characters that compose, decompose or change places, in any order; and their own decompositions,
/// whose parts belong together.
TEST_P(NormalForms, OfAnyTextAreThoseOfUtf8proc) {
  std::vector<char32_t> marks, others;
  for (char32_t code = 1; code < 0x110000; ++code) {
    if (code >= 0xD800 && code < 0xE000) continue;
    const auto* property = utf8proc_get_property(static_cast<utf8proc_int32_t>(code));
    const std::string text = utf8(code);
    if (property->combining_class != 0) marks.push_back(code);
    if (property->decomp_seqindex != UINT16_MAX || property->comb_index != UINT16_MAX) {
      others.push_back(code);
    }
  }
  test::Random random(7);
  const auto one_of = [&](const std::vector<char32_t>& list) {
    return list[random.below(static_cast<std::uint32_t>(list.size()))];
  };
  for (int i = 0; i < 30'000; ++i) {
    std::string text;
    for (std::uint32_t n = 1 + random.below(12); n > 0; --n) {
      const std::uint32_t kind = random.below(8);
      const char32_t letter = U"aAeoO\u1100\u1161\u11A8\uAC00\uAC01 \u05D0\u0915"[random.below(13)];
      const char32_t code = kind < 3   ? one_of(marks)
                            : kind < 5 ? one_of(others)
                            : kind < 7 ? letter
                                       : 1 + random.below(0xD7FF);
      text += utf8(code);
    }
    ASSERT_EQ(normal_form(vocabulary_, text), by_utf8proc(text, GetParam())) << text;
  }
}

TEST_P(NormalForms, OfWhatIsNoUtf8KeepTheBytes) {
  for (unsigned byte = 0x80; byte < 0x100; ++byte) {
    std::string text = "e?e\u0301";
    text[1] = static_cast<char>(byte);
    EXPECT_EQ(normal_form(vocabulary_, text), text.substr(0, 2) + "\u00E9");
  }
}

/// The standard allows 30 marks in a row (UAX 15, section 13); these are half of them. Longer runs
/// are divided.
TEST_P(NormalForms, EndAPartAfterMoreMarksThanAnyoneWrites) {
  std::string text = "a";
  for (int i = 0; i < 15; ++i) text += "\u0301\u0323";
  EXPECT_EQ(normal_form(vocabulary_, text), by_utf8proc(text, GetParam()));
  std::string endless = "a";
  for (int i = 0; i < 1000; ++i) endless += "\u0301\u0323";
  const std::string normal = normal_form(vocabulary_, endless);
  EXPECT_TRUE(normal.starts_with("\u1EA1\u0323"));
  EXPECT_EQ(normal.size(), endless.size());
}

INSTANTIATE_TEST_SUITE_P(All, NormalForms, testing::Bool(), [](const auto& compatibility) {
  return compatibility.param ? "NFKC" : "NFC";
});

TEST(Normalizer, WithoutTablesChangesNothing) {
  EXPECT_FALSE(Normalizer().changes_texts());
  EXPECT_FALSE(with([](NormalizerBuilder&) {}).view().normalizer.changes_texts());
}

TEST(Normalizer, LowerCaseIsUnicodes) {
  const TestVocabulary lower = with([](NormalizerBuilder& b) { b.lowercase(); });
  EXPECT_EQ(normal_form(lower, "ABC \u00C4\u03A3\u0130\u1E9E\U00010400x"),
            "abc \u00E4\u03C3i\u0307\u00DF\U00010428x");
  const TestVocabulary both = with([](NormalizerBuilder& b) {
    b.lowercase();
    b.nfc(false);
  });
  EXPECT_EQ(normal_form(both, "E\u0301\u00C9"), "\u00E9\u00E9");
}

TEST(Normalizer, ReplacesTheLongestKnownText) {
  const TestVocabulary v = with([](NormalizerBuilder& b) {
    b.replace("``", "\"");
    b.lowercase();
    b.replace("x", "ks");
  });
  EXPECT_EQ(normal_form(v, "``A`X``"), "\"a`ks\"");
}

TEST(Normalizer, RefusesCombinationsThatItsFormCannotHold) {
  const auto error = [](const std::function<void(NormalizerBuilder&)>& steps) -> std::string {
    try {
      with(steps);
    } catch (const std::runtime_error& e) {
      return e.what();
    }
    return "accepted";
  };
  EXPECT_EQ(error([](NormalizerBuilder& b) {
              b.nfc(false);
              b.lowercase();
            }),
            "normalizer: lower case after NFC is a combination that the runtime cannot do");
  EXPECT_NE(error([](NormalizerBuilder& b) {
              b.lowercase();
              b.replace("ab", "c");
            }).find("the replacement of \"ab\" after other steps"),
            std::string::npos);
  EXPECT_NE(error([](NormalizerBuilder& b) {
              b.replace("a", std::string(65, 'x'));
            }).find("the runtime has room for 64"),
            std::string::npos);
}

/// A charsmap as SentencePiece writes it: size of the trie, trie, texts.
std::string charsmap(const std::map<std::string, std::uint32_t>& places, const std::string& texts) {
  const std::vector<std::uint32_t> trie = convert::build_double_array(places);
  const auto size = static_cast<std::uint32_t>(trie.size() * 4);
  std::string bytes(reinterpret_cast<const char*>(&size), 4);
  bytes.append(reinterpret_cast<const char*>(trie.data()), size);
  return bytes + texts;
}

TEST(Normalizer, TakesCharsmapsAsTheyAre) {
  const std::string map =
      charsmap({{"\uFF21", 0}, {"A\u030A", 2}, {"\u0007", 5}}, std::string("A\0\u00C5\0\0", 6));
  const TestVocabulary v = with([&](NormalizerBuilder& b) { b.charsmap(map); });
  EXPECT_EQ(normal_form(v, "\uFF21A\u030AA\u0007\u0301"), "A\u00C5A\u0301");
}

TEST(Normalizer, RefusesDamagedCharsmaps) {
  const std::string map = charsmap({{"\uFF21", 0}}, std::string("A\0", 2));
  const auto is_refused = [](const std::string& bytes) {
    try {
      with([&](NormalizerBuilder& b) { b.charsmap(bytes); });
    } catch (const std::runtime_error&) {
      return true;
    }
    return false;
  };
  EXPECT_FALSE(is_refused(map));
  for (std::size_t size = 0; size < map.size(); ++size)
    EXPECT_TRUE(is_refused(map.substr(0, size)));
  EXPECT_TRUE(is_refused(map + "no end"));
  // Whatever a damaged one still is, looking things up stays inside it.
  for (std::size_t i = 4; i + 2 < map.size(); ++i) {
    std::string damaged = map;
    damaged[i] = static_cast<char>(damaged[i] ^ (1 << i % 8));
    if (is_refused(damaged)) continue;
    const TestVocabulary v = with([&](NormalizerBuilder& b) { b.charsmap(damaged); });
    for (char32_t code = 1; code < 0x250; ++code) (void)normal_form(v, utf8(code) + "\uFF21");
  }
}

/// The tokens of a text are those of its normal form without a normalizer, for every pre-tokenizer
/// and any room for tokens.
class Words : public testing::TestWithParam<PreTokenizer> {};

TEST_P(Words, OfATextAreThoseOfItsNormalForm) {
  const bool bytes = GetParam() != PreTokenizer::none && GetParam() != PreTokenizer::spaces;
  convert::SourceTokenizer source{.pieces = test::special_and_byte_pieces()};
  source.pre_tokenizer = GetParam();
  source.byte_level = bytes;
  source.collapse_spaces = GetParam() == PreTokenizer::none;
  if (bytes) {
    for (unsigned b = 0; b < 256; ++b)
      source.pieces[3 + b] = {std::string(1, static_cast<char>(b))};
  }
  for (const char* text : {"ab", " a", "\u00E9", "..", "1\u20442", "\n\n", "  "}) {
    source.pieces.push_back({.text = text, .score = -1});
  }
  const TestVocabulary plain(source);
  NormalizerBuilder builder("normalizer");
  builder.nfc(true);
  source.normalizer = builder.build();
  const TestVocabulary normalizing(source);
  static const std::vector<std::string> parts = {
      "a",  "AB",     "b\u0301", "e\u0301", "\u00C5", "\u2026", "\u00BD", "\u00A8", "\u2003",
      " ",  "  \n",   "\n",      "12",      "don't",  "'LL",    "\u0301", "\uFDFA", "\u1100\u1161",
      ".;", "\u65E5", "<s>",     "\xFF",    "\u00A0"};
  test::Random random(3);
  for (int i = 0; i < 3000; ++i) {
    std::string text;
    for (std::uint32_t n = random.below(40); n > 0; --n) {
      text += parts[random.below(static_cast<std::uint32_t>(parts.size()))];
    }
    const std::vector<TokenId> tokens =
        test::encode_all(plain.view(), normal_form(normalizing, text), 4096);
    ASSERT_EQ(test::encode_all(normalizing.view(), text, 4096), tokens) << text;
    ASSERT_EQ(test::encode_all(normalizing.view(), text, 1 + random.below(40)), tokens) << text;
  }
}

INSTANTIATE_TEST_SUITE_P(All, Words,
                         testing::Values(PreTokenizer::none, PreTokenizer::gpt2,
                                         PreTokenizer::smollm, PreTokenizer::llama3,
                                         PreTokenizer::qwen2, PreTokenizer::gpt4o,
                                         PreTokenizer::spaces),
                         [](const auto& kind) {
                           return "kind" + std::to_string(static_cast<int>(kind.param));
                         });

}  // namespace
}  // namespace ringlet

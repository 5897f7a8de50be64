// A folder with a tokenizer and the files beside it: what the configurations add and change.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/byte_level_json.hpp"
#include "support/convert_checkpoint.hpp"
#include "support/pieces.hpp"
#include "tokenizer/import.hpp"

namespace ringlet::convert {
namespace {

using nlohmann::json;
using test::byte_level;
using test::encode_all;
using test::error_of;
using test::TemporaryFolder;
using test::TestVocabulary;

#define EXPECT_CONTAINS(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)

/// Normalized tokens are found where Hugging Face's library finds them, or the file is refused.
TEST(TokenizerFolder, NormalizedTokensAreFoundWhereTheNormalFormHasThem) {
  const TemporaryFolder folder;
  const auto import = [&](const json& document) {
    (void)folder.write("tokenizer.json", document.dump());
    return import_tokenizer(folder.path(), 300);
  };
  json document = byte_level();
  document["added_tokens"][1]["normalized"] = true;
  document["added_tokens"][0]["normalized"] = false;
  EXPECT_TRUE(import(document).notes.empty());
  document["normalizer"] = {{"type", "NFC"}};
  EXPECT_TRUE(import(document).notes.empty());
  document["normalizer"] = {{"type", "Lowercase"}};
  EXPECT_EQ(import(document).notes.size(), 1U) << "<TOOL> is not found";
  document["added_tokens"][1]["content"] = "<Tool>";
  EXPECT_CONTAINS(error_of([&] { import(document); }),
                  "added token \"<Tool>\" is normalized and the normalizer changes it");
  document["normalizer"] = nullptr;
  document["added_tokens"][1]["content"] = "-<|";
  EXPECT_CONTAINS(error_of([&] { import(document); }),
                  "added token \"-<|\" is normalized and overlaps \"<|im_end|>\"");
  document["added_tokens"][0]["normalized"] = true;
  EXPECT_NO_THROW(import(document)) << "both are looked for together";
}

TEST(TokenizerFolder, NormalizedTokensTakeTheSpaceThatIsPrepended) {
  const TemporaryFolder folder;
  const auto token = [](int id, const char* text, bool normalized) {
    return json{{"id", id}, {"content", text}, {"special", true}, {"normalized", normalized}};
  };
  json document = {
      {"normalizer",
       {{"type", "Sequence"},
        {"normalizers",
         {{{"type", "Prepend"}, {"prepend", "\u2581"}},
          {{"type", "Replace"}, {"pattern", {{"String", " "}}}, {"content", "\u2581"}}}}}},
      {"added_tokens", {token(0, "<unk>", true), token(1, "<s>", true), token(2, "<t>", false)}},
      {"model",
       {{"type", "BPE"},
        {"unk_token", "<unk>"},
        {"vocab", {{"<unk>", 0}, {"<s>", 1}, {"<t>", 2}, {"\u2581", 3}, {"a", 4}}},
        {"merges", json::array()}}}};
  (void)folder.write("tokenizer.json", document.dump());
  const TestVocabulary vocabulary(import_tokenizer(folder.path(), 8));
  const auto ids = [&](const char* text) {
    return encode_all(vocabulary.view(), text, 4096, {.enabled = true});
  };
  EXPECT_EQ(ids("a <s>a"), (std::vector<TokenId>{3, 4, 1, 4}));
  EXPECT_EQ(ids("a<s>"), (std::vector<TokenId>{3, 4, 0, 0, 0}));
  EXPECT_EQ(ids("a<t><s>a"), (std::vector<TokenId>{3, 4, 2, 1, 4}));
  EXPECT_EQ(ids(" <unk> a"), (std::vector<TokenId>{3, 0, 3, 4}));
  document["added_tokens"][1]["lstrip"] = true;
  (void)folder.write("tokenizer.json", document.dump());
  EXPECT_CONTAINS(error_of([&] { import_tokenizer(folder.path(), 8); }), "strips white space");
}

TEST(TokenizerFolder, TakesOverWhatTheConfigurationsSay) {
  const TemporaryFolder folder;
  (void)folder.write("tokenizer.json", byte_level().dump());
  const json config = {{"bos_token", nullptr},
                       {"eos_token", {{"content", "<|im_end|>"}}},
                       {"chat_template", "{{ messages }}"},
                       {"added_tokens_decoder",
                        {{"261", {{"content", "<s>"}, {"special", true}, {"rstrip", true}}}}}};
  (void)folder.write("tokenizer_config.json", config.dump());
  (void)folder.write("generation_config.json", R"({"eos_token_id": [259, 261]})");
  const SourceTokenizer tokenizer = import_tokenizer(folder.path(), 300);
  EXPECT_EQ(tokenizer.pieces.size(), 300U);
  EXPECT_EQ(tokenizer.eos, 259);
  EXPECT_EQ(tokenizer.bos, -1);
  EXPECT_EQ(tokenizer.end_tokens, std::vector<std::uint32_t>{261});
  EXPECT_TRUE(tokenizer.pieces[261].strips_after);
  EXPECT_EQ(tokenizer.pieces[299].kind, SourcePieceKind::unused);
  EXPECT_EQ(tokenizer.chat_template, "{{ messages }}");
  EXPECT_CONTAINS(error_of([&] { import_tokenizer(folder.path(), 100); }),
                  "has 262 tokens, but the model's vocabulary has 100");
  (void)folder.write("tokenizer_config.json", R"({"bos_token": "<absent>"})");
  EXPECT_CONTAINS(error_of([&] { import_tokenizer(folder.path(), 300); }),
                  "bos_token: \"<absent>\" is not a token of the vocabulary");
}

TEST(TokenizerFolder, TakesEveryChatTemplate) {
  const TemporaryFolder folder;
  (void)folder.write("tokenizer.json", byte_level().dump());
  (void)folder.write("special_tokens_map.json",
                     R"({"eos_token": "old", "pad_token": {"content": "<tool>"}})");
  const json config = {{"eos_token", "<|im_end|>"},
                       {"additional_special_tokens", {"<a>", {{"content", "<b>"}}}},
                       {"extra_special_tokens", {{"image_token", "<image>"}}},
                       {"chat_template",
                        {{{"name", "default"}, {"template", "d"}},
                         {{"name", "tool_use"}, {"template", "t"}},
                         {{"name", "rag"}, {"template", "r"}}}}};
  (void)folder.write("tokenizer_config.json", config.dump());
  (void)folder.write("chat_template.json", R"({"chat_template": "of a processor"})");
  using Named = SourceTokenizer::NamedTexts;
  SourceTokenizer tokenizer = import_tokenizer(folder.path(), 300);
  EXPECT_EQ(tokenizer.chat_template, "d");
  EXPECT_EQ(tokenizer.named_templates, (Named{{"tool_use", "t"}, {"rag", "r"}}));
  EXPECT_EQ(
      tokenizer.template_tokens,
      (Named{{"eos_token", "<|im_end|>"}, {"pad_token", "<tool>"}, {"image_token", "<image>"}}));
  EXPECT_EQ(tokenizer.additional_special_tokens, (std::vector<std::string>{"<a>", "<b>"}));
  std::filesystem::create_directory(folder.path() / "additional_chat_templates");
  (void)folder.write("additional_chat_templates/rag.jinja", "file");
  (void)folder.write("chat_template.jinja", "main");
  tokenizer = import_tokenizer(folder.path(), 300);
  EXPECT_EQ(tokenizer.chat_template, "main");
  EXPECT_EQ(tokenizer.named_templates, (Named{{"tool_use", "t"}, {"rag", "file"}}));
  (void)folder.write("tokenizer_config.json", R"({"eos_token": "<|im_end|>"})");
  (void)folder.write("chat_template.jinja", "");
  EXPECT_EQ(import_tokenizer(folder.path(), 300).chat_template, "of a processor");
}

TEST(TokenizerFolder, AddedTokensComeFromOldFilesToo) {
  const TemporaryFolder folder;
  (void)folder.write("tokenizer.json", byte_level().dump());
  (void)folder.write("added_tokens.json", R"({"<|x|>": 262, "<y>": 261, "<z>": 263})");
  (void)folder.write("special_tokens_map.json",
                     R"({"additional_special_tokens": ["<z>", {"content": "<tool>"}]})");
  const SourceTokenizer tokenizer = import_tokenizer(folder.path(), 300);
  EXPECT_EQ(tokenizer.pieces[261].kind, SourcePieceKind::user_defined);
  EXPECT_EQ(tokenizer.pieces[262].kind, SourcePieceKind::control);
  EXPECT_EQ(tokenizer.pieces[263].kind, SourcePieceKind::control);
  EXPECT_EQ(tokenizer.pieces[260].kind, SourcePieceKind::control);
  EXPECT_EQ(encode_all(TestVocabulary(tokenizer).view(), "<y>h"), (std::vector<TokenId>{261, 'h'}));
  (void)folder.write("added_tokens.json", R"({"<|x|>": 97})");
  EXPECT_CONTAINS(error_of([&] { import_tokenizer(folder.path(), 300); }),
                  "is \"<|x|>\", but the vocabulary has \"a\" there");
  (void)folder.write("added_tokens.json", R"({"<|x|>": "y"})");
  EXPECT_CONTAINS(error_of([&] { import_tokenizer(folder.path(), 300); }), "must be an integer");
}

TEST(TokenizerFolder, AddedTokensBeyondTheEmbeddingAreLeftOutWithANote) {
  const TemporaryFolder folder;
  (void)folder.write("tokenizer.json", byte_level().dump());
  (void)folder.write("generation_config.json", R"({"eos_token_id": [260, 259, 258]})");
  const SourceTokenizer tokenizer = import_tokenizer(folder.path(), 260);
  EXPECT_EQ(tokenizer.pieces.size(), 260U);
  ASSERT_EQ(tokenizer.notes.size(), 1U);
  EXPECT_CONTAINS(tokenizer.notes[0], "left out \"<tool>\": the embedding has 260 tokens");
  EXPECT_EQ(tokenizer.eos, 259);
  EXPECT_EQ(tokenizer.end_tokens, std::vector<std::uint32_t>{258});
  EXPECT_CONTAINS(error_of([&] { import_tokenizer(folder.path(), 258); }),
                  "has 261 tokens, but the model's vocabulary has 258");
}

TEST(TokenizerFolder, EveryEndThatIsNamedEndsAReply) {
  const TemporaryFolder folder;
  (void)folder.write("tokenizer.json", byte_level().dump());
  (void)folder.write("tokenizer_config.json", R"({"eos_token": "<|im_end|>"})");
  (void)folder.write("generation_config.json", R"({"eos_token_id": 260})");
  (void)folder.write("config.json", R"({"eos_token_id": 299})");
  const SourceTokenizer tokenizer = import_tokenizer(folder.path(), 300);
  EXPECT_EQ(tokenizer.eos, 259);
  EXPECT_EQ(tokenizer.end_tokens, (std::vector<std::uint32_t>{260, 299}));
  for (const char* key : {"add_eos_token", "do_lower_case", "split_special_tokens"}) {
    (void)folder.write("tokenizer_config.json", json{{key, true}}.dump());
    EXPECT_CONTAINS(error_of([&] { import_tokenizer(folder.path(), 300); }), key);
  }
}

TEST(TokenizerFiles, HostileFoldersAreAnsweredInOneSentence) {
  const std::filesystem::path folder =
      std::filesystem::path(RINGLET_TEST_DATA) / "hostile" / "hf-configs";
  if (!std::filesystem::exists(folder)) {
    GTEST_SKIP() << "SKIPPED: no hostile folders; set RINGLET_TEST_DATA to the folder with them";
  }
  EXPECT_CONTAINS(error_of([&] { import_tokenizer(folder / "config_unknown", 64); }),
                  "bos_token: \"<not_in_vocab>\" is not a token");
  const SourceTokenizer named = import_tokenizer(folder / "config_object", 64);
  EXPECT_EQ(named.bos, 10);
  EXPECT_EQ(named.eos, 11);
}

}  // namespace
}  // namespace ringlet::convert

// The readers of tokenizer files: what they take over, and that they name the field at fault.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/byte_level_json.hpp"
#include "support/convert_checkpoint.hpp"
#include "support/pieces.hpp"
#include "tokenizer/byte_alphabet.hpp"
#include "tokenizer/hf_tokenizer.hpp"
#include "tokenizer/import.hpp"
#include "tokenizer/pre_tokenizer.hpp"

namespace ringlet::convert {
namespace {

using nlohmann::json;
using test::byte_level;
using test::encode_all;
using test::error_of;
using test::letter;
using test::TemporaryFolder;
using test::TestVocabulary;

#define EXPECT_CONTAINS(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)

SourceTokenizer read(const json& document) {
  return read_tokenizer_json(JsonDocument(document.dump(), "t.json").root());
}

std::string error_in(const json& document) {
  return error_of([&] { read(document); });
}

TEST(ByteAlphabet, IsThatOfGpt2) {
  for (unsigned byte = 0; byte < 256; ++byte) {
    EXPECT_EQ(bytes_of_alphabet(letter(byte)), std::string(1, static_cast<char>(byte)));
  }
  EXPECT_EQ(bytes_of_alphabet("\u0120the\u010A"), " the\n");
  EXPECT_FALSE(bytes_of_alphabet("a b").has_value());
  EXPECT_FALSE(bytes_of_alphabet("\u2581").has_value());
}

TEST(TokenizerJson, OfByteLevelIsReadAndUsed) {
  const TestVocabulary vocabulary(read(byte_level()));
  EXPECT_EQ(vocabulary.source().pre_tokenizer, PreTokenizer::gpt2);
  EXPECT_EQ(vocabulary.source().pieces[258].text, " the");
  EXPECT_EQ(vocabulary.source().pieces[259].kind, SourcePieceKind::control);
  EXPECT_EQ(vocabulary.source().pieces[260].kind, SourcePieceKind::user_defined);
  EXPECT_FALSE(vocabulary.source().add_bos);
  EXPECT_EQ(encode_all(vocabulary.view(), " the<tool>h"), (std::vector<TokenId>{258, 260, 'h'}));
}

TEST(TokenizerJson, MergesByTheListAndNotByWhatThePiecesSpell) {
  json document = byte_level();
  // "he" is a piece, but its merge comes after one that takes the h away.
  document["model"]["vocab"]["th"] = 261;
  document["model"]["merges"] = {"t h", "h e"};
  EXPECT_EQ(encode_all(TestVocabulary(read(document)).view(), "the"),
            (std::vector<TokenId>{261, 'e'}));
  // Without its merge a piece is reached only as a whole word, where that is allowed.
  document["model"]["merges"] = json::array({"t h"});
  EXPECT_EQ(encode_all(TestVocabulary(read(document)).view(), "he"),
            (std::vector<TokenId>{'h', 'e'}));
  document["model"]["ignore_merges"] = true;
  EXPECT_EQ(encode_all(TestVocabulary(read(document)).view(), "he"), (std::vector<TokenId>{257}));
}

TEST(TokenizerJson, OfCharactersHasSpacesAndBytes) {
  const json document = {
      {"normalizer",
       {{"type", "Sequence"},
        {"normalizers",
         {{{"type", "Prepend"}, {"prepend", "\u2581"}},
          {{"type", "Replace"}, {"pattern", {{"String", " "}}}, {"content", "\u2581"}}}}}},
      {"pre_tokenizer", nullptr},
      {"post_processor",
       {{"type", "TemplateProcessing"},
        {"single", {{{"SpecialToken", {{"id", "<s>"}}}}, {{"Sequence", {{"id", "A"}}}}}}}},
      {"added_tokens", {{{"id", 1}, {"content", "<s>"}, {"special", true}}}},
      {"model",
       {{"type", "BPE"},
        {"unk_token", "<unk>"},
        {"fuse_unk", true},
        {"vocab",
         {{"<unk>", 0},
          {"<s>", 1},
          {"\u2581", 2},
          {"a", 3},
          {"\u2581"
           "a",
           4}}},
        {"merges", {"\u2581 a"}}}}};
  const TestVocabulary vocabulary(read(document));
  EXPECT_TRUE(vocabulary.source().add_bos);
  EXPECT_EQ(vocabulary.source().bos, 1);
  EXPECT_EQ(encode_all(vocabulary.view(), "a ßü a"), (std::vector<TokenId>{4, 2, 0, 4}));
}

TEST(TokenizerJson, NamesTheFieldAtFault) {
  const auto changed = [](const char* pointer, const json& value) {
    json document = byte_level();
    document[json::json_pointer(pointer)] = value;
    return error_in(document);
  };
  EXPECT_CONTAINS(changed("/model/type", "WordPiece"), "t.json: model: is of type \"WordPiece\"");
  EXPECT_CONTAINS(changed("/model/vocab/x", 1.5), "model: vocab: \"x\" = 1.5 must be an integer");
  EXPECT_CONTAINS(changed("/model/vocab/xx", 3), "have the same id 3");
  EXPECT_CONTAINS(changed("/model/vocab/x", 1e18), "must be an integer from 0 to");
  EXPECT_CONTAINS(changed("/model/merges/0", "h"), "merges: merge 0 is \"h\"");
  EXPECT_CONTAINS(changed("/model/merges/0", "h q"), "merge 0 needs \"hq\"");
  EXPECT_CONTAINS(changed("/model/merges/2", {"a"}), "merges[2]: must have two pieces");
  EXPECT_CONTAINS(changed("/model/end_of_word_suffix", "</w>"), "end_of_word_suffix");
  EXPECT_CONTAINS(changed("/normalizer", {{"type", "NFD"}}), "normalizer: is a step of type");
  EXPECT_CONTAINS(changed("/normalizer", {{"type", "Precompiled"}, {"precompiled_charsmap", "-"}}),
                  "precompiled_charsmap: must be base64");
  EXPECT_CONTAINS(changed("/pre_tokenizer", {{"type", "Whitespace"}}), "of type Whitespace");
  EXPECT_CONTAINS(changed("/pre_tokenizer", {{"type", "Split"}, {"pattern", {{"Regex", "x+"}}}}),
                  "no known pre-tokenizer has: x+");
  EXPECT_CONTAINS(changed("/added_tokens/0/single_word", true),
                  "added_tokens[0]: is matched only as");
  EXPECT_CONTAINS(changed("/added_tokens/0/id", -1), "added_tokens[0]: id = -1 must be an integer");
  EXPECT_CONTAINS(error_of([] { JsonDocument("{\"a\":", "t.json"); }), "t.json is not valid JSON");
  EXPECT_CONTAINS(changed("/model/vocab_prune", 3), "model: has the key \"vocab_prune\"");
  EXPECT_CONTAINS(changed("/truncate", true), "t.json: has the key \"truncate\"");
  EXPECT_CONTAINS(changed("/pre_tokenizer/reverse", true), "has the key \"reverse\"");
  EXPECT_CONTAINS(changed("/added_tokens/1/weight", 2), "added_tokens[1]: has the key \"weight\"");
  EXPECT_CONTAINS(changed("/normalizer", {{"type", "NFC"}, {"form", 1}}), "has the key \"form\"");
}

TEST(TokenizerJson, WhatChangesNoTokensIsPassedOver) {
  json document = byte_level();
  document["version"] = "1.0";
  document["truncation"] = {{"max_length", 5}};
  document["padding"] = {{"strategy", "BatchLongest"}};
  document["decoder"] = {{"type", "ByteLevel"}, {"anything", 1}};
  document["model"]["new_switch"] = nullptr;
  document["post_processor"] = {{"type", "ByteLevel"}, {"trim_offsets", true}};
  EXPECT_EQ(encode_all(TestVocabulary(read(document)).view(), " the"), (std::vector<TokenId>{258}));
}

TEST(TokenizerJson, BytesWithoutAPieceDisappearAndTheirNeighboursMerge) {
  json document = byte_level();
  document["model"]["vocab"].erase("a");
  EXPECT_EQ(encode_all(TestVocabulary(read(document)).view(), "ahae a thaeaa aa"),
            (std::vector<TokenId>{257, ' ', 258, ' '}));
  document["model"]["unk_token"] = "<|im_end|>";
  EXPECT_EQ(encode_all(TestVocabulary(read(document)).view(), "haaea"),
            (std::vector<TokenId>{'h', 259, 259, 'e', 259}));
  document["model"]["fuse_unk"] = true;
  EXPECT_EQ(encode_all(TestVocabulary(read(document)).view(), "haaea"),
            (std::vector<TokenId>{'h', 259, 'e', 259}));
  for (unsigned byte = 0; byte < 256; ++byte) document["model"]["vocab"].erase(letter(byte));
  document["model"]["merges"] = json::array();
  EXPECT_CONTAINS(error_of([&] { build_tokenizer_tables(read(document)); }),
                  "has no piece for any of them");
}

TEST(TokenizerJson, PreTokenizersAreFamiliesOrSteps) {
  const auto with = [](const std::vector<json>& steps) {
    json document = byte_level();
    document["pre_tokenizer"] = {{"type", "Sequence"}, {"pretokenizers", steps}};
    return document;
  };
  const json bytes = {{"type", "ByteLevel"}, {"add_prefix_space", false}};
  const json digits = {{"type", "Digits"}, {"individual_digits", true}};
  const json runs = {{"type", "Digits"}, {"individual_digits", false}};
  const json marks = {{"type", "Punctuation"}, {"behavior", "Contiguous"}};
  const json triples = {{"type", "Split"}, {"pattern", {{"Regex", "[0-9][0-9][0-9]"}}}};
  EXPECT_EQ(read(with({bytes})).pre_tokenizer, PreTokenizer::gpt2);
  EXPECT_EQ(read(with({digits, bytes})).pre_tokenizer, PreTokenizer::smollm);
  const SourceTokenizer falcon = read(with({marks, bytes, runs, triples}));
  EXPECT_EQ(falcon.pre_tokenizer, PreTokenizer::steps);
  EXPECT_EQ(falcon.word_steps, falcon_steps());
  EXPECT_EQ(read(with({{{"type", "Punctuation"}}, bytes})).word_steps,
            (std::vector<WordStep>{WordStep::punctuation_isolated, WordStep::gpt2}));
  EXPECT_CONTAINS(error_in(with({bytes, marks})), "pretokenizers[1]: comes after ByteLevel");
  EXPECT_CONTAINS(error_in(with({bytes, bytes})), "a second ByteLevel");
  json prefixing = bytes;
  prefixing["add_prefix_space"] = true;
  EXPECT_CONTAINS(error_in(with({digits, prefixing})), "pretokenizers[1]: has add_prefix_space");
  EXPECT_CONTAINS(error_in(with({prefixing, runs})), "ByteLevel has add_prefix_space");
  json odd = marks;
  odd["behavior"] = "Reversed";
  EXPECT_CONTAINS(error_in(with({odd, bytes})), "behavior that is not known: Reversed");
  const json words = {{"type", "Split"},
                      {"pattern",
                       {{"Regex",
                         "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| "
                         "?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"}}}};
  EXPECT_CONTAINS(error_in(with({words, marks})), "comes after a regular expression");
}

TEST(TokenizerJson, ASpaceInFrontIsCutWithTheText) {
  json document = byte_level();
  document["pre_tokenizer"]["add_prefix_space"] = true;
  const auto ids = [&](const char* text) {
    return encode_all(TestVocabulary(read(document)).view(), text);
  };
  EXPECT_EQ(ids("the"), (std::vector<TokenId>{258}));
  EXPECT_EQ(ids("\nthe"), (std::vector<TokenId>{' ', '\n', 't', 257}));
  document["model"]["merges"].push_back("\u0120 '");
  document["model"]["merges"].push_back("\u0120' s");
  document["model"]["vocab"]["\u0120'"] = 261;
  document["model"]["vocab"]["\u0120's"] = 262;
  EXPECT_EQ(ids("'s"), (std::vector<TokenId>{261, 's'})) << "no contraction behind a space";
}

TEST(TokenizerJson, PostProcessorsPutOneTokenInFront) {
  const json text = {{"Sequence", {{"id", "A"}, {"type_id", 0}}}};
  const json begin = {{"SpecialToken", {{"id", "<s>"}, {"type_id", 0}}}};
  const auto with = [&](const std::vector<json>& single, const std::vector<int>& ids = {260}) {
    json document = byte_level();
    document["post_processor"] = {
        {"type", "TemplateProcessing"},
        {"single", single},
        {"special_tokens", {{"<s>", {{"id", "<s>"}, {"ids", ids}, {"tokens", {"<s>"}}}}}}};
    return document;
  };
  EXPECT_EQ(read(with({begin, text})).bos, 260) << "by its id, whatever its name";
  EXPECT_TRUE(read(with({begin, text})).add_bos);
  EXPECT_FALSE(read(with({text})).add_bos);
  EXPECT_CONTAINS(error_in(with({begin, text, begin})), "single[2]: appends \"<s>\" to every text");
  EXPECT_CONTAINS(error_in(with({begin, begin, text})), "single[1]: is a second token in front");
  EXPECT_CONTAINS(error_in(with({begin, text}, {1, 2})), "ids: must be one token");
  json document = byte_level();
  for (const char* type : {"BertProcessing", "RobertaProcessing", "NewProcessing"}) {
    document["post_processor"] = {{"type", type}, {"sep", {"x", 1}}, {"cls", {"y", 2}}};
    EXPECT_CONTAINS(error_in(document), std::string("is of type ") + type);
  }
}

TEST(TokenizerJson, NormalizersAreApplied) {
  json document = byte_level();
  const json lower = {{"type", "Lowercase"}};
  document["normalizer"] = {{"type", "Sequence"}, {"normalizers", {lower, {{"type", "NFC"}}}}};
  EXPECT_EQ(encode_all(TestVocabulary(read(document)).view(), " THE"), (std::vector<TokenId>{258}));
  EXPECT_EQ(encode_all(TestVocabulary(read(document)).view(), "E\u0301"),
            (std::vector<TokenId>{0xC3, 0xA9}));
  document["normalizer"]["normalizers"] = {{{"type", "NFC"}}, lower};
  EXPECT_CONTAINS(error_in(document), "normalizer: lower case after NFC");
}

}  // namespace
}  // namespace ringlet::convert

#include "support/vocabularies.hpp"

#include <utility>

#include "support/byte_level_json.hpp"
#include "tokenizer/hf_tokenizer.hpp"

namespace ringlet::test {
namespace {

using Json = nlohmann::json;

Json step(const char* type) { return {{"type", type}}; }

/// Not the object that a list of pairs would become.
Json pair(const char* piece, int score) { return Json::array({piece, score}); }

Json sequence(const char* list, std::initializer_list<Json> steps) {
  return {{"type", "Sequence"}, {list, Json(steps)}};
}

NamedTokenizer read(const char* name, const Json& tokenizer) {
  const std::string text = tokenizer.dump();
  return {name, convert::read_tokenizer_json(convert::JsonDocument(text, name).root())};
}

Json with_normal_forms() {
  Json json = byte_level();
  json["normalizer"] = sequence(
      "normalizers", {{{"type", "Replace"}, {"pattern", {{"String", "``"}}}, {"content", "\""}},
                      step("Lowercase"),
                      step("NFKC")});
  json["added_tokens"][0]["rstrip"] = true;
  json["added_tokens"][1]["lstrip"] = true;
  return json;
}

Json with_steps_and_gaps() {
  Json json = byte_level();
  json["pre_tokenizer"] = sequence(
      "pretokenizers", {{{"type", "Digits"}, {"individual_digits", false}},
                        {{"type", "Punctuation"}, {"behavior", "Contiguous"}},
                        {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"use_regex", true}}});
  // An unused token takes the place of each, so that ids stay without gaps.
  for (const unsigned byte : {0x00U, 0x41U, 0xC3U, 0xFFU}) {
    json["model"]["vocab"].erase(letter(byte));
    json["model"]["vocab"]["unused " + std::to_string(byte)] = byte;
  }
  return json;
}

Json unigram() {
  return {{"normalizer",
           sequence("normalizers",
                    {{{"type", "Replace"}, {"pattern", {{"Regex", " {2,}"}}}, {"content", " "}}})},
          {"pre_tokenizer",
           {{"type", "Metaspace"}, {"replacement", "\u2581"}, {"add_prefix_space", true}}},
          {"model",
           {{"type", "Unigram"},
            {"unk_id", 0},
            {"vocab", Json::array({pair("<unk>", 0), pair("\u2581", -1), pair("a", -2),
                                   pair("\u2581the", -3), pair("\u00e9", -4)})}}}};
}

Json characters() {
  return {
      {"normalizer",
       sequence("normalizers",
                {{{"type", "Prepend"}, {"prepend", "\u2581"}},
                 {{"type", "Replace"}, {"pattern", {{"String", " "}}}, {"content", "\u2581"}}})},
      {"pre_tokenizer", nullptr},
      {"added_tokens", {{{"id", 1}, {"content", "<s>"}, {"special", true}}}},
      {"model",
       {{"type", "BPE"},
        {"unk_token", "<unk>"},
        {"vocab", {{"<unk>", 0}, {"<s>", 1}, {"\u2581", 2}, {"a", 3}, {"\u2581a", 4}}},
        {"merges", {"\u2581 a"}}}}};
}

}  // namespace

std::vector<NamedTokenizer> small_tokenizers() {
  Recipe recipe{.architecture = small_architecture(), .tokenizer = true};
  recipe.architecture.vocab_size = tokenizer_pieces;
  Json composed = byte_level();
  composed["normalizer"] = step("NFC");
  std::vector<NamedTokenizer> all;
  all.push_back({"sentencepiece", *make_source(recipe).tokenizer});
  all.push_back(read("byte_level", byte_level()));
  all.push_back(read("composed", composed));
  all.push_back(read("normal_forms", with_normal_forms()));
  all.push_back(read("steps_and_gaps", with_steps_and_gaps()));
  all.push_back(read("unigram", unigram()));
  all.push_back(read("characters", characters()));
  return all;
}

std::string smallest_tokenizer_json() { return characters().dump(); }

AlignedBytes write_with_tokenizer(convert::SourceTokenizer tokenizer,
                                  const convert::WriteOptions& options) {
  Recipe recipe{.architecture = architecture_with_heads(2, 1, 8)};
  recipe.architecture.dim = 16;
  recipe.architecture.hidden_dim = 18;
  recipe.architecture.layers = 1;
  recipe.architecture.trained_context = 64;
  recipe.architecture.vocab_size = static_cast<std::uint32_t>(tokenizer.pieces.size());
  convert::SourceModel source = make_source(recipe);
  source.tokenizer = std::move(tokenizer);
  source.chat = convert::SourceChat{.name = "test",
                                    .opening = "<s>",
                                    .system_prefix = "<s>[",
                                    .system_suffix = "]",
                                    .before_reply = "<|im_end|>",
                                    .after_reply = "</s>",
                                    .trim = true};
  return write_image(source, options);
}

}  // namespace ringlet::test

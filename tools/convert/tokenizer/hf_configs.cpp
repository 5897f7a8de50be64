#include <algorithm>

#include "source/json_file.hpp"
#include "tokenizer/added_tokens.hpp"
#include "tokenizer/hf_templates.hpp"
#include "tokenizer/hf_tokenizer.hpp"
#include "tokenizer/pieces.hpp"

namespace ringlet::convert {
namespace {

namespace fs = std::filesystem;

/// A token is given as a text, or as an object that contains the text.
std::optional<std::string> token_text(const JsonField& config, const char* name) {
  const std::optional<JsonField> field = config.find(name);
  if (!field) return std::nullopt;
  return field->value().is_object() ? field->at("content").text() : field->text();
}

void set_token(const JsonField& config, const char* name, const SourceTokenizer& tokenizer,
               std::int32_t& token) {
  const std::optional<std::string> text = token_text(config, name);
  if (!text) return;
  token = find_piece(tokenizer, *text);
  if (token < 0) config.at(name).refuse("\"" + *text + "\" is not a token of the vocabulary");
}

/// "added_tokens_decoder": tokens by id, as texts. Tokens in the vocabulary keep their place, but
/// the information here is newer.
void read_added_decoder(const JsonField& list, SourceTokenizer& tokenizer) {
  if (!list.value().is_object()) list.refuse("must be an object");
  for (const auto& [key, value] : list.value().items()) {
    const JsonField token(value, list.where() + ": " + key);
    if (key.empty() || key.size() > 7 || key.find_first_not_of("0123456789") != std::string::npos) {
      token.refuse("must have a token id as its key");
    }
    put_added_token(tokenizer, std::stoul(key), read_added_token(token), token.where());
  }
}

/// Changes that Transformers makes to texts and tokens beyond the tokenizer's own file.
void refuse_changes(const JsonField& config) {
  if (config.flag("add_eos_token", false)) {
    config.at("add_eos_token")
        .refuse(
            "would append a token to every text; the runtime does not, "
            "because the model continues its prompt. Set it to false");
  }
  for (const char* name : {"do_lower_case", "split_special_tokens"}) {
    if (config.flag(name, false)) config.at(name).refuse("is not supported by the runtime");
  }
}

/// Transformers' classes add rules about prefix spaces that a SentencePiece model does not contain:
/// with `legacy` false, there is none after an added token.
void read_prefixes(const JsonField& config, SourceTokenizer& tokenizer) {
  if (tokenizer.encoding != Encoding::sentencepiece_bpe) return;
  tokenizer.prefix_after_added = config.flag("legacy", tokenizer.prefix_after_added);
  tokenizer.add_space_prefix = config.flag("add_prefix_space", tokenizer.add_space_prefix);
}

void read_tokenizer_config(const JsonField& config, SourceTokenizer& tokenizer) {
  refuse_changes(config);
  read_prefixes(config, tokenizer);
  if (const auto added = config.find("added_tokens_decoder")) read_added_decoder(*added, tokenizer);
  read_special_roles(config, tokenizer);
  read_template_tokens(config, tokenizer);
  set_token(config, "bos_token", tokenizer, tokenizer.bos);
  set_token(config, "eos_token", tokenizer, tokenizer.eos);
  tokenizer.add_bos = config.flag("add_bos_token", tokenizer.add_bos);
  if (const auto chat = config.find("chat_template")) read_chat_templates(*chat, tokenizer);
}

/// If no other file has named the end of a text, this is eos; otherwise it is one of the tokens
/// that end a reply.
void add_end(SourceTokenizer& tokenizer, std::uint32_t id) {
  if (tokenizer.eos < 0) tokenizer.eos = static_cast<std::int32_t>(id);
  auto& ends = tokenizer.end_tokens;
  const bool known = std::find(ends.begin(), ends.end(), id) != ends.end();
  if (!known && tokenizer.eos != static_cast<std::int32_t>(id)) ends.push_back(id);
}

/// "eos_token_id" is one id or several, all of which end a reply.
void read_ids(const JsonField& config, SourceTokenizer& tokenizer) {
  const std::size_t tokens = tokenizer.pieces.size();
  if (const auto bos = config.find("bos_token_id"); bos && bos->value().is_number()) {
    if (tokenizer.bos < 0) tokenizer.bos = static_cast<std::int32_t>(bos->index(tokens));
  }
  const std::optional<JsonField> eos = config.find("eos_token_id");
  if (!eos) return;
  if (!eos->value().is_array()) return add_end(tokenizer, eos->index(tokens));
  for (std::size_t i = 0; i < eos->array_size(); ++i) {
    add_end(tokenizer, eos->element(i).index(tokens));
  }
}

}  // namespace

void read_configs_beside(const fs::path& folder, SourceTokenizer& tokenizer) {
  const auto read = [&](const char* name, auto reader) {
    const fs::path path = folder / name;
    if (!fs::exists(path)) return;
    const JsonDocument document = read_json(path);
    reader(document.root(), tokenizer);
  };
  read("added_tokens.json", read_added_tokens_file);
  read("special_tokens_map.json", [](const JsonField& map, SourceTokenizer& found) {
    read_special_roles(map, found);
    read_template_tokens(map, found);
  });
  read("tokenizer_config.json", read_tokenizer_config);
  // A base model's configuration can describe a vocabulary of another size; ids that the tokenizer
  // does not have are refused by name there.
  read("generation_config.json", read_ids);
  read("config.json", read_ids);
  read_template_files(folder, tokenizer);
}

}  // namespace ringlet::convert

#include <algorithm>

#include "json.hpp"
#include "mapped_file.hpp"
#include "tokenizer/hf_tokenizer.hpp"
#include "tokenizer/pieces.hpp"

namespace ringlet::convert {
namespace {

namespace fs = std::filesystem;

/// A token is named by its text, or by an object that has it.
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

/// "added_tokens_decoder": tokens by id, as texts. Those that the vocabulary has already keep their
/// place; what stands here about them is the newer word.
void read_added_decoder(const JsonField& list, SourceTokenizer& tokenizer) {
  if (!list.value().is_object()) list.refuse("must be an object");
  for (const auto& [key, value] : list.value().items()) {
    const JsonField token(value, list.where() + ": " + key);
    if (key.empty() || key.size() > 7 || key.find_first_not_of("0123456789") != std::string::npos) {
      token.refuse("must have a token id for a name");
    }
    const auto id = static_cast<std::size_t>(std::stoul(key));
    const JsonField content = token.at("content");
    const std::string& text = content.text();
    if (id >= most_tokens || text.empty()) token.refuse("is beyond any vocabulary, or empty");
    if (token.flag("single_word", false)) {
      token.refuse("is found as a whole word only, which the runtime cannot");
    }
    auto& pieces = tokenizer.pieces;
    if (id >= pieces.size()) pieces.resize(id + 1, {.kind = SourcePieceKind::unused});
    SourcePiece& piece = pieces[id];
    if (piece.kind != SourcePieceKind::unused && piece.text != text) {
      token.refuse("is \"" + text + "\", but the vocabulary has \"" + piece.text + "\" there");
    }
    if (piece.kind == SourcePieceKind::unknown) continue;
    piece = {.text = text,
             .score = piece.score,
             .kind = token.flag("special", false) ? SourcePieceKind::control
                                                  : SourcePieceKind::user_defined,
             .strips_before = token.flag("lstrip", false),
             .strips_after = token.flag("rstrip", false)};
  }
}

/// A template is a text, or one of several with names.
void read_chat_template(const JsonField& field, SourceTokenizer& tokenizer) {
  if (field.value().is_string()) {
    tokenizer.chat_template = field.text();
    return;
  }
  for (std::size_t i = 0; i < field.array_size(); ++i) {
    const JsonField entry = field.element(i);
    if (entry.at("name").text() == "default") tokenizer.chat_template = entry.at("template").text();
  }
}

void read_tokenizer_config(const JsonField& config, SourceTokenizer& tokenizer) {
  if (const auto added = config.find("added_tokens_decoder")) read_added_decoder(*added, tokenizer);
  set_token(config, "bos_token", tokenizer, tokenizer.bos);
  set_token(config, "eos_token", tokenizer, tokenizer.eos);
  tokenizer.add_bos = config.flag("add_bos_token", tokenizer.add_bos);
  if (const auto chat = config.find("chat_template")) read_chat_template(*chat, tokenizer);
}

void set_id(const JsonField& field, const SourceTokenizer& tokenizer, std::int32_t& token) {
  if (token < 0) token = static_cast<std::int32_t>(field.index(tokenizer.pieces.size()));
}

/// "eos_token_id" is an id or several; those after the first end a reply too.
void read_ids(const JsonField& config, SourceTokenizer& tokenizer) {
  if (const auto bos = config.find("bos_token_id"); bos && bos->value().is_number()) {
    set_id(*bos, tokenizer, tokenizer.bos);
  }
  const std::optional<JsonField> eos = config.find("eos_token_id");
  if (!eos) return;
  if (!eos->value().is_array()) {
    set_id(*eos, tokenizer, tokenizer.eos);
    return;
  }
  for (std::size_t i = 0; i < eos->array_size(); ++i) {
    const std::uint32_t id = eos->element(i).index(tokenizer.pieces.size());
    if (tokenizer.eos < 0) tokenizer.eos = static_cast<std::int32_t>(id);
    auto& ends = tokenizer.end_tokens;
    const bool known = std::find(ends.begin(), ends.end(), id) != ends.end();
    if (!known && tokenizer.eos != static_cast<std::int32_t>(id)) ends.push_back(id);
  }
}

}  // namespace

void read_configs_beside(const fs::path& folder, SourceTokenizer& tokenizer) {
  const auto read = [&](const char* name, auto reader) {
    const fs::path path = folder / name;
    if (!fs::exists(path)) return;
    const JsonDocument document(path);
    reader(document.root(), tokenizer);
  };
  read("tokenizer_config.json", read_tokenizer_config);
  // A base model's configuration may be about a vocabulary of another size; ids that the tokenizer
  // does not have are refused by name there.
  read("generation_config.json", read_ids);
  read("config.json", read_ids);
  const fs::path jinja = folder / "chat_template.jinja";
  if (fs::exists(jinja)) {
    const MappedFile file(jinja);
    tokenizer.chat_template.assign(reinterpret_cast<const char*>(file.bytes().data()),
                                   file.bytes().size());
  }
}

}  // namespace ringlet::convert

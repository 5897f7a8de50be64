#include "tokenizer/gguf_tokenizer.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "source/errors.hpp"
#include "tokenizer/byte_alphabet.hpp"
#include "tokenizer/gguf_pre_tokenizers.hpp"
#include "tokenizer/merges.hpp"
#include "tokenizer/normalizer.hpp"
#include "tokenizer/pieces.hpp"
#include "tokenizer/pre_tokenizer.hpp"
#include "tokenizer/tokenizer_tables.hpp"

namespace ringlet::convert {
namespace {

/// The value of a key, or null if it is absent.
template <typename T>
const T* scalar(const GgufMetadata& metadata, const char* key, const char* wanted) {
  const GgufValue* value = metadata.find(key);
  if (value == nullptr) return nullptr;
  const T* found = std::get_if<T>(value);
  if (found == nullptr) fail(metadata.file_name(), ": ", key, " is not ", wanted);
  return found;
}

/// The list of a key, empty if it is absent.
template <typename T>
std::vector<T> list(const GgufMetadata& metadata, const char* key, const char* wanted) {
  const auto* found =
      scalar<std::vector<T>>(metadata, key, (std::string("a list of ") + wanted).c_str());
  return found == nullptr ? std::vector<T>() : *found;
}

SourcePieceKind kind_of(const GgufInteger& type, const GgufMetadata& metadata, std::size_t id) {
  return piece_kind(
      type.negative ? 0 : type.magnitude,
      metadata.file_name() + ": tokenizer.ggml.token_type[" + std::to_string(id) + "]");
}

std::int32_t token_id(const GgufMetadata& metadata, const char* key, std::size_t tokens) {
  const GgufInteger* id = scalar<GgufInteger>(metadata, key, "a whole number");
  if (id == nullptr || id->negative || id->magnitude == 0xFFFFFFFF) return -1;
  if (id->magnitude >= tokens) {
    fail(metadata.file_name(), ": ", key, " is ", id->magnitude, ", but there are ", tokens,
         " tokens");
  }
  return static_cast<std::int32_t>(id->magnitude);
}

void read_pieces(const GgufMetadata& metadata, SourceTokenizer& tokenizer) {
  const auto texts = list<std::string_view>(metadata, "tokenizer.ggml.tokens", "texts");
  const auto scores = list<double>(metadata, "tokenizer.ggml.scores", "numbers");
  const auto types = list<GgufInteger>(metadata, "tokenizer.ggml.token_type", "whole numbers");
  if (texts.empty()) fail(metadata.file_name(), ": has no tokenizer.ggml.tokens");
  const auto check = [&](const char* key, std::size_t size) {
    if (size != 0 && size != texts.size()) {
      fail(metadata.file_name(), ": ", key, " has ", size, " entries for ", texts.size(),
           " tokens");
    }
  };
  check("tokenizer.ggml.scores", scores.size());
  check("tokenizer.ggml.token_type", types.size());
  if (scores.empty() && tokenizer.encoding != Encoding::bpe)
    fail(metadata.file_name(), ": has no tokenizer.ggml.scores");
  for (std::size_t id = 0; id < texts.size(); ++id) {
    SourcePiece piece{
        .score = scores.empty() ? 0 : static_cast<float>(scores[id]),
        .kind = types.empty() ? SourcePieceKind::normal : kind_of(types[id], metadata, id)};
    const bool spelled = tokenizer.byte_level && piece.kind == SourcePieceKind::normal;
    piece.text = spelled ? bytes_of_alphabet(texts[id]).value_or(std::string(texts[id]))
                 : tokenizer.byte_level ? std::string(texts[id])
                                        : plain_spaces(texts[id]);
    tokenizer.pieces.push_back(std::move(piece));
  }
}

/// Refuses settings that would change the tokens of a text and are not supported.
void refuse_tokens_behind(const GgufMetadata& metadata) {
  for (const char* key : {"tokenizer.ggml.add_eos_token", "tokenizer.ggml.add_sep_token"}) {
    if (!metadata.flag(key, false)) continue;
    fail(metadata.file_name(), ": ", key,
         " would append a token to every text; the runtime does not, because the model continues "
         "its prompt");
  }
}

void read_special_tokens(const GgufMetadata& metadata, SourceTokenizer& tokenizer) {
  const std::size_t tokens = tokenizer.pieces.size();
  const auto id = [&](const char* key) { return token_id(metadata, key, tokens); };
  tokenizer.bos = id("tokenizer.ggml.bos_token_id");
  tokenizer.eos = id("tokenizer.ggml.eos_token_id");
  // In byte-level vocabularies, a byte without a piece is dropped regardless of this setting.
  if (!tokenizer.byte_level) tokenizer.unknown = id("tokenizer.ggml.unknown_token_id");
  for (const char* key : {"tokenizer.ggml.eot_token_id", "tokenizer.ggml.eom_token_id"}) {
    const std::int32_t end = id(key);
    if (end >= 0 && end != tokenizer.eos) {
      tokenizer.end_tokens.push_back(static_cast<std::uint32_t>(end));
    }
  }
  tokenizer.add_bos =
      metadata.flag("tokenizer.ggml.add_bos_token", tokenizer.add_bos) && tokenizer.bos >= 0;
  tokenizer.add_space_prefix =
      metadata.flag("tokenizer.ggml.add_space_prefix", tokenizer.add_space_prefix);
}

void read_byte_level(const GgufMetadata& metadata, SourceTokenizer& tokenizer) {
  const std::string pre = metadata.text("tokenizer.ggml.pre", "");
  tokenizer.encoding = Encoding::bpe;
  tokenizer.byte_level = true;
  tokenizer.add_space_prefix = false;
  tokenizer.prefix_unless_space = true;
  const GgufPreTokenizer& entry = gguf_pre_tokenizer(pre, metadata.file_name());
  tokenizer.pre_tokenizer = entry.kind;
  if (entry.steps != nullptr) tokenizer.word_steps = entry.steps();
  tokenizer.whole_words = entry.whole_words;
  tokenizer.add_bos = entry.add_bos;
  if (entry.normalizes) tokenizer.normalizer = nfc_normalizer();
}

void read_merges(const GgufMetadata& metadata, SourceTokenizer& tokenizer) {
  const std::string where = metadata.file_name() + ": tokenizer.ggml.merges";
  const auto texts = list<std::string_view>(metadata, "tokenizer.ggml.merges", "texts");
  if (texts.empty()) fail(where, " is missing");
  std::vector<MergePair> pairs;
  for (const std::string_view text : texts) {
    const MergePair pair = split_merge(text, where, pairs.size());
    if (!tokenizer.byte_level) {
      pairs.emplace_back(plain_spaces(pair.first), plain_spaces(pair.second));
      continue;
    }
    pairs.emplace_back(bytes_of_alphabet(pair.first).value_or(pair.first),
                       bytes_of_alphabet(pair.second).value_or(pair.second));
  }
  tokenizer.merges = resolve_merges(tokenizer.pieces, pairs, where);
}

/// Gemma 4: merges of characters, where a space is U+2581. llama.cpp cuts a text at its line breaks
/// first, which no merge of these vocabularies crosses.
void read_merged_characters(SourceTokenizer& tokenizer) {
  tokenizer.encoding = Encoding::bpe;
  tokenizer.add_space_prefix = false;
  tokenizer.fuse_unknown = true;
}

void read_unigram(const GgufMetadata& metadata, SourceTokenizer& tokenizer) {
  tokenizer.encoding = Encoding::unigram;
  tokenizer.fuse_unknown = true;
  const char* key = "tokenizer.ggml.precompiled_charsmap";
  const auto bytes = list<GgufInteger>(metadata, key, "bytes");
  if (bytes.empty()) return;
  std::string charsmap;
  for (const GgufInteger& byte : bytes) {
    const auto low = static_cast<std::uint8_t>(byte.magnitude);
    charsmap += static_cast<char>(byte.negative ? 0U - low : low);
  }
  NormalizerBuilder normalizer(metadata.file_name() + ": " + key);
  normalizer.charsmap(charsmap);
  tokenizer.normalizer = normalizer.build();
}

/// The templates, and the texts of the tokens that they can name.
void read_templates(const GgufMetadata& metadata, SourceTokenizer& tokenizer) {
  tokenizer.chat_template = metadata.text("tokenizer.chat_template", "");
  constexpr const char* list_key = "tokenizer.chat_templates";
  for (const std::string_view name : list<std::string_view>(metadata, list_key, "texts")) {
    const std::string key = "tokenizer.chat_template." + std::string(name);
    tokenizer.named_templates.emplace_back(name, metadata.text(key));
  }
  static constexpr std::array<std::pair<const char*, const char*>, 7> tokens = {
      {{"bos_token", "tokenizer.ggml.bos_token_id"},
       {"eos_token", "tokenizer.ggml.eos_token_id"},
       {"unk_token", "tokenizer.ggml.unknown_token_id"},
       {"sep_token", "tokenizer.ggml.seperator_token_id"},  // spelled so
       {"pad_token", "tokenizer.ggml.padding_token_id"},
       {"cls_token", "tokenizer.ggml.cls_token_id"},
       {"mask_token", "tokenizer.ggml.mask_token_id"}}};
  for (const auto& [name, key] : tokens) {
    const std::int32_t id = token_id(metadata, key, tokenizer.pieces.size());
    if (id < 0) continue;
    tokenizer.template_tokens.emplace_back(name,
                                           tokenizer.pieces[static_cast<std::size_t>(id)].text);
  }
}

}  // namespace

bool has_gguf_tokenizer(const GgufMetadata& metadata) {
  return metadata.has("tokenizer.ggml.tokens");
}

SourceTokenizer read_gguf_tokenizer(const GgufMetadata& metadata) {
  const std::string model = metadata.text("tokenizer.ggml.model");
  SourceTokenizer tokenizer;
  if (model == "gpt2") {
    read_byte_level(metadata, tokenizer);
  } else if (model == "gemma4") {
    read_merged_characters(tokenizer);
  } else if (model == "t5") {
    read_unigram(metadata, tokenizer);
  } else if (model != "llama") {
    fail(metadata.file_name(), ": tokenizer.ggml.model is \"", model,
         "\"; llama (SentencePiece BPE), gpt2 (byte-level BPE), gemma4 (BPE of characters) and t5 "
         "(unigram) can be converted");
  }
  refuse_tokens_behind(metadata);
  if (!tokenizer.byte_level) {
    tokenizer.collapse_spaces = metadata.flag("tokenizer.ggml.remove_extra_whitespaces", false);
  }
  read_pieces(metadata, tokenizer);
  read_special_tokens(metadata, tokenizer);
  if (tokenizer.encoding == Encoding::bpe) read_merges(metadata, tokenizer);
  if (tokenizer.encoding == Encoding::unigram) {
    float least = 0;
    for (const SourcePiece& piece : tokenizer.pieces) least = std::min(least, piece.score);
    tokenizer.unknown_score = least - 10.0F;
  }
  read_templates(metadata, tokenizer);
  return tokenizer;
}

}  // namespace ringlet::convert

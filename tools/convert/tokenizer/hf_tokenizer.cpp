#include "tokenizer/hf_tokenizer.hpp"

#include <algorithm>
#include <limits>

#include "source/errors.hpp"
#include "source/json_file.hpp"
#include "source/paged_file.hpp"
#include "tokenizer/added_tokens.hpp"
#include "tokenizer/byte_alphabet.hpp"
#include "tokenizer/hf_sections.hpp"
#include "tokenizer/merges.hpp"
#include "tokenizer/normalizer.hpp"
#include "tokenizer/pieces.hpp"
#include "tokenizer/tokenizer_tables.hpp"

namespace ringlet::convert {
namespace {

namespace fs = std::filesystem;

/// The text of a piece in the runtime's spelling. A text outside the byte alphabet is an added
/// token and stays unchanged.
std::string runtime_text(const std::string& text, bool byte_level) {
  if (byte_level) return bytes_of_alphabet(text).value_or(text);
  return byte_piece_value(text) >= 0 ? text : plain_spaces(text);
}

SourcePieceKind kind_of_piece(const std::string& text, bool byte_fallback) {
  const bool byte = byte_fallback && byte_piece_value(text) >= 0;
  return byte ? SourcePieceKind::byte : SourcePieceKind::normal;
}

/// "added_tokens" comes first, because it determines which pieces do not merge.
void read_added_tokens(const JsonField& list, PieceTable& pieces) {
  for (std::size_t i = 0; i < list.array_size(); ++i) {
    const JsonField token = list.element(i);
    const std::uint32_t id = token.at("id").index(most_tokens);
    pieces.put(id, read_added_token(token));
  }
}

void read_bpe_vocabulary(const JsonField& vocab, bool byte_level, bool byte_fallback,
                         PieceTable& pieces) {
  if (!vocab.value().is_object()) vocab.refuse("must be an object");
  for (const auto& [text, value] : vocab.value().items()) {
    const std::uint32_t id =
        JsonField(value, vocab.where() + ": \"" + text + "\"").index(most_tokens);
    // An added token that the vocabulary also contains, with the same spelling.
    if (pieces.has(id) && pieces.at(id).text == text) continue;
    pieces.put(
        id, {.text = runtime_text(text, byte_level), .kind = kind_of_piece(text, byte_fallback)});
  }
}

std::vector<MergePair> read_merges(const JsonField& list, bool byte_level) {
  std::vector<MergePair> merges;
  for (std::size_t i = 0; i < list.array_size(); ++i) {
    const JsonField merge = list.element(i);
    MergePair pair;
    if (merge.value().is_array()) {
      if (merge.array_size() != 2) merge.refuse("must have two pieces");
      pair = {merge.element(0).text(), merge.element(1).text()};
    } else {
      pair = split_merge(merge.text(), list.where(), i);
    }
    merges.emplace_back(runtime_text(pair.first, byte_level),
                        runtime_text(pair.second, byte_level));
  }
  return merges;
}

void refuse_affixes(const JsonField& model) {
  for (const char* name : {"continuing_subword_prefix", "end_of_word_suffix"}) {
    if (!model.text(name, "").empty()) {
      model.at(name).refuse(
          "marks the places of pieces in words, which the runtime does not support");
    }
  }
  const std::optional<JsonField> dropout = model.find("dropout");
  if (dropout && dropout->number() > 0) dropout->refuse("would make tokens random");
}

void read_bpe(const JsonField& model, PieceTable& pieces, SourceTokenizer& tokenizer) {
  refuse_other_keys(
      model, {"type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix",
              "fuse_unk", "byte_fallback", "ignore_merges", "vocab", "merges"});
  refuse_affixes(model);
  const bool byte_fallback = model.flag("byte_fallback", false);
  tokenizer.encoding = Encoding::bpe;
  tokenizer.fuse_unknown = model.flag("fuse_unk", false);
  tokenizer.whole_words = model.flag("ignore_merges", false);
  read_bpe_vocabulary(model.at("vocab"), tokenizer.byte_level, byte_fallback, pieces);
  const JsonField merges = model.at("merges");
  tokenizer.pieces = pieces.take();
  tokenizer.merges =
      resolve_merges(tokenizer.pieces, read_merges(merges, tokenizer.byte_level), merges.where());
}

void read_unigram(const JsonField& model, PieceTable& pieces, SourceTokenizer& tokenizer) {
  refuse_other_keys(model, {"type", "unk_id", "vocab", "byte_fallback"});
  tokenizer.encoding = Encoding::unigram;
  tokenizer.fuse_unknown = true;
  const bool byte_fallback = model.flag("byte_fallback", false);
  const JsonField vocab = model.at("vocab");
  double least = 0;
  for (std::uint32_t id = 0; id < vocab.array_size(); ++id) {
    const JsonField entry = vocab.element(id);
    if (entry.array_size() != 2) entry.refuse("must be a piece and its score");
    const JsonField piece = entry.element(0);
    const std::string& text = piece.text();
    const double score = entry.element(1).number();
    least = std::min(least, score);
    if (pieces.has(id)) {
      pieces.at(id).score = static_cast<float>(score);
      continue;
    }
    pieces.put(id, {.text = runtime_text(text, false),
                    .score = static_cast<float>(score),
                    .kind = kind_of_piece(text, byte_fallback)});
  }
  tokenizer.pieces = pieces.take();
  // As far below the least likely piece as in SentencePiece.
  tokenizer.unknown_score = static_cast<float>(least - 10.0);
  if (const auto unknown = model.find("unk_id")) {
    tokenizer.unknown = static_cast<std::int32_t>(unknown->index(tokenizer.pieces.size()));
  }
}

void mark_unknown(const JsonField& model, SourceTokenizer& tokenizer) {
  if (const auto unknown = model.find("unk_token")) {
    tokenizer.unknown = find_piece(tokenizer, unknown->text());
    if (tokenizer.unknown < 0) unknown->refuse("is not in the vocabulary");
  }
  if (tokenizer.unknown < 0 || tokenizer.byte_level) return;
  // If it was added, it is found in texts like the other added tokens.
  SourcePiece& piece = tokenizer.pieces[static_cast<std::size_t>(tokenizer.unknown)];
  if (piece.kind == SourcePieceKind::normal) piece.kind = SourcePieceKind::unknown;
}

/// merges.txt: a comment, then one merge per line.
std::vector<MergePair> read_merges_file(const fs::path& path) {
  const PagedFile file(path);
  std::string_view text(reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size());
  std::vector<MergePair> merges;
  for (bool first = true; !text.empty(); first = false) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || (first && line.starts_with("#version"))) continue;
    const MergePair pair = split_merge(line, path.string(), merges.size());
    merges.emplace_back(runtime_text(pair.first, true), runtime_text(pair.second, true));
  }
  return merges;
}

/// The file next to it tells which family this is.
void read_tokenizer_class(const fs::path& folder, SourceTokenizer& tokenizer) {
  tokenizer.pre_tokenizer = PreTokenizer::gpt2;
  const fs::path path = folder / "tokenizer_config.json";
  if (!fs::exists(path)) return;
  const JsonDocument document = read_json(path);
  const std::string name = document.root().text("tokenizer_class", "GPT2Tokenizer");
  if (name.starts_with("Qwen2Tokenizer")) {
    tokenizer.pre_tokenizer = PreTokenizer::qwen2;
    tokenizer.normalizer = nfc_normalizer();
  } else if (!name.starts_with("GPT2Tokenizer") && !name.starts_with("CodeGenTokenizer")) {
    document.root()
        .at("tokenizer_class")
        .refuse(name + " is not a tokenizer whose words are known; give its tokenizer.json");
  }
  tokenizer.add_space_prefix = document.root().flag("add_prefix_space", false);
  if (tokenizer.add_space_prefix && tokenizer.pre_tokenizer != PreTokenizer::gpt2) {
    document.root()
        .at("add_prefix_space")
        .refuse("puts a space in front of every word, which the runtime does not support");
  }
}

}  // namespace

SourceTokenizer import_tokenizer_json(const fs::path& path) {
  return read_tokenizer_json(read_json(path).root());
}

SourceTokenizer read_tokenizer_json(const JsonField& root) {
  // Truncation and padding concern batches, and a decoder converts tokens to text.
  refuse_other_keys(root, {"version", "truncation", "padding", "added_tokens", "normalizer",
                           "pre_tokenizer", "post_processor", "decoder", "model"});
  const JsonField model = root.at("model");
  const std::string type = model.text("type", model.find("merges") ? "BPE" : "");
  SourceTokenizer tokenizer;
  read_normalizer(root.find("normalizer"), tokenizer);
  read_pre_tokenizer(root.find("pre_tokenizer"), tokenizer);
  PieceTable pieces(root.where());
  if (const auto added = root.find("added_tokens")) read_added_tokens(*added, pieces);
  if (type == "BPE") {
    read_bpe(model, pieces, tokenizer);
  } else if (type == "Unigram") {
    read_unigram(model, pieces, tokenizer);
  } else {
    model.refuse("is of type \"" + type + "\"; BPE and Unigram can be converted");
  }
  mark_unknown(model, tokenizer);
  read_post_processor(root.find("post_processor"), tokenizer);
  return tokenizer;
}

SourceTokenizer import_vocab_json(const fs::path& vocab, const fs::path& merges) {
  const JsonDocument document = read_json(vocab);
  SourceTokenizer tokenizer{.add_bos = false,
                            .add_space_prefix = false,
                            .encoding = Encoding::bpe,
                            .byte_level = true,
                            .prefix_unless_space = true};
  read_tokenizer_class(vocab.parent_path(), tokenizer);
  PieceTable pieces(vocab.string());
  read_bpe_vocabulary(document.root(), true, false, pieces);
  tokenizer.pieces = pieces.take();
  for (SourcePiece& piece : tokenizer.pieces) {
    // GPT-2's own vocabulary contains its one special token among the others.
    if (piece.text == "<|endoftext|>") piece.kind = SourcePieceKind::control;
  }
  tokenizer.merges = resolve_merges(tokenizer.pieces, read_merges_file(merges), merges.string());
  return tokenizer;
}

}  // namespace ringlet::convert

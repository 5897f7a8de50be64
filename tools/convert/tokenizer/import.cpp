#include "tokenizer/import.hpp"

#include <algorithm>

#include "source/errors.hpp"
#include "source/paged_file.hpp"
#include "source/tensor_store.hpp"
#include "tokenizer/added_tokens.hpp"
#include "tokenizer/gguf_tokenizer.hpp"
#include "tokenizer/hf_tokenizer.hpp"
#include "tokenizer/llama2c_tokenizer.hpp"
#include "tokenizer/pieces.hpp"
#include "tokenizer/sentencepiece.hpp"
#include "tokenizer/tiktoken.hpp"
#include "tokenizer/tokenizer_tables.hpp"

namespace ringlet::convert {
namespace {

namespace fs = std::filesystem;

enum class Kind : std::uint8_t {
  gguf,
  tokenizer_json,
  vocab_json,
  tiktoken,
  sentencepiece,
  llama2c
};

/// A vocab.json maps texts to ids; a tokenizer.json contains "model".
Kind kind_of_json(std::string_view text) {
  return text.find("\"model\"") != std::string_view::npos ? Kind::tokenizer_json : Kind::vocab_json;
}

Kind kind_of(const fs::path& path) {
  const PagedFile file(path);
  const std::string_view text(reinterpret_cast<const char*>(file.bytes().data()),
                              file.bytes().size());
  if (text.starts_with("GGUF")) return Kind::gguf;
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && text[first] == '{') {
    return path.filename() == "vocab.json" ? Kind::vocab_json : kind_of_json(text);
  }
  if (is_tiktoken(text)) return Kind::tiktoken;
  // A SentencePiece model begins with its first piece (field 1, a message). llama2.c's file begins
  // with the length of its longest piece, in 32 bits whose upper half is 0.
  const bool long_enough = text.size() > 4;
  return long_enough && text[0] == '\n' && (text[2] != 0 || text[3] != 0) ? Kind::sentencepiece
                                                                          : Kind::llama2c;
}

SourceTokenizer import_gguf_tokenizer(const fs::path& path) {
  TensorStore tensors(path.string());  // not used here
  return read_gguf_tokenizer(read_gguf(path, tensors));
}

SourceTokenizer import_file(const fs::path& path, Kind kind, std::uint32_t vocab_size) {
  switch (kind) {
    case Kind::gguf:
      return import_gguf_tokenizer(path);
    case Kind::tokenizer_json:
      return import_tokenizer_json(path);
    case Kind::vocab_json: {
      const fs::path merges = path.parent_path() / "merges.txt";
      if (!fs::exists(merges)) fail(path.string(), " needs merges.txt beside it");
      return import_vocab_json(path, merges);
    }
    case Kind::tiktoken:
      return import_tiktoken(path);
    case Kind::sentencepiece:
      return import_sentencepiece(path);
    case Kind::llama2c:
      break;
  }
  return import_llama2c_tokenizer(path, vocab_size);
}

const char* name_of(const SourceTokenizer& tokenizer) {
  if (tokenizer.encoding == Encoding::unigram) return "unigram";
  if (!tokenizer.byte_level) return "BPE";
  switch (tokenizer.pre_tokenizer) {
    case PreTokenizer::gpt2:
      return "byte-level BPE, words as GPT-2";
    case PreTokenizer::smollm:
      return "byte-level BPE, words as SmolLM";
    case PreTokenizer::llama3:
      return "byte-level BPE, words as Llama 3 and GPT-4";
    case PreTokenizer::qwen2:
      return "byte-level BPE, words as Qwen2";
    case PreTokenizer::gpt4o:
      return "byte-level BPE, words as GPT-4o";
    case PreTokenizer::qwen35:
      return "byte-level BPE, words as Qwen3.5";
    case PreTokenizer::tekken:
      return "byte-level BPE, words as Mistral's Tekken";
    case PreTokenizer::seed_coder:
      return "byte-level BPE, words as Seed";
    case PreTokenizer::steps:
      return "byte-level BPE, words by steps";
    case PreTokenizer::none:
    case PreTokenizer::spaces:
      break;
  }
  return "byte-level BPE";
}

/// "<unk>" is found in a text like other control pieces. (A tokenizer.json lists those that are.)
void show_unknown(SourceTokenizer& tokenizer) {
  const auto unknown = static_cast<std::size_t>(tokenizer.unknown);
  if (tokenizer.unknown < 0 || unknown >= tokenizer.pieces.size()) return;
  SourcePiece& piece = tokenizer.pieces[unknown];
  if (piece.kind == SourcePieceKind::unknown) piece.kind = SourcePieceKind::control;
}

void note_missing_bytes(SourceTokenizer& tokenizer) {
  if (!tokenizer.byte_level) return;
  const std::vector<std::uint32_t> bytes = byte_pieces(tokenizer);
  const auto missing = std::count(bytes.begin(), bytes.end(), Tokenizer::none);
  if (missing == 0) return;
  tokenizer.notes.push_back(
      std::to_string(missing) + " of the 256 bytes have no piece: in a text they " +
      (tokenizer.unknown < 0
           ? std::string("disappear")
           : "become \"" + tokenizer.pieces[static_cast<std::size_t>(tokenizer.unknown)].text +
                 "\""));
}

/// Adds the information in files next to `path`, and the steps that all kinds share.
SourceTokenizer finish(SourceTokenizer tokenizer, Kind kind, const fs::path& path,
                       std::uint32_t vocab_size) {
  // Configurations can refer to tokens that have a row in the embedding but no piece.
  if (tokenizer.pieces.size() < vocab_size) {
    tokenizer.pieces.resize(vocab_size, {.kind = SourcePieceKind::unused});
  }
  if (kind != Kind::gguf && kind != Kind::llama2c) {
    read_configs_beside(path.parent_path(), tokenizer);
  }
  if (kind == Kind::tokenizer_json) {
    settle_normalized_tokens(tokenizer, path.string());
  } else {
    show_unknown(tokenizer);
  }
  find_end_tokens(tokenizer);
  fit_vocabulary(tokenizer, vocab_size);
  note_missing_bytes(tokenizer);
  tokenizer.description =
      std::string(name_of(tokenizer)) + ", " + std::to_string(tokenizer.pieces.size()) + " tokens";
  return tokenizer;
}

}  // namespace

std::optional<fs::path> tokenizer_in_folder(const fs::path& folder) {
  for (const char* name : {"tokenizer.json", "tokenizer.model", "vocab.json", "tokenizer.bin"}) {
    if (fs::exists(folder / name)) return folder / name;
  }
  return std::nullopt;
}

SourceTokenizer import_tokenizer(const fs::path& path, std::uint32_t vocab_size) {
  if (fs::is_directory(path)) {
    const std::optional<fs::path> file = tokenizer_in_folder(path);
    if (!file) {
      fail(path.string(),
           " has no tokenizer: no tokenizer.json, tokenizer.model, vocab.json or tokenizer.bin");
    }
    return import_tokenizer(*file, vocab_size);
  }
  const Kind kind = kind_of(path);
  return finish(import_file(path, kind, vocab_size), kind, path, vocab_size);
}

SourceTokenizer import_tokenizer(const GgufMetadata& metadata, std::uint32_t vocab_size) {
  return finish(read_gguf_tokenizer(metadata), Kind::gguf, metadata.file_name(), vocab_size);
}

}  // namespace ringlet::convert

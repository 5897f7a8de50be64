#include "tokenizer/tiktoken.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <optional>

#include "source/errors.hpp"
#include "source/paged_file.hpp"
#include "tokenizer/base64.hpp"
#include "tokenizer/merges.hpp"
#include "tokenizer/normalizer.hpp"
#include "tokenizer/pieces.hpp"

namespace ringlet::convert {
namespace {

struct Line {
  std::string piece;
  std::uint32_t rank = 0;
};

std::optional<Line> parse_line(std::string_view text) {
  if (text.ends_with('\r')) text.remove_suffix(1);
  const std::size_t space = text.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  std::optional<std::string> piece = decode_base64(text.substr(0, space));
  Line line;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + space + 1, end, line.rank);
  if (!piece || error != std::errc() || stop != end) return std::nullopt;
  line.piece = std::move(*piece);
  return line;
}

/// The known vocabularies, by size.
PreTokenizer pre_tokenizer_of(std::size_t pieces) {
  switch (pieces) {
    case 50256:  // GPT-2's
      return PreTokenizer::gpt2;
    case 100256:  // GPT-4's cl100k
    case 128000:  // Llama 3
      return PreTokenizer::llama3;
    case 151643:  // Qwen
      return PreTokenizer::qwen2;
    case 199998:  // GPT-4o's o200k
    case 200000:  // Llama 4
      return PreTokenizer::gpt4o;
    default:
      return PreTokenizer::none;
  }
}

/// Llama 3's 256 special tokens.
void add_llama3_tokens(SourceTokenizer& tokenizer) {
  static constexpr const char* named[] = {"<|begin_of_text|>",
                                          "<|end_of_text|>",
                                          "<|reserved_special_token_0|>",
                                          "<|reserved_special_token_1|>",
                                          "<|finetune_right_pad_id|>",
                                          "<|reserved_special_token_2|>",
                                          "<|start_header_id|>",
                                          "<|end_header_id|>",
                                          "<|eom_id|>",
                                          "<|eot_id|>",
                                          "<|python_tag|>"};
  for (const char* text : named) {
    tokenizer.pieces.push_back({.text = text, .kind = SourcePieceKind::control});
  }
  for (int reserved = 3; reserved < 248; ++reserved) {
    tokenizer.pieces.push_back(
        {.text = "<|reserved_special_token_" + std::to_string(reserved) + "|>",
         .kind = SourcePieceKind::control});
  }
  tokenizer.bos = 128000;
  tokenizer.eos = 128001;
  tokenizer.add_bos = true;
}

}  // namespace

bool is_tiktoken(std::string_view text) {
  return parse_line(text.substr(0, text.find('\n'))).has_value();
}

std::vector<SourcePiece> read_tiktoken(std::string_view text, const std::string& name) {
  PieceTable pieces(name);
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view written = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (written.empty()) continue;
    std::optional<Line> line = parse_line(written);
    if (!line) fail(name, ": line ", number, " is not base64, a space and a rank");
    pieces.put(line->rank, {.text = std::move(line->piece)});
  }
  return pieces.take();
}

SourceTokenizer import_tiktoken(const std::filesystem::path& path) {
  const PagedFile file(path);
  const std::string_view text(reinterpret_cast<const char*>(file.bytes().data()),
                              file.bytes().size());
  SourceTokenizer tokenizer{.pieces = read_tiktoken(text, path.string()),
                            .add_bos = false,
                            .add_space_prefix = false,
                            .encoding = Encoding::bpe,
                            .byte_level = true,
                            .whole_words = true};
  tokenizer.pre_tokenizer = pre_tokenizer_of(tokenizer.pieces.size());
  if (tokenizer.pre_tokenizer == PreTokenizer::none) {
    fail(path.string(), " has ", tokenizer.pieces.size(),
         " pieces, as no known vocabulary has; give the model's tokenizer.json, which says how "
         "words are cut");
  }
  if (tokenizer.pre_tokenizer == PreTokenizer::qwen2) tokenizer.normalizer = nfc_normalizer();
  std::vector<std::uint32_t> ranks(tokenizer.pieces.size());
  std::iota(ranks.begin(), ranks.end(), 0U);
  tokenizer.merges = merges_of_ranks(tokenizer.pieces, ranks);
  const bool has_config = std::filesystem::exists(path.parent_path() / "tokenizer_config.json");
  if (tokenizer.pieces.size() == 128000 && !has_config) add_llama3_tokens(tokenizer);
  return tokenizer;
}

}  // namespace ringlet::convert

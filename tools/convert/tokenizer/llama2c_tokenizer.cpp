#include "tokenizer/llama2c_tokenizer.hpp"

#include <cstring>

#include "source/errors.hpp"
#include "source/paged_file.hpp"
#include "tokenizer/tokenizer_tables.hpp"

namespace ringlet::convert {
namespace {

constexpr std::int32_t unknown_id = 0;
constexpr std::int32_t bos_id = 1;
constexpr std::int32_t eos_id = 2;
constexpr std::size_t first_byte_id = 3;
constexpr std::size_t byte_count = 256;

/// Reads numbers and texts from front to back. The end of the file inside one is an error.
class Reader {
 public:
  Reader(std::span<const std::byte> bytes, const std::string& file_name)
      : bytes_(bytes), file_name_(file_name) {}

  [[nodiscard]] bool at_end() const { return position_ == bytes_.size(); }

  template <typename T>
  T number(std::size_t token) {
    T value{};
    std::memcpy(&value, take(sizeof(value), token).data(), sizeof(value));
    return value;
  }

  std::string text(std::size_t bytes, std::size_t token) {
    const auto part = take(bytes, token);
    return {reinterpret_cast<const char*>(part.data()), part.size()};
  }

 private:
  std::span<const std::byte> take(std::size_t count, std::size_t token) {
    if (count > bytes_.size() - position_) {
      fail(file_name_, " is truncated: it ends inside token ", token,
           "; or it is not a llama2.c tokenizer");
    }
    position_ += count;
    return bytes_.subspan(position_ - count, count);
  }

  std::span<const std::byte> bytes_;
  const std::string& file_name_;
  std::size_t position_ = 0;
};

/// SentencePiece writes a space as U+2581, and some exporters keep it.
void restore_spaces(std::string& text) {
  constexpr std::string_view mark = "\xE2\x96\x81";
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
    text.replace(at, mark.size(), 1, ' ');
  }
}

std::vector<SourcePiece> read_pieces(Reader& reader, const std::string& file_name) {
  std::vector<SourcePiece> pieces;
  while (!reader.at_end()) {
    const std::size_t id = pieces.size();
    const auto score = reader.number<float>(id);
    const auto length = reader.number<std::int32_t>(id);
    if (length < 0) {
      fail(file_name, " gives token ", id, " a length of ", length,
           "; it is damaged or not a llama2.c tokenizer");
    }
    SourcePiece piece{.text = reader.text(static_cast<std::size_t>(length), id), .score = score};
    restore_spaces(piece.text);
    pieces.push_back(std::move(piece));
  }
  return pieces;
}

void mark_special(std::vector<SourcePiece>& pieces) {
  pieces[unknown_id].kind = SourcePieceKind::unknown;
  // llama2.c writes these two with surrounding line breaks, so that they stand out from the text.
  pieces[bos_id].kind = SourcePieceKind::control;
  pieces[bos_id].text = "<s>";
  pieces[eos_id].kind = SourcePieceKind::control;
  pieces[eos_id].text = "</s>";
}

/// Vocabularies without byte fallback have ordinary pieces in place of the bytes.
void mark_bytes(std::vector<SourcePiece>& pieces) {
  if (pieces.size() < first_byte_id + byte_count) return;
  for (std::size_t value = 0; value < byte_count; ++value) {
    if (byte_piece_value(pieces[first_byte_id + value].text) != static_cast<int>(value)) return;
  }
  for (std::size_t value = 0; value < byte_count; ++value) {
    pieces[first_byte_id + value].kind = SourcePieceKind::byte;
  }
}

}  // namespace

SourceTokenizer import_llama2c_tokenizer(const std::filesystem::path& path,
                                         std::uint32_t vocab_size) {
  const std::string name = path.string();
  const PagedFile file(path);
  Reader reader(file.bytes(), name);
  (void)reader.number<std::int32_t>(0);  // length of the longest piece, which is measured here
  SourceTokenizer tokenizer{.pieces = read_pieces(reader, name)};
  if (tokenizer.pieces.size() != vocab_size) {
    fail(name, " has ", tokenizer.pieces.size(), " tokens, but the model's vocabulary has ",
         vocab_size, "; give the model's own tokenizer with --tokenizer");
  }
  if (vocab_size < first_byte_id) {
    fail(name, " has only ", vocab_size, " tokens; unknown, beginning and end of text need three");
  }
  mark_special(tokenizer.pieces);
  mark_bytes(tokenizer.pieces);
  tokenizer.unknown = unknown_id;
  tokenizer.bos = bos_id;
  tokenizer.eos = eos_id;
  return tokenizer;
}

}  // namespace ringlet::convert

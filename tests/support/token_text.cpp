#include "support/token_text.hpp"

#include <algorithm>
#include <vector>

#include "schema/ringlet_generated.h"

namespace ringlet::test {

TokenTexts::TokenTexts(const Model& model) : tables_(*model.tables()->tokenizer()) {}

std::string TokenTexts::of(std::uint32_t token, bool at_start) const {
  const std::uint32_t begin = token == 0 ? 0 : tables_.ends()->Get(token - 1);
  std::string piece(reinterpret_cast<const char*>(tables_.text()->data()) + begin,
                    tables_.ends()->Get(token) - begin);
  switch (static_cast<schema::PieceKind>(tables_.kinds()->Get(token))) {
    case schema::PieceKind::byte:
      return {static_cast<char>(std::stoi(piece.substr(3, 2), nullptr, 16))};
    case schema::PieceKind::normal:
    case schema::PieceKind::user_defined:
      if (at_start && tables_.add_space_prefix() && piece.starts_with(' ')) piece.erase(0, 1);
      return piece;
    default:
      return {};
  }
}

bool TokenTexts::ends(std::uint32_t token) const {
  if (static_cast<std::int64_t>(token) == tables_.eos()) return true;
  if (static_cast<std::int64_t>(token) == tables_.bos() && of(token, false).empty()) return true;
  return tables_.end_tokens() != nullptr &&
         std::count(tables_.end_tokens()->begin(), tables_.end_tokens()->end(), token) > 0;
}

bool TokenTexts::has_end() const {
  return tables_.eos() >= 0 ||
         (tables_.bos() >= 0 && ends(static_cast<std::uint32_t>(tables_.bos()))) ||
         (tables_.end_tokens() != nullptr && tables_.end_tokens()->size() > 0);
}

bool TokenTexts::spell_all_bytes() const {
  std::vector<bool> bytes(256, false);
  for (std::uint32_t token = 0; token < tables_.ends()->size(); ++token) {
    const std::string text = of(token, false);
    if (text.size() == 1) bytes[static_cast<unsigned char>(text[0])] = true;
  }
  return std::count(bytes.begin(), bytes.end(), false) == 0;
}

convert::SourceTokenizer hostile_tokenizer() {
  using Kind = convert::SourcePieceKind;
  convert::SourceTokenizer tokenizer;
  tokenizer.pieces = {{"<unk>", 0, Kind::unknown}, {"<s>", 0, Kind::control},
                      {"</s>", 0, Kind::control},  {"", 0, Kind::normal},
                      {"\"", 0, Kind::control},    {"\"", 0, Kind::unused}};
  for (unsigned value = 0; value < 256; ++value) {
    char text[8];
    std::snprintf(text, sizeof(text), "<0x%02X>", value);
    tokenizer.pieces.push_back({text, 0, Kind::byte});
  }
  for (const char* piece : {"\"",
                            "\"",
                            "a",
                            "a",
                            " ",
                            " ",
                            "  ",
                            " \"",
                            "{\"",
                            "{\"room\":\"bed",
                            "room\",\"item",
                            "\"}",
                            "\"},",
                            "}}]",
                            "]]",
                            "\":{\"",
                            "a\"",
                            "b",
                            "\xC3",
                            "\xA9",
                            "\xC3\xA9\"",
                            "\xF0\x9F",
                            "\x98\x80",
                            "12",
                            "1}",
                            "\\u00",
                            "\\",
                            "\x7F",
                            "\n",
                            "\0x",
                            "caf\xC3",
                            "the",
                            " on the",
                            "lamp",
                            "milk\"}",
                            "kitchen\"",
                            "bedroom",
                            "room",
                            ":t",
                            "~turn"}) {
    tokenizer.pieces.push_back({piece, 0, Kind::normal});
  }
  tokenizer.pieces.push_back({"{\"scene\":", 0, Kind::user_defined});
  tokenizer.pieces.push_back({"{\"scene\":", 0, Kind::user_defined});
  tokenizer.pieces.push_back({std::string(256, 'a'), 0, Kind::normal});
  tokenizer.pieces.push_back({std::string(255, '[') + "]", 0, Kind::normal});
  tokenizer.bos = 1;
  tokenizer.eos = 2;
  tokenizer.unknown = 0;
  tokenizer.end_tokens = {4};
  return tokenizer;
}

}  // namespace ringlet::test

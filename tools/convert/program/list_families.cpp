#include "list_families.hpp"

#include <sys/ioctl.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "source/families.hpp"

namespace ringlet::convert {
namespace {

constexpr std::size_t columns = 4;
using Row = std::array<std::string, columns>;
using Widths = std::array<std::size_t, columns>;

constexpr std::size_t gap = 2;
constexpr std::size_t narrowest_text = 17;

std::vector<Row> all_rows() {
  std::vector<Row> rows = {{"config.json", "GGUF", "proved", "beyond Llama 2"}};
  for (const KnownFamily& family : known_families()) {
    const bool has_gguf = *family.architectures != '\0';
    rows.push_back(
        {family.model_types, has_gguf ? family.architectures : "-", family.proofs, family.beyond});
  }
  return rows;
}

/// Lines of whole words. A word longer than `width` has a line of its own; 0 gives one line.
std::vector<std::string> wrap(const std::string& text, std::size_t width) {
  std::vector<std::string> lines(1);
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (lines.back().empty()) {
      lines.back() = word;
    } else if (width == 0 || lines.back().size() + 1 + word.size() <= width) {
      lines.back() += " " + word;
    } else {
      lines.push_back(word);
    }
  }
  return lines;
}

/// On a terminal, names are below each other and the text takes what is left.
Widths widths_of(const std::vector<Row>& rows, std::size_t width) {
  Widths widths = {};
  std::size_t used = 0;
  for (std::size_t i = 0; i + 1 < columns; ++i) {
    for (const Row& row : rows) {
      for (const std::string& line : wrap(row[i], width == 0 ? 0 : 1)) {
        widths[i] = std::max(widths[i], line.size());
      }
    }
    used += widths[i] + gap;
  }
  widths.back() = width == 0 ? 0 : std::max(narrowest_text, width - std::min(used, width));
  return widths;
}

void add_row(const Row& row, const Widths& widths, std::string& text) {
  std::array<std::vector<std::string>, columns> cells;
  std::size_t lines = 0;
  for (std::size_t i = 0; i < columns; ++i) {
    cells[i] = wrap(row[i], widths[i]);
    lines = std::max(lines, cells[i].size());
  }
  for (std::size_t n = 0; n < lines; ++n) {
    std::string line;
    for (std::size_t i = 0; i < columns; ++i) {
      const std::string cell = n < cells[i].size() ? cells[i][n] : "";
      line += cell + std::string(std::max(widths[i] + gap, cell.size()) - cell.size(), ' ');
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
}

}  // namespace

std::string families_as_table(std::size_t width) {
  const std::vector<Row> rows = all_rows();
  const Widths widths = widths_of(rows, width);
  std::string text;
  for (const Row& row : rows) add_row(row, widths, text);
  text += "\nproved\n";
  for (const FamilyProof& proof : family_proofs()) {
    constexpr std::size_t indent = 3;
    const std::vector<std::string> lines =
        wrap(proof.meaning, width == 0 ? 0 : std::max(narrowest_text, width - indent));
    for (const std::string& line : lines) {
      const bool is_first = &line == &lines.front();
      text += std::string(1, is_first ? proof.letter : ' ') + "  " + line + "\n";
    }
  }
  return text;
}

std::string families_as_json() {
  nlohmann::ordered_json document = {{"families", nlohmann::ordered_json::array()}};
  for (const KnownFamily& family : known_families()) {
    std::vector<std::string> proofs;
    for (const char letter : std::string(family.proofs)) proofs.emplace_back(1, letter);
    document["families"].push_back({{"model_types", family_names(family.model_types)},
                                    {"architectures", family_names(family.architectures)},
                                    {"beyond_llama2", family.beyond},
                                    {"proofs", proofs}});
  }
  for (const FamilyProof& proof : family_proofs()) {
    document["proofs"][std::string(1, proof.letter)] = proof.meaning;
  }
  return document.dump(2) + "\n";
}

std::size_t terminal_columns(int descriptor) {
  winsize size = {};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_col == 0 ? 80 : std::max<std::size_t>(size.ws_col, 40);
}

}  // namespace ringlet::convert

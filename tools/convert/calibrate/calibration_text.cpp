#include "calibrate/calibration_text.hpp"

#include <algorithm>
#include <array>

#include "encode_text.hpp"
#include "source/errors.hpp"
#include "source/paged_file.hpp"

namespace ringlet::convert {

void CalibrationText::add_window(std::span<const TokenId> window) {
  tokens.insert(tokens.end(), window.begin(), window.end());
  windows.push_back(static_cast<std::uint32_t>(window.size()));
}

std::vector<std::string_view> split_documents(std::string_view text, std::string_view separator) {
  std::vector<std::string_view> documents;
  while (!text.empty()) {
    const std::size_t end = separator.empty() ? std::string_view::npos : text.find(separator);
    std::string_view document = text.substr(0, end);
    text = end == std::string_view::npos ? "" : text.substr(end + separator.size());
    while (document.starts_with('\n')) document.remove_prefix(1);
    while (document.ends_with('\n')) document.remove_suffix(1);
    if (!document.empty()) documents.push_back(document);
  }
  return documents;
}

CalibrationText divide_text(const Tokenizer& tokenizer, std::string_view text,
                            const TextDivision& division) {
  CalibrationText result;
  const std::size_t lead = tokenizer.adds_bos() ? 1 : 0;
  const std::size_t step = std::max<std::size_t>(division.window, lead + 1) - lead;
  for (const std::string_view document : split_documents(text, division.separator)) {
    if (result.tokens.size() >= division.most_tokens) break;
    std::vector<TokenId> ids;
    const std::size_t left = division.most_tokens - result.tokens.size();
    const Status status = port::encode_text(tokenizer, document, ids, {}, left);
    std::array<char, 256> line{};
    if (!status.ok()) fail("the calibration text cannot be encoded: ", describe(status, line));
    for (std::size_t begin = 0; begin < ids.size(); begin += step) {
      const std::size_t room = division.most_tokens - result.tokens.size();
      std::vector<TokenId> window;
      if (lead != 0) window.push_back(tokenizer.bos());
      const std::size_t end = std::min(ids.size(), begin + step);
      window.insert(window.end(), ids.begin() + static_cast<std::ptrdiff_t>(begin),
                    ids.begin() + static_cast<std::ptrdiff_t>(end));
      window.resize(std::min(window.size(), room));
      if (window.size() > 1) result.add_window(window);
    }
  }
  return result;
}

CalibrationText read_text(const Tokenizer& tokenizer, const std::filesystem::path& path,
                          const TextDivision& division) {
  const PagedFile file(path);
  const std::string_view bytes(reinterpret_cast<const char*>(file.bytes().data()),
                               file.bytes().size());
  CalibrationText text = divide_text(tokenizer, bytes, division);
  if (text.tokens.empty()) fail(path.string(), " has no text to calibrate on");
  return text;
}

}  // namespace ringlet::convert

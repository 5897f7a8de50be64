// The stories of the test data as one text.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace ringlet::test {

/// The first `count` stories of tinystories.txt, trimmed and joined by empty lines.
inline std::string story_text(std::size_t count) {
  std::ifstream in(std::filesystem::path(RINGLET_TEST_DATA) / "text/tinystories.txt",
                   std::ios::binary);
  const std::string all{std::istreambuf_iterator<char>(in), {}};
  const std::string separator = "<|endoftext|>";
  std::string text;
  for (std::size_t at = 0; count > 0; --count) {
    const std::size_t end = all.find(separator, at);
    if (end == std::string::npos) break;
    const std::string story = all.substr(at, end - at);
    const std::size_t first = story.find_first_not_of("\n ");
    const std::size_t last = story.find_last_not_of("\n ");
    if (first != std::string::npos) {
      text += (text.empty() ? "" : "\n\n") + story.substr(first, last - first + 1);
    }
    at = end + separator.size();
  }
  return text;
}

}  // namespace ringlet::test

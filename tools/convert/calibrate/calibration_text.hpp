// The text that a calibration reads: documents, each divided into the windows of sessions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "ringlet/model.hpp"
#include "ringlet/tokenizer.hpp"

namespace ringlet::convert {

/// Windows of tokens, one after the other. Each is read by a session of its own.
struct CalibrationText {
  std::vector<TokenId> tokens;
  std::vector<std::uint32_t> windows;  // the number of tokens of each

  void add_window(std::span<const TokenId> window);
};

/// How a text is divided.
struct TextDivision {
  std::string_view separator = "<|endoftext|>";  // between documents
  std::uint32_t window = 512;                    // most tokens of a session
  std::size_t most_tokens = static_cast<std::size_t>(-1);
};

/// The documents between separators, without the line breaks around them; none of them empty.
[[nodiscard]] std::vector<std::string_view> split_documents(std::string_view text,
                                                            std::string_view separator);

/// Divides documents into windows, each of which starts with the begin-of-text token if the
/// tokenizer adds one. Windows of a single token are left out, because nothing follows from them.
/// Throws std::runtime_error if the tokenizer cannot encode the text.
[[nodiscard]] CalibrationText divide_text(const Tokenizer& tokenizer, std::string_view text,
                                          const TextDivision& division);

/// The same for a file. Throws std::runtime_error if it cannot be read or has no token.
[[nodiscard]] CalibrationText read_text(const Tokenizer& tokenizer,
                                        const std::filesystem::path& path,
                                        const TextDivision& division);

}  // namespace ringlet::convert

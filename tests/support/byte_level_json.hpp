// A byte-level tokenizer.json, written out for tests of its readers.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace ringlet::test {

/// GPT-2's alphabet, spelled out once more.
inline std::string letter(unsigned byte) {
  const bool itself =
      (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
  unsigned code = byte;
  if (!itself) {
    code = 0x100;
    for (unsigned b = 0; b < byte; ++b) {
      const bool printable = (b >= 0x21 && b <= 0x7E) || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
      code += printable ? 0 : 1;
    }
  }
  if (code < 0x80) return {static_cast<char>(code)};
  return {static_cast<char>(0xC0 | code >> 6), static_cast<char>(0x80 | (code & 0x3F))};
}

/// A tokenizer.json of byte-level BPE.
inline nlohmann::json byte_level() {
  nlohmann::json vocab;
  for (unsigned byte = 0; byte < 256; ++byte) vocab[letter(byte)] = byte;
  vocab["\u0120t"] = 256;
  vocab["he"] = 257;
  vocab["\u0120the"] = 258;
  return {{"normalizer", nullptr},
          {"pre_tokenizer", {{"type", "ByteLevel"}, {"add_prefix_space", false}}},
          {"added_tokens",
           {{{"id", 259}, {"content", "<|im_end|>"}, {"special", true}},
            {{"id", 260}, {"content", "<tool>"}, {"special", false}}}},
          {"model",
           {{"type", "BPE"},
            {"vocab", vocab},
            {"merges", {"\u0120 t", "h e", nlohmann::json::array({"\u0120t", "he"})}}}}};
}

}  // namespace ringlet::test

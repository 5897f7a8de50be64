// The key/value part of a GGUF file, enough of it to read a tokenizer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "tokenizer/gguf_tokenizer.hpp"

namespace ringlet::convert {

/// A view of the metadata of a file in memory (versions 2 and 3, little-endian).
class GgufMetadata : public TokenizerMetadata {
 public:
  /// Finds every value; throws std::runtime_error naming the key at fault when a length or count
  /// reaches beyond the file. `bytes` must outlive the object.
  GgufMetadata(std::span<const std::byte> bytes, std::string name);

  [[nodiscard]] std::optional<std::string_view> text(std::string_view key) const override;
  [[nodiscard]] std::optional<std::uint64_t> integer(std::string_view key) const override;
  [[nodiscard]] std::optional<bool> boolean(std::string_view key) const override;
  [[nodiscard]] std::vector<std::string_view> texts(std::string_view key) const override;
  [[nodiscard]] std::vector<float> numbers(std::string_view key) const override;
  [[nodiscard]] std::vector<std::int32_t> integers(std::string_view key) const override;

 private:
  enum class Type : std::uint32_t { f32 = 6, boolean = 7, text = 8, array = 9, last = 12 };

  /// A value where it lies: `count` elements of `type`.
  struct Value {
    Type type = Type::last;
    bool is_array = false;
    std::uint64_t count = 1;
    std::string_view bytes;
  };

  class Reader;
  [[nodiscard]] const Value* find(std::string_view key) const;
  [[nodiscard]] const Value* find(std::string_view key, Type type, bool is_array) const;
  [[noreturn]] void refuse(std::string_view key, const char* wanted) const;

  std::string name_;
  std::map<std::string_view, Value> values_;
};

}  // namespace ringlet::convert

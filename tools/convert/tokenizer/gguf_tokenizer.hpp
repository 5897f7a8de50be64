// The tokenizer in the metadata of a GGUF file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "source_model.hpp"

namespace ringlet::convert {

/// What the tokenizer needs of a GGUF file's metadata: values by key, empty when there is none.
/// Implementations throw std::runtime_error naming the key when a value is of another type. What
/// they return lives as long as the file.
class TokenizerMetadata {
 public:
  virtual ~TokenizerMetadata() = default;
  [[nodiscard]] virtual std::optional<std::string_view> text(std::string_view key) const = 0;
  [[nodiscard]] virtual std::optional<std::uint64_t> integer(std::string_view key) const = 0;
  [[nodiscard]] virtual std::optional<bool> boolean(std::string_view key) const = 0;
  [[nodiscard]] virtual std::vector<std::string_view> texts(std::string_view key) const = 0;
  [[nodiscard]] virtual std::vector<float> numbers(std::string_view key) const = 0;
  [[nodiscard]] virtual std::vector<std::int32_t> integers(std::string_view key) const = 0;
};

/// Reads the keys "tokenizer.*". `name` begins the messages of errors: std::runtime_error naming
/// the key at fault, or what the runtime has nothing for.
SourceTokenizer read_gguf_tokenizer(const TokenizerMetadata& metadata, const std::string& name);

}  // namespace ringlet::convert

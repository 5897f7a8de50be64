// JSON files of unknown origin: every access says which field of which file is not as it should be.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace ringlet::convert {

/// A value inside a JSON file, with the way to it for messages. Cheap to copy; the file's
/// JsonDocument must outlive it.
class JsonField {
 public:
  JsonField(const nlohmann::json& value, std::string where)
      : value_(&value), where_(std::move(where)) {}

  [[nodiscard]] const nlohmann::json& value() const { return *value_; }
  [[nodiscard]] const std::string& where() const { return where_; }

  /// A member of an object. Absent and null are the same.
  [[nodiscard]] std::optional<JsonField> find(const char* name) const;
  /// The same, but it must be there.
  [[nodiscard]] JsonField at(const char* name) const;
  /// An element of an array that has it.
  [[nodiscard]] JsonField element(std::size_t index) const;
  /// Elements of an array; anything else is refused.
  [[nodiscard]] std::size_t array_size() const;

  [[nodiscard]] const std::string& text() const;
  [[nodiscard]] bool boolean() const;
  [[nodiscard]] double number() const;
  /// An integer in [0, limit).
  [[nodiscard]] std::uint32_t index(std::uint64_t limit) const;

  [[nodiscard]] std::string text_or(const char* name, const char* otherwise) const;
  [[nodiscard]] bool boolean_or(const char* name, bool otherwise) const;

  /// Throws std::runtime_error: the way to this field, and `problem`.
  [[noreturn]] void refuse(const std::string& problem) const;

 private:
  const nlohmann::json* value_;
  std::string where_;
};

/// A parsed file.
class JsonDocument {
 public:
  /// Throws std::runtime_error when the file cannot be read or is not JSON.
  explicit JsonDocument(const std::filesystem::path& path);
  /// The same for text in memory that is called `name`.
  JsonDocument(std::string_view text, std::string name);

  [[nodiscard]] JsonField root() const { return {value_, name_}; }

 private:
  void parse(std::string_view text);

  nlohmann::json value_;
  std::string name_;
};

}  // namespace ringlet::convert

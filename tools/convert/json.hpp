// JSON files of unknown origin: every access says which field of which file is not as it should be.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "errors.hpp"
#include "unread_settings.hpp"

namespace ringlet::convert {

/// A value inside a JSON file, with the way to it for messages. Cheap to copy; the file's
/// JsonDocument must outlive it. Every getter throws std::runtime_error, naming file, field and
/// what was found, when the value is not what is asked for.
class JsonField {
 public:
  /// What is known of a document that is being read.
  struct Reading {
    std::unordered_set<const nlohmann::json*> read{};  // members that somebody has asked for
    IgnoredSettings* ignored = nullptr;                // null: none
  };

  JsonField(const nlohmann::json& value, std::string where, Reading* reading = nullptr)
      : value_(&value), where_(std::move(where)), reading_(reading) {}

  [[nodiscard]] const nlohmann::json& value() const { return *value_; }
  [[nodiscard]] const std::string& where() const { return where_; }

  // The value itself.
  [[nodiscard]] const std::string& text() const;
  [[nodiscard]] bool boolean() const;
  [[nodiscard]] double number() const;
  /// An integer in [0, limit).
  [[nodiscard]] std::uint32_t index(std::uint64_t limit) const;
  /// Elements of an array; anything else is refused.
  [[nodiscard]] std::size_t array_size() const;
  /// An element of an array that has it.
  [[nodiscard]] JsonField element(std::size_t index) const;

  /// Throws when this object has a member that no getter was asked for, that is not null, and that
  /// could change results (see unread_settings.hpp).
  void refuse_unread(std::span<const HarmlessSetting> harmless) const;

  // A member of an object. One that is null counts as absent; without a default it must be there.
  [[nodiscard]] std::optional<JsonField> find(const char* name) const;
  [[nodiscard]] bool has(const char* name) const { return find(name).has_value(); }
  [[nodiscard]] JsonField at(const char* name) const;
  [[nodiscard]] JsonField object(const char* name) const;

  /// Sizes are whole numbers from 0 to 2^31 − 1 (`count`: from 1), given as numbers.
  [[nodiscard]] std::uint32_t count(const char* name) const;
  [[nodiscard]] std::uint32_t count(const char* name, std::uint32_t otherwise) const;
  [[nodiscard]] std::uint32_t size(const char* name, std::uint32_t otherwise) const;
  [[nodiscard]] std::vector<std::uint64_t> sizes(const char* name) const;

  /// Finite, and as a float finite too.
  [[nodiscard]] double number(const char* name) const;
  [[nodiscard]] double number(const char* name, double otherwise) const;
  [[nodiscard]] std::vector<double> numbers(const char* name) const;

  [[nodiscard]] bool flag(const char* name, bool otherwise) const;
  [[nodiscard]] std::string text(const char* name) const;
  [[nodiscard]] std::string text(const char* name, const char* otherwise) const;
  [[nodiscard]] std::vector<std::string> texts(const char* name) const;

  /// Throws std::runtime_error: the way to this field, and the parts of what is wrong.
  template <typename... Parts>
  [[noreturn]] void refuse(const Parts&... parts) const {
    fail(where_, ": ", parts...);
  }

 private:
  [[noreturn]] void wrong(const char* wanted) const;
  [[nodiscard]] std::uint64_t whole() const;
  [[nodiscard]] double real() const;

  /// The value in a few characters, for messages.
  [[nodiscard]] std::string brief() const;

  const nlohmann::json* value_;
  std::string where_;
  Reading* reading_;
};

/// A parsed file. As Python's json module does, it takes NaN, Infinity and -Infinity for values;
/// here they become texts, so that they can stand where nobody reads them and are refused by name
/// where a number is asked for.
class JsonDocument {
 public:
  /// Throws std::runtime_error in one sentence when the file cannot be read or is not JSON.
  explicit JsonDocument(const std::filesystem::path& path, IgnoredSettings* ignored = nullptr);
  /// The same for text in memory that is called `name`.
  JsonDocument(std::string_view text, std::string name);

  [[nodiscard]] JsonField root() const { return {value_, name_, &reading_}; }

 private:
  void parse(std::string_view text);

  nlohmann::json value_;
  std::string name_;
  mutable JsonField::Reading reading_;
};

}  // namespace ringlet::convert

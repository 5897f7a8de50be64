// JSON files of unknown origin: every access reports which field of which file is wrong.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "common/errors.hpp"
#include "common/ignored_settings.hpp"

namespace ringlet::common {

/// A member that no getter asked for, with a short form of its value: a number, boolean or string
/// as JSON, "[]" and "{}" if empty, otherwise "a list" or "an object".
struct UnreadMember {
  std::string name;
  std::string value;
};

/// A value inside a JSON file, with its path for messages. Cheap to copy; the file's JsonDocument
/// must outlive it. Every getter throws port::Failure with file, field and found value if the value
/// does not have the requested type.
class JsonField {
 public:
  /// Tracks the reading of a document.
  struct Reading {
    std::unordered_set<const nlohmann::json*> read{};  // members that a getter asked for
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
  /// Number of elements. Fails if the value is not an array.
  [[nodiscard]] std::size_t array_size() const;
  /// An element of the array, which must exist.
  [[nodiscard]] JsonField element(std::size_t index) const;

  /// The members of this object that no getter asked for and that are not null.
  [[nodiscard]] std::vector<UnreadMember> unread() const;
  /// The settings to ignore, as passed to the document.
  [[nodiscard]] IgnoredSettings* ignored() const {
    return reading_ == nullptr ? nullptr : reading_->ignored;
  }

  // A member of an object. A null member counts as absent. Without a default, it must exist.
  [[nodiscard]] std::optional<JsonField> find(const char* name) const;
  [[nodiscard]] bool has(const char* name) const { return find(name).has_value(); }
  [[nodiscard]] JsonField at(const char* name) const;
  [[nodiscard]] JsonField object(const char* name) const;

  /// Sizes are integers from 0 (`count`: from 1) to 2^31 − 1.
  [[nodiscard]] std::uint32_t count(const char* name) const;
  [[nodiscard]] std::uint32_t count(const char* name, std::uint32_t otherwise) const;
  [[nodiscard]] std::uint32_t size(const char* name, std::uint32_t otherwise) const;
  [[nodiscard]] std::vector<std::uint64_t> sizes(const char* name) const;

  /// Finite, also after conversion to float.
  [[nodiscard]] double number(const char* name) const;
  [[nodiscard]] double number(const char* name, double otherwise) const;
  /// A number greater than 0.
  [[nodiscard]] double positive(const char* name) const;
  [[nodiscard]] double positive(const char* name, double otherwise) const;
  [[nodiscard]] std::vector<double> numbers(const char* name) const;

  [[nodiscard]] bool flag(const char* name, bool otherwise) const;
  [[nodiscard]] std::string text(const char* name) const;
  [[nodiscard]] std::string text(const char* name, const char* otherwise) const;
  [[nodiscard]] std::vector<std::string> texts(const char* name) const;

  /// Throws port::Failure with the path of this field and the parts of the reason.
  template <typename... Parts>
  [[noreturn]] void refuse(const Parts&... parts) const {
    fail(where_, ": ", parts...);
  }

 private:
  [[noreturn]] void wrong(const char* wanted) const;
  [[nodiscard]] std::uint64_t whole() const;
  [[nodiscard]] double real() const;

  /// The value in a short form, for messages.
  [[nodiscard]] std::string brief() const;

  const nlohmann::json* value_;
  std::string where_;
  Reading* reading_;
};

/// A parsed text. Like Python's json module, it accepts NaN, Infinity and -Infinity. Here they
/// become strings, which do no harm if nobody reads them and are rejected by name if a number is
/// requested.
class JsonDocument {
 public:
  /// `name` identifies the text in messages and is usually a file. Members in `ignored` count as
  /// absent if nobody reads them. Throws port::Failure if the text is not JSON.
  JsonDocument(std::string_view text, std::string name, IgnoredSettings* ignored = nullptr);

  [[nodiscard]] JsonField root() const { return {value_, name_, &reading_}; }

 private:
  nlohmann::json value_;
  std::string name_;
  mutable JsonField::Reading reading_;
};

}  // namespace ringlet::common

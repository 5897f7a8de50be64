// Fields of a JSON object, read with errors that name the file and the field.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ringlet::convert {

/// Parses a text that must hold one JSON object. Throws std::runtime_error in one sentence that
/// begins with `name`.
nlohmann::json parse_json(std::string_view text, const std::string& name);

/// The same for a file.
nlohmann::json read_json(const std::filesystem::path& path);

/// A view of one JSON object, which must outlive it. A field that is null counts as absent. Every
/// getter throws std::runtime_error, naming file, field and what was found, when the field is there
/// but is not what is asked for; those without a default also when it is absent.
class JsonFields {
 public:
  JsonFields(const nlohmann::json& object, std::string name);

  /// "name: ", the beginning of an error about this object.
  [[nodiscard]] std::string where() const { return name_ + ": "; }
  [[nodiscard]] const nlohmann::json& value() const { return object_; }
  [[nodiscard]] bool has(const char* field) const { return find(field) != nullptr; }

  /// Sizes are whole numbers from 0 to 2^31 − 1 (`count`: from 1), given as numbers.
  [[nodiscard]] std::uint32_t count(const char* field) const;
  [[nodiscard]] std::uint32_t count(const char* field, std::uint32_t otherwise) const;
  [[nodiscard]] std::uint32_t size(const char* field, std::uint32_t otherwise) const;
  [[nodiscard]] std::vector<std::uint64_t> sizes(const char* field) const;

  /// Finite, and as a float finite too.
  [[nodiscard]] double number(const char* field) const;
  [[nodiscard]] double number(const char* field, double otherwise) const;
  [[nodiscard]] std::vector<double> numbers(const char* field) const;

  [[nodiscard]] bool flag(const char* field, bool otherwise) const;
  [[nodiscard]] std::string text(const char* field) const;
  [[nodiscard]] std::string text(const char* field, const char* otherwise) const;
  [[nodiscard]] std::vector<std::string> texts(const char* field) const;
  [[nodiscard]] JsonFields object(const char* field) const;

 private:
  [[nodiscard]] const nlohmann::json* find(const char* field) const;
  [[nodiscard]] const nlohmann::json& get(const char* field) const;
  [[noreturn]] void wrong(const char* field, const char* wanted) const;
  [[nodiscard]] std::uint64_t whole(const char* field, const nlohmann::json& value) const;
  [[nodiscard]] double real(const char* field, const nlohmann::json& value) const;

  const nlohmann::json& object_;
  std::string name_;
};

}  // namespace ringlet::convert

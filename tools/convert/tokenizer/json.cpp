#include "tokenizer/json.hpp"

#include "errors.hpp"
#include "mapped_file.hpp"

namespace ringlet::convert {

std::optional<JsonField> JsonField::find(const char* name) const {
  if (!value_->is_object()) refuse("must be an object");
  const auto found = value_->find(name);
  if (found == value_->end() || found->is_null()) return std::nullopt;
  return JsonField(*found, where_ + ": " + name);
}

JsonField JsonField::at(const char* name) const {
  const std::optional<JsonField> field = find(name);
  if (!field) refuse(std::string("has no \"") + name + "\"");
  return *field;
}

JsonField JsonField::element(std::size_t index) const {
  return {(*value_)[index], where_ + "[" + std::to_string(index) + "]"};
}

std::size_t JsonField::array_size() const {
  if (!value_->is_array()) refuse("must be an array");
  return value_->size();
}

const std::string& JsonField::text() const {
  if (!value_->is_string()) refuse("must be a string");
  return value_->get_ref<const std::string&>();
}

bool JsonField::boolean() const {
  if (!value_->is_boolean()) refuse("must be true or false");
  return value_->get<bool>();
}

double JsonField::number() const {
  if (!value_->is_number()) refuse("must be a number");
  return value_->get<double>();
}

std::uint32_t JsonField::index(std::uint64_t limit) const {
  const bool fits = value_->is_number_unsigned() && value_->get<std::uint64_t>() < limit;
  if (!fits) refuse("must be an integer from 0 to " + std::to_string(limit - 1));
  return static_cast<std::uint32_t>(value_->get<std::uint64_t>());
}

std::string JsonField::text_or(const char* name, const char* otherwise) const {
  const std::optional<JsonField> field = find(name);
  return field ? field->text() : otherwise;
}

bool JsonField::boolean_or(const char* name, bool otherwise) const {
  const std::optional<JsonField> field = find(name);
  return field ? field->boolean() : otherwise;
}

void JsonField::refuse(const std::string& problem) const { fail(where_, ": ", problem); }

JsonDocument::JsonDocument(const std::filesystem::path& path) : name_(path.string()) {
  const MappedFile file(path);
  parse({reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()});
}

JsonDocument::JsonDocument(std::string_view text, std::string name) : name_(std::move(name)) {
  parse(text);
}

void JsonDocument::parse(std::string_view text) {
  try {
    value_ = nlohmann::json::parse(text);
  } catch (const nlohmann::json::parse_error& error) {
    fail(name_, " is not JSON: the error is at byte ", error.byte);
  }
}

}  // namespace ringlet::convert

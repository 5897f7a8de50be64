// The chat templates in a model file: what the converter writes and programs read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ringlet::schema {
struct Model;
}

namespace ringlet::templates {

struct StoredTemplates {
  using Named = std::vector<std::pair<std::string, std::string>>;

  Named templates = {};                             // by name: "default", "tool_use"
  Named tokens = {};                                // texts by variable: "bos_token"
  std::vector<std::string> additional_tokens = {};  // the variable additional_special_tokens

  /// The template of this name, or null.
  [[nodiscard]] const std::string* find(std::string_view name) const;
};

constexpr std::size_t most_templates = 16;
/// Of one template, and of all texts together.
constexpr std::size_t longest_template = std::size_t{1} << 18;
constexpr std::size_t longest_templates = std::size_t{1} << 20;

/// The bytes of Model.templates. `stored` must be within the limits above.
[[nodiscard]] std::vector<std::uint8_t> write_templates(const StoredTemplates& stored);

/// Reads and checks the bytes of Model.templates. Throws port::Failure that begins with `model`,
/// the name of the file.
[[nodiscard]] StoredTemplates read_templates(std::span<const std::byte> bytes,
                                             const std::string& model);

/// The templates of a model file, if it has any.
[[nodiscard]] std::optional<StoredTemplates> templates_of(const schema::Model& tables,
                                                          const std::string& model);

}  // namespace ringlet::templates

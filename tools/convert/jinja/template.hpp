// Jinja templates, as Hugging Face's tokenizers render them.
//
// The language is that of Jinja2 3.1 in its immutable sandbox, with trim_blocks, lstrip_blocks, the
// loop controls, and what Transformers adds: the filter "tojson" without HTML escapes, the block
// "generation", raise_exception() and strftime_now(). Whatever is accepted renders byte for byte as
// there; everything else is refused by name.
#pragma once

#include <ctime>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace ringlet::convert::jinja {

struct Environment {
  /// What strftime_now() tells. Without it that function is not defined.
  std::optional<std::tm> clock = {};
  /// Variables whose values are not known here. A template that reads one is refused.
  std::set<std::string> unknown = {};
};

class Template {
 public:
  /// Throws Error where Jinja2 would, and Unsupported, each with the line.
  explicit Template(std::string_view source);
  Template(Template&&) noexcept;
  ~Template();

  /// Throws as the constructor does, for what a template raises itself, too. Bounds time, memory
  /// and output whatever the template is.
  [[nodiscard]] std::string render(const nlohmann::ordered_json& variables,
                                   const Environment& environment = {}) const;

 private:
  struct Parts;
  std::unique_ptr<const Parts> parts_;
};

}  // namespace ringlet::convert::jinja

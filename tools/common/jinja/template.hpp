// Jinja templates, rendered like Hugging Face's tokenizers render them.
//
// The language is that of Jinja2 3.1 in its immutable sandbox, with trim_blocks, lstrip_blocks,
// loop controls, and the additions of Transformers: the filter "tojson" without HTML escapes, the
// block "generation", raise_exception() and strftime_now(). Accepted templates render byte for byte
// the same. Everything else is rejected by name.
#pragma once

#include <ctime>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace ringlet::jinja {

struct Environment {
  /// The time for strftime_now(). Without it, that function is undefined.
  std::optional<std::tm> clock = {};
  /// Variables with unknown values. A template that reads one is rejected.
  std::set<std::string> unknown = {};
  /// How much a template may do. A unit is about a step of the interpreter; 500,000 take some
  /// hundredths of a second.
  std::size_t most_work = 500'000;
};

class Template {
 public:
  /// Throws Error if Jinja2 would, or Unsupported, each with the line.
  explicit Template(std::string_view source);
  Template(Template&&) noexcept;
  ~Template();

  /// Throws like the constructor, and also for errors that a template raises itself. Bounds time,
  /// memory and output for every template. Integers of any size keep their digits
  /// (large_integer.hpp).
  [[nodiscard]] std::string render(const nlohmann::ordered_json& variables,
                                   const Environment& environment = {}) const;

 private:
  struct Parts;
  std::unique_ptr<const Parts> parts_;
};

}  // namespace ringlet::jinja

#include "serve/protocol/request_body.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "jinja/large_integer.hpp"
#include "serve/protocol/api_error.hpp"

namespace ringlet::serve {
namespace {

ApiError malformed(std::string message) {
  return {400, "invalid_request_error", std::move(message), {}, "invalid_json"};
}

/// Builds the value while it is read, and counts, so that nothing large is ever built.
class BodyReader final : public nlohmann::json_sax<Json> {
 public:
  explicit BodyReader(const BodyLimits& limits) : limits_(limits) {}

  Json take() { return std::move(root_); }

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(std::int64_t value) override { return add(value); }
  bool number_unsigned(std::uint64_t value) override { return add(value); }
  bool number_float(double value, const std::string& spelling) override {
    const bool is_integer = spelling.find_first_of(".eE") == std::string::npos;
    return is_integer ? add(jinja::json_of_large_integer(spelling)) : add(value);
  }
  bool string(std::string& value) override { return add(std::move(value)); }
  bool binary(Json::binary_t&) override { return false; }  // no text has it

  bool start_object(std::size_t) override { return open(Json::object()); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool end_array() override { return close(); }
  bool key(std::string& name) override {
    count();
    if (++open_.back().members > limits_.members) {
      throw malformed("an object has more than " + std::to_string(limits_.members) + " members");
    }
    key_ = std::move(name);
    return true;
  }

  bool parse_error(std::size_t byte, const std::string&,
                   const nlohmann::detail::exception& error) override {
    const std::string_view what = error.what();
    if (what.find("out_of_range") != std::string_view::npos) {
      throw malformed("the body is not JSON: a number is too large");
    }
    const bool utf8 = what.find("UTF-8") != std::string_view::npos;
    throw malformed("the body is not JSON" + std::string(utf8 ? " in UTF-8" : "") +
                    ": wrong at byte " + std::to_string(byte));
  }

 private:
  /// A list or an object whose end has not come.
  struct Open {
    Json* value;
    std::size_t members = 0;
  };

  void count() {
    if (open_.size() > limits_.depth) {
      throw malformed("the body is nested more than " + std::to_string(limits_.depth) + " deep");
    }
    if (++values_ > limits_.values) {
      throw malformed("the body has more than " + std::to_string(limits_.values) + " values");
    }
  }

  Json& put(Json value) {
    count();
    if (open_.empty()) return root_ = std::move(value);
    Json& parent = *open_.back().value;
    if (parent.is_object()) return parent[key_] = std::move(value);
    parent.push_back(std::move(value));
    return parent.back();
  }
  bool add(Json value) {
    (void)put(std::move(value));
    return true;
  }
  bool open(Json value) {
    // Nothing is added to a parent while one of its values is open, so pointers stay valid.
    open_.push_back({&put(std::move(value))});
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  const BodyLimits& limits_;
  std::size_t values_ = 0;
  Json root_;
  std::vector<Open> open_;
  std::string key_;
};

Json parse(std::string_view body, const BodyLimits& limits) {
  if (body.size() > limits.bytes) {
    throw ApiError(413, "invalid_request_error",
                   "the body has more than " + std::to_string(limits.bytes) + " bytes", {},
                   "body_too_large");
  }
  BodyReader reader(limits);
  (void)Json::sax_parse(body, &reader);
  return reader.take();
}

}  // namespace

Json parse_body(std::string_view body, const BodyLimits& limits) {
  Json parsed = parse(body, limits);
  if (!parsed.is_object()) throw malformed("the body must be a JSON object");
  return parsed;
}

std::optional<Json> parse_text(std::string_view text, const BodyLimits& limits) {
  try {
    return parse(text, limits);
  } catch (const ApiError&) {
    return std::nullopt;
  }
}

}  // namespace ringlet::serve

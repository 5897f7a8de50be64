#include "grammar/schema_document.hpp"

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/json.hpp"

namespace ringlet::grammar {
namespace {

constexpr int nesting_limit = 200;
constexpr std::size_t member_limit = 4'096;
constexpr std::size_t size_limit = std::size_t{8} << 20;

std::string escaped(const std::string& key) {
  std::string result;
  for (const char c : key) result += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return result;
}

/// Resolves %41.
std::string without_percent(const std::string& text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto digit = [&](std::size_t at) {
      const char c = at < text.size() ? text[at] : ' ';
      return digits.find(c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c);
    };
    const std::size_t high = digit(i + 1);
    const std::size_t low = digit(i + 2);
    const bool escape = text[i] == '%' && high < 16 && low < 16;
    result += escape ? static_cast<char>(16 * high + low) : text[i];
    if (escape) i += 2;
  }
  return result;
}

std::vector<std::string> parts_of(const std::string& pointer) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < pointer.size(); ++i) {
    if (pointer[i] == '/') {
      parts.emplace_back();
    } else if (pointer[i] == '~' && i + 1 < pointer.size()) {
      parts.back() += pointer[++i] == '1' ? '/' : '~';
    } else {
      parts.back() += pointer[i];
    }
  }
  return parts;
}

}  // namespace

SchemaPlace SchemaPlace::member(const std::string& key) const {
  return {&value->at(key), pointer + "/" + escaped(key)};
}

SchemaPlace SchemaPlace::element(std::size_t index) const {
  return {&value->at(index), pointer + "/" + std::to_string(index)};
}

SchemaDocument::SchemaDocument(std::string_view text, std::string name) : name_(std::move(name)) {
  if (text.size() > size_limit) common::fail(name_, ": the schema is larger than 8 MiB");
  std::vector<std::set<std::string>> members;  // of the objects that are open
  const auto watch = [&](int depth, Json::parse_event_t event, const Json& parsed) {
    if (depth > nesting_limit) common::fail(name_, ": nested more than ", nesting_limit, " deep");
    if (event == Json::parse_event_t::object_start) members.emplace_back();
    if (event == Json::parse_event_t::object_end) members.pop_back();
    if (event != Json::parse_event_t::key) return true;
    const auto key = parsed.get<std::string>();
    // The parser would keep one of them.
    if (!members.back().insert(key).second) {
      common::fail(name_, ": an object has two members '", key, "'");
    }
    if (members.back().size() > member_limit) {
      common::fail(name_, ": an object has more than ", member_limit, " members");
    }
    return true;
  };
  try {
    root_ = Json::parse(text, watch);
  } catch (const Json::parse_error& error) {
    common::fail(name_, " is not valid JSON at byte ", error.byte);
  } catch (const Json::exception&) {
    common::fail(name_, " is not valid JSON: it has a number that is out of range");
  }
  read_dialect();
}

void SchemaDocument::read_dialect() {
  if (!root_.is_object() || !root_.contains("$schema")) return;
  const SchemaPlace place = root().member("$schema");
  if (!place.value->is_string()) refuse(place, "must be a text");
  std::string dialect = place.value->get<std::string>();
  if (dialect.ends_with("#")) dialect.pop_back();
  for (const char* scheme : {"http://", "https://"}) {
    if (dialect.starts_with(scheme)) dialect.erase(0, std::string_view(scheme).size());
  }
  ignores_beside_ref_ =
      dialect == "json-schema.org/draft-07/schema" || dialect == "json-schema.org/draft-06/schema";
  const bool known = ignores_beside_ref_ || dialect == "json-schema.org/draft/2019-09/schema" ||
                     dialect == "json-schema.org/draft/2020-12/schema";
  if (!known) {
    refuse(place, "this dialect is not supported; drafts 6, 7, 2019-09 and 2020-12 are");
  }
}

SchemaPlace SchemaDocument::target(const SchemaPlace& place) const {
  const SchemaPlace reference = place.member("$ref");
  if (!reference.value->is_string()) refuse(reference, "must be a text");
  const std::string text = reference.value->get<std::string>();
  if (text != "#" && !text.starts_with("#/")) {
    refuse(reference, "refers to '", text, "'; only places in this file (#/…) are supported");
  }
  SchemaPlace found = root();
  for (const std::string& part : parts_of(without_percent(text.substr(1)))) {
    const bool inner_id = found.value->is_object() && found.value != &root_ &&
                          found.value->contains("$id") && found.value->at("$id").is_string();
    if (inner_id)
      refuse(reference, "leads through ", found.pointer, ", which has a $id of its own");
    const bool is_index =
        !part.empty() && part.size() < 9 &&
        std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (found.value->is_object() && found.value->contains(part)) {
      found = found.member(part);
    } else if (found.value->is_array() && is_index && std::stoul(part) < found.value->size()) {
      found = found.element(std::stoul(part));
    } else {
      refuse(reference, "refers to '", text, "', which is not there");
    }
  }
  return found;
}

}  // namespace ringlet::grammar

#include "grammar/word_lists.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "ringlet/grammar.hpp"
#include "ringlet/linux/failure.hpp"

namespace ringlet::grammar {
namespace {

constexpr const char* wanted =
    R"(; lists are an object of arrays of words, {"rooms": ["kitchen"]})";

using Json = nlohmann::ordered_json;

/// What every word of a list must be (WordLists::open). JSON is UTF-8 already.
bool is_word(const std::string& word) {
  const auto is_plain = [](char c) {
    return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\';
  };
  return !word.empty() && word.size() <= WordLists::longest_word &&
         std::all_of(word.begin(), word.end(), is_plain);
}

/// Parses, and refuses a name that comes twice: of two lists the parser keeps one.
Json parse(std::string_view text, const std::string& name) {
  std::set<std::string> names;
  const auto watch = [&](int depth, Json::parse_event_t event, const Json& parsed) {
    if (event != Json::parse_event_t::key || depth != 1) return true;
    if (!names.insert(parsed.get<std::string>()).second) {
      throw port::Failure(name + ": two lists have the name '" + parsed.get<std::string>() + "'");
    }
    return true;
  };
  return Json::parse(text, watch, false);
}

}  // namespace

std::vector<NamedWords> read_word_lists(std::string_view text, const std::string& name) {
  const Json document = parse(text, name);
  if (document.is_discarded()) throw port::Failure(name + ": not JSON" + wanted);
  if (!document.is_object()) throw port::Failure(name + ": not an object" + wanted);
  std::vector<NamedWords> lists;
  for (const auto& member : document.items()) {
    NamedWords named{.name = member.key(), .words = {}};
    if (!member.value().is_array()) {
      throw port::Failure(name + ": '" + named.name + "' is not an array" + wanted);
    }
    for (const auto& word : member.value()) {
      if (!word.is_string()) {
        throw port::Failure(name + ": '" + named.name + "' contains an item of the type " +
                            word.type_name() + ", not a string" + wanted);
      }
      named.words.push_back(word.get<std::string>());
      if (!is_word(named.words.back())) {
        throw port::Failure(name + ": '" + named.name + "' contains '" + named.words.back() +
                            "'; a word has 1 to 255 bytes, and no control characters, quotes and "
                            "backslashes");
      }
    }
    lists.push_back(std::move(named));
  }
  return lists;
}

}  // namespace ringlet::grammar

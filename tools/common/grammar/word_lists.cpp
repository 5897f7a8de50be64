#include "grammar/word_lists.hpp"

#include <nlohmann/json.hpp>

#include "ringlet/linux/failure.hpp"

namespace ringlet::grammar {
namespace {

constexpr const char* wanted =
    R"(; lists are an object of arrays of words, {"rooms": ["kitchen"]})";

}  // namespace

std::vector<NamedWords> read_word_lists(std::string_view text, const std::string& name) {
  const auto document = nlohmann::ordered_json::parse(text, nullptr, false);
  if (document.is_discarded()) throw port::Failure(name + ": not JSON" + wanted);
  if (!document.is_object()) throw port::Failure(name + ": not an object" + wanted);
  std::vector<NamedWords> lists;
  for (const auto& [list, words] : document.items()) {
    NamedWords& named = lists.emplace_back(NamedWords{.name = list, .words = {}});
    if (!words.is_array()) throw port::Failure(name + ": '" + list + "' is not an array" + wanted);
    for (const auto& word : words) {
      if (!word.is_string()) {
        throw port::Failure(name + ": '" + list + "' contains " + word.dump() +
                            ", which is not a string" + wanted);
      }
      named.words.push_back(word.get<std::string>());
    }
  }
  return lists;
}

}  // namespace ringlet::grammar

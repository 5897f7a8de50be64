#include "grammar/word_lists.hpp"

#include <nlohmann/json.hpp>
#include <utility>

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
    }
    lists.push_back(std::move(named));
  }
  return lists;
}

}  // namespace ringlet::grammar

#include "tokenizer/normalizer.hpp"

#include <array>
#include <cstring>

#include "base/double_array.hpp"
#include "model/verify.hpp"
#include "schema/ringlet_generated.h"
#include "source/errors.hpp"
#include "text/normalizer.hpp"
#include "text/utf8.hpp"
#include "tokenizer/double_array_builder.hpp"
#include "tokenizer/unicode_tables.hpp"

namespace ringlet::convert {
namespace {

bool is_character(const std::string& text) {
  return !text.empty() && utf8_first_character(text) == text.size();
}

/// Replaces every character of a text that the map contains.
std::string mapped(std::string_view text, const std::map<std::string, std::string>& characters) {
  std::string result;
  while (!text.empty()) {
    const std::string character(text.substr(0, utf8_first_character(text)));
    const auto found = characters.find(character);
    result += found == characters.end() ? character : found->second;
    text.remove_prefix(character.size());
  }
  return result;
}

/// The same checks as the runtime's when it opens a model.
void check_tables(const SourceNormalizer& normalizer, const std::string& where) {
  flatbuffers::FlatBufferBuilder builder;
  const auto trie = builder.CreateVector(normalizer.trie);
  const auto replacements = builder.CreateVector(normalizer.replacements);
  builder.Finish(schema::CreateNormalizer(builder, trie, replacements));
  const Status status =
      verify_normalizer(*flatbuffers::GetRoot<schema::Normalizer>(builder.GetBufferPointer()));
  std::array<char, 256> line;
  if (!status.ok()) fail(where, ": ", describe(status, line));
}

}  // namespace

void NormalizerBuilder::begin_step(const std::string& name) {
  if (composes_ || !charsmap_.trie.empty()) {
    fail(where_, ": ", name, " after ", name_, " is a combination that the runtime cannot do");
  }
  name_ += name_.empty() ? name : ", " + name;
}

/// Replaces characters in the results of the steps so far, and characters that they left unchanged.
void NormalizerBuilder::then(const Map& characters) {
  for (auto& [from, to] : map_) to = mapped(to, characters);
  map_.insert(characters.begin(), characters.end());
}

void NormalizerBuilder::nfc(bool compatibility) {
  begin_step(compatibility ? "NFKC" : "NFC");
  then(decompositions(compatibility));
  composes_ = true;
}

void NormalizerBuilder::lowercase() {
  begin_step("lower case");
  then(lower_case());
}

void NormalizerBuilder::replace(const std::string& from, const std::string& to) {
  const bool first = map_.empty();
  begin_step("replacement of \"" + from + "\"");
  if (from.empty() || from.find('\0') != std::string::npos || to.find('\0') != std::string::npos) {
    fail(where_, ": replaces nothing, or something with a byte 0");
  }
  if (first) {
    map_.emplace(from, to);
  } else if (is_character(from)) {
    then({{from, to}});
  } else {
    fail(where_, ": the replacement of \"", from,
         "\" after other steps is a combination that the runtime cannot do");
  }
}

/// The size of a trie in bytes, the trie, and the texts that its values point to.
void NormalizerBuilder::charsmap(std::string_view bytes) {
  if (!map_.empty()) fail(where_, ": comes after ", name_, ", a combination that is not supported");
  begin_step("charsmap");
  std::uint32_t trie_bytes = 0;
  if (bytes.size() < sizeof(trie_bytes)) fail(where_, ": is shorter than its head");
  std::memcpy(&trie_bytes, bytes.data(), sizeof(trie_bytes));
  bytes.remove_prefix(sizeof(trie_bytes));
  if (trie_bytes > bytes.size() || trie_bytes % (4 * double_array::block) != 0 || trie_bytes == 0) {
    fail(where_, ": has a trie of ", trie_bytes, " of ", bytes.size(),
         " bytes; it must be there, in whole blocks of 1024");
  }
  charsmap_.trie.resize(trie_bytes / 4);
  std::memcpy(charsmap_.trie.data(), bytes.data(), trie_bytes);
  bytes.remove_prefix(trie_bytes);
  charsmap_.replacements.assign(bytes.begin(), bytes.end());
  check_tables(charsmap_, where_);
}

SourceNormalizer NormalizerBuilder::build() const {
  SourceNormalizer result = charsmap_;
  result.name = name_;
  result.composes = composes_;
  if (name_.empty() || !charsmap_.trie.empty()) return result;
  std::map<std::string, std::uint32_t> places;
  std::map<std::string, std::uint32_t> known;
  for (const auto& [from, to] : map_) {
    if (from == to) continue;
    if (to.size() > Normalizer::longest_replacement) {
      fail(where_, ": replaces \"", from, "\" by ", to.size(), " bytes; the runtime has room for ",
           Normalizer::longest_replacement);
    }
    const auto place = static_cast<std::uint32_t>(result.replacements.size());
    const auto [at, is_new] = known.emplace(to, place);
    if (is_new) {
      result.replacements.insert(result.replacements.end(), to.begin(), to.end());
      result.replacements.push_back(0);
    }
    places.emplace(from, at->second);
  }
  if (result.replacements.empty()) result.replacements.push_back(0);
  result.trie = build_double_array(places);
  return result;
}

SourceNormalizer nfc_normalizer() {
  NormalizerBuilder builder("normalizer");
  builder.nfc(false);
  return builder.build();
}

}  // namespace ringlet::convert

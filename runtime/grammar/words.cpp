#include <algorithm>

#include "base/features.hpp"
#include "base/invalid_argument.hpp"
#include "base/left_out.hpp"
#include "grammar/envelope.hpp"
#include "grammar/plain_text.hpp"
#include "model/invalid_model.hpp"
#include "ringlet/grammar.hpp"
#include "schema/words_generated.h"

namespace ringlet {
namespace {

constexpr std::uint32_t version = 1;

using Shapes =
    SchemaShapes<TableOf<schema::WordLists,
                         is_one_of<schema::WordLists::VT_NAMES, schema::WordLists::VT_NAME_ENDS,
                                   schema::WordLists::VT_LIST_ENDS, schema::WordLists::VT_TEXT,
                                   schema::WordLists::VT_WORD_ENDS>>>;

using Ends = flatbuffers::Vector<std::uint32_t>;

/// Whether the ends ascend to `size`.
bool divides(const Ends& ends, std::uint32_t size) noexcept {
  std::uint32_t before = 0;
  for (std::uint32_t i = 0; i < ends.size(); ++i) {
    if (ends.Get(i) < before) return false;
    before = ends.Get(i);
  }
  return before == size;
}

bool is_word(std::string_view word) noexcept {
  return !word.empty() && word.size() <= WordLists::longest_word && is_plain_text(word);
}

constexpr const char* not_a_word =
    "must be UTF-8 of 1 to 255 bytes without control characters, quotes and backslashes";

Status check_list(const WordLists& lists, std::uint32_t index) noexcept {
  const WordList list = lists.list(index);
  if (list.count > WordLists::most_words) {
    return invalid_model("words.list_ends", "more words than this runtime supports")
        .at_most(WordLists::most_words, list.count)
        .at(index);
  }
  for (std::uint32_t i = 0; i < list.count; ++i) {
    if (!is_word(list.word(i))) return invalid_model("words.text", not_a_word).at(i);
    // std::string_view compares unsigned bytes.
    if (i > 0 && list.word(i - 1) >= list.word(i)) {
      return invalid_model("words.text", "the words of a list must ascend by their bytes").at(i);
    }
  }
  return {};
}

}  // namespace

Result<WordLists> WordLists::open(std::span<const std::byte> bytes) noexcept {
  if (!features::grammar) return left_out("grammar");
  const auto table = open_envelope(bytes, {"words", schema::WordListsIdentifier(), Shapes::all});
  if (!table) return table.status();
  WordLists lists;
  lists.tables_ = reinterpret_cast<const schema::WordLists*>(*table);
  const schema::WordLists& t = *lists.tables_;
  if (t.version() != version) {
    return Status(ErrorCode::unsupported, "words.version", "unsupported version of the file")
        .with(version, t.version());
  }
  if (t.list_ends()->size() != t.name_ends()->size()) {
    return invalid_model("words.list_ends", "must have one entry for each name")
        .with(t.name_ends()->size(), t.list_ends()->size());
  }
  if (!divides(*t.name_ends(), t.names()->size())) {
    return invalid_model("words.name_ends", "must ascend to the end of the names");
  }
  if (!divides(*t.list_ends(), t.word_ends()->size())) {
    return invalid_model("words.list_ends", "must ascend to the number of words");
  }
  if (!divides(*t.word_ends(), t.text()->size())) {
    return invalid_model("words.word_ends", "must ascend to the end of the text");
  }
  for (std::uint32_t i = 0; i < lists.count(); ++i) {
    if (const Status status = check_list(lists, i); !status.ok()) return status;
  }
  return lists;
}

std::uint32_t WordLists::count() const noexcept {
  return tables_ == nullptr ? 0 : tables_->name_ends()->size();
}

std::string_view WordLists::name(std::uint32_t index) const noexcept {
  if (index >= count()) return {};
  const std::uint32_t begin = index == 0 ? 0 : tables_->name_ends()->Get(index - 1);
  return {reinterpret_cast<const char*>(tables_->names()->data()) + begin,
          tables_->name_ends()->Get(index) - std::size_t{begin}};
}

WordList WordLists::list(std::uint32_t index) const noexcept {
  if (index >= count()) return {};
  const std::uint32_t first = index == 0 ? 0 : tables_->list_ends()->Get(index - 1);
  const std::uint32_t* ends = tables_->word_ends()->data();
  return {.text = reinterpret_cast<const char*>(tables_->text()->data()),
          .ends = ends + first,
          .begin = first == 0 ? 0 : ends[first - 1],
          .count = tables_->list_ends()->Get(index) - first};
}

std::uint64_t sorted_words_bytes(const WordSource& words) noexcept {
  std::uint64_t bytes = std::uint64_t{words.count} * 2 * sizeof(std::uint32_t);
  for (std::size_t i = 0; i < words.count; ++i) bytes += words.word(words.words, i).size();
  return bytes;
}

Result<WordList> sort_words(const WordSource& words, std::span<std::byte> memory) noexcept {
  if (!features::grammar) return left_out("grammar");
  if (words.count > WordLists::most_words) {
    return invalid_argument("words", "too many").at_most(WordLists::most_words, words.count);
  }
  for (std::size_t i = 0; i < words.count; ++i) {
    if (!is_word(words.word(words.words, i))) {
      return invalid_argument("words", not_a_word).at(static_cast<std::int64_t>(i));
    }
  }
  if (reinterpret_cast<std::uintptr_t>(memory.data()) % alignof(std::uint32_t) != 0) {
    return invalid_argument("memory", "must be aligned to 4 bytes");
  }
  if (const std::uint64_t needed = sorted_words_bytes(words); memory.size() < needed) {
    return Status(ErrorCode::not_enough_memory, "memory", "too small for these words")
        .with(needed, memory.size());
  }
  // Ends, order, text. Arrays of trivial types begin to exist implicitly in byte storage.
  auto* ends = reinterpret_cast<std::uint32_t*>(memory.data());
  std::uint32_t* order = ends + words.count;
  auto* text = reinterpret_cast<char*>(order + words.count);
  for (std::uint32_t i = 0; i < words.count; ++i) order[i] = i;
  std::sort(order, order + words.count, [&](std::uint32_t a, std::uint32_t b) {
    return words.word(words.words, a) < words.word(words.words, b);
  });
  WordList list{.text = text, .ends = ends};
  std::uint32_t size = 0;
  for (std::size_t i = 0; i < words.count; ++i) {
    const std::string_view word = words.word(words.words, order[i]);
    if (list.count > 0 && list.word(list.count - 1) == word) continue;
    for (const char c : word) text[size++] = c;
    ends[list.count++] = size;
  }
  return list;
}

}  // namespace ringlet

// Verifies the tables that normalize text.
#include "base/double_array.hpp"
#include "model/invalid_model.hpp"
#include "model/verify.hpp"

namespace ringlet {
namespace {

constexpr std::uint32_t longest_replacement = 64;  // runtime/text/normalizer.hpp

/// Children must be within one block, and values must begin inside the texts.
Status check_trie(const flatbuffers::Vector<std::uint32_t>& trie, std::uint32_t text_size) {
  const std::uint32_t size = trie.size();
  if (size == 0 || size % double_array::block != 0) {
    return invalid_model("normalizer.trie", "its size must be a multiple of 256");
  }
  if (double_array::is_value(trie.Get(0))) return invalid_model("normalizer.trie", "has no root");
  for (std::uint32_t i = 0; i < size; ++i) {
    const std::uint32_t unit = trie.Get(i);
    const bool inside = double_array::is_value(unit) ? double_array::value(unit) < text_size
                                                     : (i ^ double_array::offset(unit)) < size;
    if (!inside) return invalid_model("normalizer.trie", "points outside the tables").at(i);
    if (double_array::is_value(unit) || !double_array::has_value(unit)) continue;
    if (!double_array::is_value(trie.Get(i ^ double_array::offset(unit)))) {
      return invalid_model("normalizer.trie", "a marked value is missing").at(i);
    }
  }
  return {};
}

Status check_replacements(const flatbuffers::Vector<std::uint8_t>& texts) {
  std::uint32_t length = 0;
  for (std::uint32_t i = 0; i < texts.size(); ++i) {
    length = texts.Get(i) == 0 ? 0 : length + 1;
    if (length > longest_replacement) {
      return invalid_model("normalizer.replacements", "a text is longer than 64 bytes").at(i);
    }
  }
  if (texts.size() == 0 || length != 0) {
    return invalid_model("normalizer.replacements", "must end with a zero byte");
  }
  return {};
}

Status check_composition(const schema::Normalizer& n) {
  const auto* ranges = n.combining();
  for (std::uint32_t i = 0; ranges != nullptr && i < ranges->size(); ++i) {
    const std::uint32_t first = ranges->Get(i) >> 9;
    if (i == 0 ? first != 0 : first <= ranges->Get(i - 1) >> 9) {
      return invalid_model("normalizer.combining", "must ascend from 0").at(i);
    }
  }
  const auto* pairs = n.compositions();
  for (std::uint32_t i = 0; pairs != nullptr && i < pairs->size(); ++i) {
    constexpr std::uint64_t last_code = 0x10FFFF;
    const std::uint64_t pair = pairs->Get(i);
    if ((i > 0 && pair <= pairs->Get(i - 1)) || (pair & 0x1FFFFF) > last_code ||
        (pair & 0x1FFFFF) == 0) {
      return invalid_model("normalizer.compositions", "must ascend and yield characters").at(i);
    }
  }
  return {};
}

}  // namespace

Status verify_normalizer(const schema::Normalizer& n) noexcept {
  Status status = check_trie(*n.trie(), n.replacements()->size());
  if (status.ok()) status = check_replacements(*n.replacements());
  if (status.ok()) status = check_composition(n);
  return status;
}

}  // namespace ringlet

// The merges of a byte-pair encoding: an index by the left piece, and the result of each pair.
#include "model/invalid_model.hpp"
#include "model/verify.hpp"

namespace ringlet {
namespace {

using Ids = const flatbuffers::Vector<std::uint32_t>*;

std::uint32_t length_of(const schema::Tokenizer& t, std::uint32_t id) {
  return t.ends()->Get(id) - (id == 0 ? 0 : t.ends()->Get(id - 1));
}

/// Checks one merge of the piece `left`: the pieces exist, and their total length is that of the
/// result. (If a converter got their text wrong, tokens would be wrong, but nothing would break.)
Status check_merge(const schema::Tokenizer& t, std::uint32_t left, std::uint32_t merge,
                   std::uint32_t vocab_size) {
  const std::uint32_t right = t.merge_rights()->Get(merge);
  const std::uint32_t result = t.merge_results()->Get(merge);
  if (right >= vocab_size)
    return invalid_model("tokenizer.merge_rights", "not a token of the vocabulary").at(merge);
  if (result >= vocab_size)
    return invalid_model("tokenizer.merge_results", "not a token of the vocabulary").at(merge);
  if (merge > t.merge_begins()->Get(left) && t.merge_rights()->Get(merge - 1) >= right) {
    return invalid_model("tokenizer.merge_rights", "must ascend for each left piece").at(merge);
  }
  if (std::uint64_t{length_of(t, left)} + length_of(t, right) != length_of(t, result)) {
    return invalid_model("tokenizer.merge_results",
                         "its length differs from that of its two pieces")
        .at(merge);
  }
  return {};
}

}  // namespace

Status verify_merges(const schema::Tokenizer& t, std::uint32_t vocab_size) noexcept {
  const Ids begins = t.merge_begins();
  const Ids lists[] = {t.merge_rights(), t.merge_results(), t.merge_ranks()};
  if (begins == nullptr || begins->size() != std::uint64_t{vocab_size} + 1) {
    return invalid_model("tokenizer.merge_begins", "must have one entry for each token, plus one");
  }
  const std::uint32_t count = begins->Get(vocab_size);
  for (const Ids list : lists) {
    if (list == nullptr || list->size() != count) {
      return invalid_model("tokenizer.merges",
                           "merges and merge_begins disagree on the number of merges");
    }
  }
  for (std::uint32_t left = 0; left < vocab_size; ++left) {
    const std::uint32_t begin = begins->Get(left);
    const std::uint32_t end = begins->Get(left + 1);
    if ((left == 0 && begin != 0) || end < begin || end > count) {
      return invalid_model("tokenizer.merge_begins", "must ascend from 0").at(left);
    }
    for (std::uint32_t merge = begin; merge < end; ++merge) {
      if (const Status status = check_merge(t, left, merge, vocab_size); !status.ok()) {
        return status;
      }
    }
  }
  return {};
}

}  // namespace ringlet

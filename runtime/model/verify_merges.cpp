// The merges of a byte-pair encoding: an index by the left piece, and what each pair becomes.
#include "model/verify.hpp"

namespace ringlet {
namespace {

Status bad(const char* where, const char* what) { return {ErrorCode::invalid_model, where, what}; }

using Ids = const flatbuffers::Vector<std::uint32_t>*;

std::uint32_t length_of(const schema::Tokenizer& t, std::uint32_t id) {
  return t.ends()->Get(id) - (id == 0 ? 0 : t.ends()->Get(id - 1));
}

/// One merge of the piece `left`: the pieces exist, and together they are as long as the result. (A
/// converter that got their text wrong would make wrong tokens, but nothing can break.)
Status check_merge(const schema::Tokenizer& t, std::uint32_t left, std::uint32_t merge,
                   std::uint32_t vocab_size) {
  const std::uint32_t right = t.merge_rights()->Get(merge);
  const std::uint32_t result = t.merge_results()->Get(merge);
  if (right >= vocab_size) return bad("tokenizer.merge_rights", "is not a token").at(merge);
  if (result >= vocab_size) return bad("tokenizer.merge_results", "is not a token").at(merge);
  if (merge > t.merge_begins()->Get(left) && t.merge_rights()->Get(merge - 1) >= right) {
    return bad("tokenizer.merge_rights", "must ascend for each left piece").at(merge);
  }
  if (std::uint64_t{length_of(t, left)} + length_of(t, right) != length_of(t, result)) {
    return bad("tokenizer.merge_results", "is not as long as the pieces that it is made of")
        .at(merge);
  }
  return {};
}

}  // namespace

Status verify_merges(const schema::Tokenizer& t, std::uint32_t vocab_size) noexcept {
  const Ids begins = t.merge_begins();
  const Ids lists[] = {t.merge_rights(), t.merge_results(), t.merge_ranks()};
  if (begins == nullptr || begins->size() != std::uint64_t{vocab_size} + 1) {
    return bad("tokenizer.merge_begins", "must have one entry for each token and one more");
  }
  const std::uint32_t count = begins->Get(vocab_size);
  for (const Ids list : lists) {
    if (list == nullptr || list->size() != count) {
      return bad("tokenizer.merges", "must have as many entries as merge_begins says");
    }
  }
  for (std::uint32_t left = 0; left < vocab_size; ++left) {
    const std::uint32_t begin = begins->Get(left);
    const std::uint32_t end = begins->Get(left + 1);
    if ((left == 0 && begin != 0) || end < begin || end > count) {
      return bad("tokenizer.merge_begins", "must ascend from 0").at(left);
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

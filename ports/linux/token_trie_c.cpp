#include "ringlet/linux/token_trie.h"

#include <cstring>
#include <new>
#include <vector>

#include "c/convert.hpp"
#include "ringlet/linux/failure.hpp"
#include "ringlet/linux/token_trie.hpp"

using ringlet::ErrorCode;
using ringlet::Status;
using ringlet::c::to_c;

ringlet_status ringlet_token_trie_build(const ringlet_model* model, ringlet_span out,
                                        size_t* size) {
  const ringlet::Model& opened = ringlet::c::object<ringlet::Model>(*model);
  const auto tokenizer = ringlet::Tokenizer::open(opened);
  if (!tokenizer.ok()) return to_c(tokenizer.status());
  try {
    const std::vector<std::uint32_t> words = ringlet::port::build_token_trie(opened);
    const std::size_t bytes = words.size() * sizeof(std::uint32_t);
    if (out.size < bytes) {
      return to_c(Status(ErrorCode::not_enough_memory, "out", "too small for the trie")
                      .with(bytes, out.size));
    }
    std::memcpy(out.data, words.data(), bytes);
    *size = bytes;
    return to_c(Status());
  } catch (const ringlet::port::Failure&) {
    return to_c(Status(ErrorCode::unsupported, "vocabulary", "too large for a trie"));
  } catch (const std::bad_alloc&) {
    return to_c(Status(ErrorCode::not_enough_memory, "memory", "too little to build the trie"));
  }
}

/* Builds the trie of a vocabulary, for C. The contracts are in ringlet/linux/token_trie.hpp. */
#ifndef RINGLET_LINUX_TOKEN_TRIE_H
#define RINGLET_LINUX_TOKEN_TRIE_H

#include "ringlet/ringlet.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Writes the trie of a model's tokens to memory aligned to 4, for ringlet_token_trie_open_memory,
   and stores its size. If `out` is too small, the error says how many bytes are needed. Fails with
   RINGLET_UNSUPPORTED if the model has no tokenizer. */
ringlet_status ringlet_token_trie_build(const ringlet_model* model, ringlet_span out, size_t* size);

#ifdef __cplusplus
}
#endif

#endif

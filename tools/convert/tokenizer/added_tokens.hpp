// Tokens that Hugging Face's files add to a vocabulary. They are found in a text before anything
// else.
#pragma once

#include <string>

#include "source/json_file.hpp"
#include "source/source_model.hpp"

namespace ringlet::convert {

/// Returns the piece for an entry of "added_tokens" or "added_tokens_decoder": special ones are
/// control pieces, the others user-defined. Throws std::runtime_error with a key that the runtime
/// does not support.
SourcePiece read_added_token(const JsonField& token);

/// Assigns this piece to token `id`, growing the vocabulary if necessary. Fails with a message that
/// begins with `where` if the vocabulary has another text for the id.
void put_added_token(SourceTokenizer& tokenizer, std::size_t id, SourcePiece piece,
                     const std::string& where);

/// Reads added_tokens.json, the predecessor of the list in tokenizer_config.json: texts and their
/// ids. Texts like "<|im_start|>" become control pieces.
void read_added_tokens_file(const JsonField& root, SourceTokenizer& tokenizer);

/// Turns tokens with a role in special_tokens_map.json or tokenizer_config.json ("bos_token",
/// "additional_special_tokens", …) into control pieces, if they were added or are marks like "<s>".
void read_special_roles(const JsonField& config, SourceTokenizer& tokenizer);

/// Decides how tokens with `normalized` are found, once normalizer and tokens are known. Hugging
/// Face's library finds them in the normal form of a text, after all others (added_vocabulary.rs).
/// Throws std::runtime_error with a token that the runtime would treat differently. If only some
/// rare spellings differ, adds a note.
void settle_normalized_tokens(SourceTokenizer& tokenizer, const std::string& where);

}  // namespace ringlet::convert

// Tokens that Hugging Face's files add to a vocabulary: found in a text before everything else.
#pragma once

#include <string>

#include "json.hpp"
#include "source_model.hpp"

namespace ringlet::convert {

/// The piece that an entry of "added_tokens" or "added_tokens_decoder" describes: special ones are
/// control pieces, the others user-defined. Throws std::runtime_error naming a key that the runtime
/// has nothing for.
SourcePiece read_added_token(const JsonField& token);

/// Gives token `id` this piece, and makes room for it. `where` begins the message when the
/// vocabulary has another text there.
void put_added_token(SourceTokenizer& tokenizer, std::size_t id, SourcePiece piece,
                     const std::string& where);

/// added_tokens.json, from before tokenizer_config.json had such a list: texts and their ids.
/// Those that look like "<|im_start|>" are control pieces.
void read_added_tokens_file(const JsonField& root, SourceTokenizer& tokenizer);

/// Makes the tokens that a special_tokens_map.json or tokenizer_config.json gives a role
/// ("bos_token", "additional_special_tokens", …) control pieces where they were added, or are marks
/// like "<s>".
void read_special_roles(const JsonField& config, SourceTokenizer& tokenizer);

/// Decides how tokens with `normalized` are found, once normalizer and tokens are known. Hugging
/// Face's library finds them in the normal form of a text, after all others (added_vocabulary.rs).
/// Throws std::runtime_error naming a token for which that is not what the runtime does; where it
/// is not the same for some rare spellings, a note says so.
void settle_normalized_tokens(SourceTokenizer& tokenizer, const std::string& where);

}  // namespace ringlet::convert

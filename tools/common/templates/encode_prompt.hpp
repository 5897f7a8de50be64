// A rendered prompt to tokens.
#pragma once

#include <cstddef>
#include <vector>

#include "ringlet/tokenizer.hpp"
#include "templates/guarded_render.hpp"

namespace ringlet::templates {

/// Appends the tokens of the prompt from byte `from` on. Control tokens become tokens, but for
/// those in Prompt::literal. No begin-of-text token is added: the template writes it where the
/// model wants one. `beginning` is true at the start of the prompt; behind other text, what the
/// call for that text returned. Throws port::Failure if the vocabulary has no way to write a
/// character.
bool encode_prompt(const Tokenizer& tokenizer, const Prompt& prompt, std::size_t from,
                   bool beginning, std::vector<TokenId>& tokens);

}  // namespace ringlet::templates

// Which keywords of JSON Schema are supported, which say nothing about a value, and which are
// refused.
#pragma once

#include "grammar/schema_document.hpp"

namespace ringlet::grammar {

/// Throws port::Failure, with the place, for the first keyword that is refused: one that could make
/// a text invalid and is not supported, or one that nobody knows. `x-…` and annotations are
/// harmless.
void check_keywords(const SchemaDocument& document, const SchemaPlace& place);

/// Whether nothing beside `$ref` restricts a value.
[[nodiscard]] bool has_only_ref(const Json& schema);

}  // namespace ringlet::grammar

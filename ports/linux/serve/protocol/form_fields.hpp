// The fields about what an answer must look like.
#pragma once

#include "serve/protocol/requests.hpp"

namespace ringlet::serve {

/// Reads `response_format`, and what llama-server and vLLM have besides. Throws ApiError that names
/// the field.
[[nodiscard]] AnswerForm read_form(const Fields& body);

}  // namespace ringlet::serve

// Characters that stand for a part of a message until the prompt is rendered.
#pragma once

#include <string>
#include <vector>

#include "serve/protocol/requests.hpp"

namespace ringlet::serve {

/// So many characters that nothing in the request has. They have no meaning in Unicode, which has
/// more of them than a request has bytes.
[[nodiscard]] std::vector<std::string> find_stand_ins(const ChatRequest& request,
                                                      std::size_t count);

}  // namespace ringlet::serve

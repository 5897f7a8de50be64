// What the session of a draft model needs.
#pragma once

#include "ringlet/session.hpp"

namespace ringlet {

/// Checks that the session can take back a draft, which not every recurrent model's can. Error:
/// invalid_argument that names Config::rewind.
[[nodiscard]] Status check_draft_session(const Session& session) noexcept;

}  // namespace ringlet

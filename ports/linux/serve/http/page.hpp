// The page for the family: ports/linux/serve/page/index.html, as the build found it.
#pragma once

#include <string_view>

namespace ringlet::serve {

[[nodiscard]] std::string_view page() noexcept;

}  // namespace ringlet::serve

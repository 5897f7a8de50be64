#include "base/left_out.hpp"

namespace ringlet {

Status left_out(const char* feature) noexcept {
  return {ErrorCode::unsupported, feature,
          "needed, but left out of this build; add it to RINGLET_FEATURES"};
}

}  // namespace ringlet

// Errors of the converter: one sentence for a person at a terminal, as a std::runtime_error.
#pragma once

#include "common/errors.hpp"

namespace ringlet::convert {

using common::fail;

}  // namespace ringlet::convert

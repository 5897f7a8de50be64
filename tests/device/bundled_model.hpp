// The bundled model inside the program, as firmware has it in flash.
#pragma once

#include <cstddef>
#include <span>

namespace ringlet::test {

/// The whole file, aligned to 64.
std::span<const std::byte> bundled_model();

}  // namespace ringlet::test

// Encodes a matrix with several threads and writes its panels in order.
#pragma once

#include <cstdint>
#include <functional>

#include "quantize/panel_encoder.hpp"

namespace ringlet::convert {

/// Reads, encodes and adds every panel, then hands it to `use`, in the order of panels and by one
/// thread at a time. Memory is one panel per thread. The caller is one of the `threads`; if the
/// system refuses others, fewer do the work. Rethrows the exception of the first panel that fails,
/// after `use` has seen all panels before it and none after.
void encode_panels(PanelEncoder& encoder, std::uint32_t threads,
                   const std::function<void(const Panel&)>& use);

}  // namespace ringlet::convert

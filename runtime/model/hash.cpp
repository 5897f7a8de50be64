// Identifies a model without reading its weights.
#include <cstring>

#include "base/crc32c.hpp"
#include "model/file_format.hpp"
#include "model/tensors.hpp"
#include "ringlet/model.hpp"

namespace ringlet {

std::uint64_t Model::hash() const noexcept {
  file::Preamble preamble{};
  std::memcpy(&preamble, bytes_.data(), sizeof(preamble));
  std::uint32_t planes = 0;
  const auto add = [&planes](std::uint32_t crc) {
    planes = crc32c(std::as_bytes(std::span(&crc, 1)), planes);
  };
  const Status visited =
      for_each_tensor(*tables_, architecture_, [&](const TensorRef& tensor) -> Status {
        if (tensor.matrix != nullptr) {
          add(tensor.matrix->codes_crc32c());
          add(tensor.matrix->scales_crc32c());
        } else {
          add(tensor.vector->crc32c());
        }
        return {};
      });
  (void)visited;  // the visitor never fails
  return std::uint64_t{preamble.tables_crc32c} << 32 | planes;
}

}  // namespace ringlet

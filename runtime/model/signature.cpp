#include "ringlet/signature.hpp"

#include "base/features.hpp"
#include "base/left_out.hpp"
#include "model/preamble.hpp"
#include "model/tensors.hpp"

namespace ringlet {
namespace {

/// Whether the tables contain the SHA-256 of every plane of a tensor.
bool is_covered(const TensorRef& tensor) {
  if (tensor.vector != nullptr) return tensor.vector->sha256() != nullptr;
  const schema::Matrix& m = *tensor.matrix;
  return (m.codes_size() == 0 || m.codes_sha256() != nullptr) &&
         (m.scales_size() == 0 || m.scales_sha256() != nullptr);
}

}  // namespace

Result<std::span<const std::byte>> signed_part(std::span<const std::byte> bytes) noexcept {
  file::Preamble preamble{};
  const Status status = read_preamble(bytes, preamble);
  if (!status.ok()) return status;
  return bytes.first(static_cast<std::size_t>(preamble.tables_offset + preamble.tables_size));
}

Result<Model> open_signed(std::span<const std::byte> bytes, const SignatureCheck& check) noexcept {
  if (!features::signatures) return left_out("signatures");
  const Result<std::span<const std::byte>> part = signed_part(bytes);
  if (!part) return part.status();
  if (check.verify_signature == nullptr || !check.verify_signature(check.user_data, *part)) {
    return Status(ErrorCode::not_trusted, "signature", "not accepted; do not use this file");
  }
  Result<Model> model = Model::open(bytes);
  if (!model) return model;
  const Status covered = for_each_tensor(
      *model->tables(), model->architecture(), [](const TensorRef& tensor) -> Status {
        if (is_covered(tensor)) return {};
        return Status(ErrorCode::not_trusted, tensor.name,
                      "not covered by the signature (no SHA-256); convert the model again")
            .at(tensor.layer);
      });
  if (!covered.ok()) return covered;
  model->require_sha256();
  return model;
}

}  // namespace ringlet

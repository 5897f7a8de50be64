#include "ringlet/signature.hpp"

#include "c/convert.hpp"

using ringlet::c::bytes_of;

namespace {

bool verify_signature(void* check, std::span<const std::byte> signed_part) {
  const auto& asked = *static_cast<const ringlet_signature_check*>(check);
  return asked.verify_signature(asked.user_data, signed_part.data(), signed_part.size());
}

}  // namespace

ringlet_status ringlet_model_signed_part(const void* bytes, size_t size, ringlet_bytes* part) {
  const auto result = ringlet::signed_part(bytes_of(bytes, size));
  if (result.ok()) *part = ringlet::c::to_c(*result);
  return ringlet::c::to_c(result.status());
}

ringlet_status ringlet_model_open_signed(ringlet_model* model, const void* bytes, size_t size,
                                         const ringlet_signature_check* check) {
  // The adapter does not write to it.
  const ringlet::SignatureCheck adapter = {verify_signature,
                                           const_cast<ringlet_signature_check*>(check)};
  return ringlet::c::place_result(*model, ringlet::open_signed(bytes_of(bytes, size), adapter));
}

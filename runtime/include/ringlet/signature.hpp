// Signed model files. A detached signature covers the preamble and the tables of a file, and the
// tables contain the SHA-256 of every plane, so it covers the whole file. The library implements no
// signature algorithm and holds no key; both belong to the application.
#pragma once

#include "ringlet/language.hpp"  // first

#include <cstddef>
#include <span>

#include "ringlet/model.hpp"
#include "ringlet/status.hpp"

namespace ringlet {

/// The application's check of a signature.
struct SignatureCheck {
  /// Returns whether the application's signature over `signed_part` is valid. Called before the
  /// library trusts any of these bytes, except the sizes in the first 64.
  bool (*verify_signature)(void* user_data, std::span<const std::byte> signed_part) = nullptr;
  void* user_data = nullptr;
};

/// Returns the bytes of a model file that a signature covers: everything up to the end of its
/// tables. Error: invalid_model or another error of the preamble if `bytes` do not begin like a
/// model file.
Result<std::span<const std::byte>> signed_part(std::span<const std::byte> bytes) noexcept;

/// Opens a model file that must be signed; otherwise like Model::open. Errors: not_trusted if
/// `check` rejects the signature, or if a plane has no SHA-256 and would not be covered (convert
/// the model again); unsupported in a build without signatures; those of Model::open.
///
/// The planes themselves are not read. Call verify_data(), which compares the SHA-256 of each plane
/// for a model opened this way; until then the weights are not authenticated.
Result<Model> open_signed(std::span<const std::byte> bytes, const SignatureCheck& check) noexcept;

}  // namespace ringlet

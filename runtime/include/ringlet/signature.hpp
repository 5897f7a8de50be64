// Who made a model file: a detached signature over its preamble and tables. The tables have the
// SHA-256 of every plane, so a signature over them covers the whole file; the runtime knows no
// algorithm of signatures and no key, which are the application's.
#pragma once

#include "ringlet/language.hpp"  // first

#include <cstddef>
#include <span>

#include "ringlet/model.hpp"
#include "ringlet/status.hpp"

namespace ringlet {

/// How an application decides whether it trusts a file.
struct SignatureCheck {
  /// Whether a signature that the application has over `signed_part` is good. Called before any of
  /// these bytes is believed, but for the sizes in the first 64.
  bool (*verify_signature)(void* context, std::span<const std::byte> signed_part) = nullptr;
  void* context = nullptr;
};

/// The bytes of a model file that are signed: from its beginning to the end of its tables. What is
/// to be signed is what this returns; an error when `bytes` do not begin as a model file.
Result<std::span<const std::byte>> signed_part(std::span<const std::byte> bytes) noexcept;

/// Model::open for a file that must be signed. Refused with not_trusted: a signature that `check`
/// does not accept, and a model with a plane whose SHA-256 is missing, which the signature would
/// not cover (convert it again). verify_data of this model then compares the SHA-256 of each plane,
/// not only its CRC32C: without that call the weights are as trustworthy as before.
Result<Model> open_signed(std::span<const std::byte> bytes, const SignatureCheck& check) noexcept;

}  // namespace ringlet

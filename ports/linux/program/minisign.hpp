// Signatures of minisign (jedisct1.github.io/minisign), by libsodium: `ringlet verify
// --public-key`, and an example of what an application does in SignatureCheck.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "ringlet/signature.hpp"

namespace ringlet::cli {

/// Whether this build has libsodium. Without it the constructor below throws.
[[nodiscard]] bool has_minisign() noexcept;

/// A public key and a signature by it that a person has named.
class MinisignSignature {
 public:
  /// `key` is the key itself ("RW…") or a file that minisign -G wrote; `path` a file that minisign
  /// -S wrote. Throws Failure where one of them is no such thing, where the signature is by another
  /// key, and where its trusted comment was changed.
  MinisignSignature(const std::string& key, const std::string& path);
  ~MinisignSignature();

  /// For open_signed; must not outlive this object.
  [[nodiscard]] SignatureCheck check() const noexcept;

  /// What the signer wrote beside the signature and signed with it.
  [[nodiscard]] const std::string& trusted_comment() const noexcept;

 private:
  struct Content;
  std::unique_ptr<Content> content_;
};

}  // namespace ringlet::cli

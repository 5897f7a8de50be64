// Signatures of minisign (jedisct1.github.io/minisign), by libsodium: `ringlet verify
// --public-key`, and an example of what an application does in SignatureCheck.
#pragma once

#include <memory>
#include <string>

#include "ringlet/signature.hpp"

namespace ringlet::cli {

/// A public key and a signature by it, both named by the user.
class MinisignSignature {
 public:
  /// `key` is the key itself ("RW…") or a file that minisign -G wrote; `path` a file that minisign
  /// -S wrote. Throws Failure when either cannot be read as that, when the signature is by another
  /// key, when its trusted comment was changed, and in a program without libsodium.
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

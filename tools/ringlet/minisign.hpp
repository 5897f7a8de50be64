// Signatures of minisign (jedisct1.github.io/minisign), verified by libsodium: `ringlet verify
// --public-key`, and an example of a SignatureCheck.
#pragma once

#include <memory>
#include <string>

#include "ringlet/signature.hpp"

namespace ringlet::cli {

/// A public key and a signature made with it.
class MinisignSignature {
 public:
  /// `key` is the key itself ("RW…") or a file written by minisign -G; `path` is a file written by
  /// minisign -S. Throws Failure if either cannot be read, if the signature is by another key or
  /// its trusted comment was changed, or if the program was built without libsodium.
  MinisignSignature(const std::string& key, const std::string& path);
  ~MinisignSignature();

  /// For open_signed. Must not outlive this object.
  [[nodiscard]] SignatureCheck check() const noexcept;

  /// The signer's comment, which is covered by the signature.
  [[nodiscard]] const std::string& trusted_comment() const noexcept;

 private:
  struct Content;
  std::unique_ptr<Content> content_;
};

}  // namespace ringlet::cli

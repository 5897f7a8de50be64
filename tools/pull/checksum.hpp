// The checksums of the hub: SHA-256 of large files, and the names that git gives to small ones.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace ringlet::pull {

enum class ChecksumKind : std::uint8_t {
  sha256,    // of the content, in Git LFS
  git_blob,  // SHA-1 of "blob SIZE\0" and the content
};

struct Checksum {
  ChecksumKind kind = ChecksumKind::sha256;
  std::string digits{};  // hexadecimal, in lower case

  friend bool operator==(const Checksum&, const Checksum&) = default;
};

[[nodiscard]] const char* name_of(ChecksumKind kind) noexcept;

/// Whether the digits have the number and form of that kind.
[[nodiscard]] bool is_checksum(const Checksum& checksum) noexcept;

/// Computes the checksum of a content in pieces, by libcrypto. Move-only.
class Hasher {
 public:
  /// `bytes` is the size of the content, which git's names need in front. Throws port::Failure.
  Hasher(ChecksumKind kind, std::uint64_t bytes);
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;
  ~Hasher();

  void update(std::string_view piece);

  /// The hexadecimal digits of everything. The hasher cannot be used afterwards.
  [[nodiscard]] std::string finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ringlet::pull

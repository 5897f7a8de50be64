#include "minisign.hpp"

#include "ringlet/linux/failure.hpp"

#ifdef RINGLET_HAS_SODIUM
#include <sodium.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <vector>
#endif

namespace ringlet::cli {

#ifdef RINGLET_HAS_SODIUM

namespace {

using Bytes = std::vector<unsigned char>;

constexpr std::size_t key_id_bytes = 8;
constexpr std::size_t head_bytes = 2 + key_id_bytes;  // algorithm and key id
constexpr std::string_view trusted_prefix = "trusted comment: ";

/// Decodes one line of base64, which must give `size` bytes.
Bytes decode(const std::string& line, std::size_t size, const std::string& subject,
             const char* what) {
  Bytes bytes(size);
  std::size_t decoded = 0;
  const int failed = sodium_base642bin(bytes.data(), size, line.data(), line.size(), nullptr,
                                       &decoded, nullptr, sodium_base64_VARIANT_ORIGINAL);
  if (failed != 0 || decoded != size) throw port::Failure(subject + ": is not " + what);
  return bytes;
}

/// The first lines of a small text file; missing lines are empty.
std::array<std::string, 4> read_lines(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw port::system_failure(path, "cannot be read", errno);
  std::array<std::string, 4> lines;
  constexpr std::streamsize longest = 8192;
  for (std::string& line : lines) {
    std::array<char, longest> text{};
    if (!file.getline(text.data(), longest)) break;
    line = text.data();
    if (line.ends_with('\r')) line.pop_back();
  }
  return lines;
}

Bytes read_key(const std::string& key) {
  constexpr std::size_t size = head_bytes + crypto_sign_PUBLICKEYBYTES;
  const bool is_itself = key.starts_with("RW") && key.size() == (size + 2) / 3 * 4;
  const char* what = "a public key of minisign";
  if (!is_itself && access(key.c_str(), R_OK) != 0) {
    throw port::Failure("--public-key: '" + key +
                        "' is neither a minisign key nor a file that can be read");
  }
  const Bytes bytes = is_itself ? decode(key, size, "--public-key", what)
                                : decode(read_lines(key)[1], size, key, what);
  if (bytes[0] != 'E' || bytes[1] != 'd') throw port::Failure(key + ": is not " + what);
  return bytes;
}

bool verify(const unsigned char* signature, std::span<const std::byte> message,
            const unsigned char* key) {
  return crypto_sign_verify_detached(signature,
                                     reinterpret_cast<const unsigned char*>(message.data()),
                                     message.size(), key) == 0;
}

}  // namespace

struct MinisignSignature::Content {
  Bytes key;
  Bytes signature;  // algorithm, key id, 64 bytes
  std::string comment;

  /// "Ed" signs the message, "ED" its 512-bit BLAKE2b hash.
  [[nodiscard]] bool accepts(std::span<const std::byte> message) const {
    const unsigned char* public_key = key.data() + head_bytes;
    if (signature[1] == 'd') return verify(signature.data() + head_bytes, message, public_key);
    std::array<unsigned char, crypto_generichash_BYTES_MAX> hash{};
    crypto_generichash(hash.data(), hash.size(),
                       reinterpret_cast<const unsigned char*>(message.data()), message.size(),
                       nullptr, 0);
    return verify(signature.data() + head_bytes, std::as_bytes(std::span(hash)), public_key);
  }

  /// Checks the signature over the signature and its comment.
  [[nodiscard]] bool accepts_comment(const Bytes& global) const {
    Bytes message(signature.begin() + head_bytes, signature.end());
    message.insert(message.end(), comment.begin(), comment.end());
    return verify(global.data(), std::as_bytes(std::span(message)), key.data() + head_bytes);
  }
};

MinisignSignature::MinisignSignature(const std::string& key, const std::string& path)
    : content_(std::make_unique<Content>()) {
  if (sodium_init() < 0) throw port::Failure("libsodium cannot be used here");
  content_->key = read_key(key);
  const std::array<std::string, 4> lines = read_lines(path);
  const char* what = "a signature of minisign";
  content_->signature = decode(lines[1], head_bytes + crypto_sign_BYTES, path, what);
  const Bytes global = decode(lines[3], crypto_sign_BYTES, path, what);
  const Bytes& signature = content_->signature;
  if (signature[0] != 'E' || (signature[1] != 'd' && signature[1] != 'D') ||
      !lines[2].starts_with(trusted_prefix)) {
    throw port::Failure(path + ": is not " + what);
  }
  if (!std::equal(signature.begin() + 2, signature.begin() + head_bytes,
                  content_->key.begin() + 2)) {
    throw port::Failure(path + ": was made with another key than --public-key");
  }
  content_->comment = lines[2].substr(trusted_prefix.size());
  if (!content_->accepts_comment(global)) {
    throw port::Failure(path + ": its trusted comment is not what was signed");
  }
}

SignatureCheck MinisignSignature::check() const noexcept {
  const auto verify_signature = [](void* user_data, std::span<const std::byte> signed_part) {
    return static_cast<const Content*>(user_data)->accepts(signed_part);
  };
  return {verify_signature, content_.get()};
}

const std::string& MinisignSignature::trusted_comment() const noexcept { return content_->comment; }

#else

struct MinisignSignature::Content {
  std::string comment;
};

MinisignSignature::MinisignSignature(const std::string&, const std::string&) {
  throw port::Failure(
      "--public-key: this program was built without libsodium; install libsodium-dev and build it "
      "again");
}

SignatureCheck MinisignSignature::check() const noexcept { return {}; }

const std::string& MinisignSignature::trusted_comment() const noexcept { return content_->comment; }

#endif

MinisignSignature::~MinisignSignature() = default;

}  // namespace ringlet::cli

#include "pull/checksum.hpp"

#include "ringlet/linux/failure.hpp"

#ifdef RINGLET_HAS_CURL
#include <openssl/evp.h>

#include <array>

#include "common/format_values.hpp"
#include "common/loaded_library.hpp"
#endif

namespace ringlet::pull {

const char* name_of(ChecksumKind kind) noexcept {
  return kind == ChecksumKind::sha256 ? "SHA-256" : "git's SHA-1";
}

bool is_checksum(const Checksum& checksum) noexcept {
  const std::size_t size = checksum.kind == ChecksumKind::sha256 ? 64 : 40;
  return checksum.digits.size() == size &&
         checksum.digits.find_first_not_of("0123456789abcdef") == std::string::npos;
}

#ifdef RINGLET_HAS_CURL

namespace {

#define RINGLET_TEXT(value) #value
#define RINGLET_SONAME(version) "libcrypto.so." RINGLET_TEXT(version)

/// The functions of libcrypto that are used here.
struct Crypto {
  common::LoadedLibrary library{RINGLET_SONAME(OPENSSL_SHLIB_VERSION), "libssl3"};
  decltype(EVP_MD_CTX_new)* create = library.function<decltype(EVP_MD_CTX_new)>("EVP_MD_CTX_new");
  decltype(EVP_MD_CTX_free)* free = library.function<decltype(EVP_MD_CTX_free)>("EVP_MD_CTX_free");
  decltype(EVP_sha256)* sha256 = library.function<decltype(EVP_sha256)>("EVP_sha256");
  decltype(EVP_sha1)* sha1 = library.function<decltype(EVP_sha1)>("EVP_sha1");
  decltype(EVP_DigestInit_ex)* init =
      library.function<decltype(EVP_DigestInit_ex)>("EVP_DigestInit_ex");
  decltype(EVP_DigestUpdate)* update =
      library.function<decltype(EVP_DigestUpdate)>("EVP_DigestUpdate");
  decltype(EVP_DigestFinal_ex)* final =
      library.function<decltype(EVP_DigestFinal_ex)>("EVP_DigestFinal_ex");
};

const Crypto& crypto() {
  static const Crypto loaded;
  return loaded;
}

}  // namespace

struct Hasher::State {
  EVP_MD_CTX* context = crypto().create();

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { crypto().free(context); }

  static void require(bool succeeded) {
    if (!succeeded) throw port::Failure("libcrypto cannot compute checksums here");
  }
};

Hasher::Hasher(ChecksumKind kind, std::uint64_t bytes) : state_(std::make_unique<State>()) {
  const EVP_MD* algorithm = kind == ChecksumKind::sha256 ? crypto().sha256() : crypto().sha1();
  State::require(state_->context != nullptr &&
                 crypto().init(state_->context, algorithm, nullptr) == 1);
  if (kind != ChecksumKind::git_blob) return;
  const std::string header = "blob " + std::to_string(bytes);
  update({header.c_str(), header.size() + 1});  // with the zero at the end
}

void Hasher::update(std::string_view piece) {
  State::require(crypto().update(state_->context, piece.data(), piece.size()) == 1);
}

std::string Hasher::finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  State::require(crypto().final(state_->context, digest.data(), &size) == 1);
  std::string digits;
  for (unsigned i = 0; i < size; ++i) digits += common::format("%02x", unsigned{digest[i]});
  return digits;
}

#else

struct Hasher::State {};

Hasher::Hasher(ChecksumKind, std::uint64_t) {
  throw port::Failure("this program was built without libcrypto, which computes checksums");
}

void Hasher::update(std::string_view) {}
std::string Hasher::finish() { return {}; }

#endif

Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;
Hasher::~Hasher() = default;

}  // namespace ringlet::pull

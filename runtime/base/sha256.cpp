#include "base/sha256.hpp"

#include <algorithm>
#include <bit>

namespace ringlet {
namespace {

/// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
constexpr std::uint32_t round_constants[64] = {
    0x428A2F98, 0x71374491, 0xB5C0FBCF, 0xE9B5DBA5, 0x3956C25B, 0x59F111F1, 0x923F82A4, 0xAB1C5ED5,
    0xD807AA98, 0x12835B01, 0x243185BE, 0x550C7DC3, 0x72BE5D74, 0x80DEB1FE, 0x9BDC06A7, 0xC19BF174,
    0xE49B69C1, 0xEFBE4786, 0x0FC19DC6, 0x240CA1CC, 0x2DE92C6F, 0x4A7484AA, 0x5CB0A9DC, 0x76F988DA,
    0x983E5152, 0xA831C66D, 0xB00327C8, 0xBF597FC7, 0xC6E00BF3, 0xD5A79147, 0x06CA6351, 0x14292967,
    0x27B70A85, 0x2E1B2138, 0x4D2C6DFC, 0x53380D13, 0x650A7354, 0x766A0ABB, 0x81C2C92E, 0x92722C85,
    0xA2BFE8A1, 0xA81A664B, 0xC24B8B70, 0xC76C51A3, 0xD192E819, 0xD6990624, 0xF40E3585, 0x106AA070,
    0x19A4C116, 0x1E376C08, 0x2748774C, 0x34B0BCB5, 0x391C0CB3, 0x4ED8AA4A, 0x5B9CCA4F, 0x682E6FF3,
    0x748F82EE, 0x78A5636F, 0x84C87814, 0x8CC70208, 0x90BEFFFA, 0xA4506CEB, 0xBEF9A3F7, 0xC67178F2};

std::uint32_t load_big_endian(const std::byte* bytes) {
  std::uint32_t word = 0;
  for (std::size_t i = 0; i < 4; ++i) word = word << 8 | static_cast<std::uint32_t>(bytes[i]);
  return word;
}

void store_big_endian(std::uint64_t value, std::size_t size, std::byte* bytes) {
  for (std::size_t i = size; i-- > 0; value >>= 8) bytes[i] = static_cast<std::byte>(value & 255);
}

}  // namespace

/// Processes one block of 64 bytes. Variable names are those of the standard.
void Sha256::compress(const std::byte* block) noexcept {
  std::uint32_t w[64];
  for (std::size_t t = 0; t < 16; ++t) w[t] = load_big_endian(block + 4 * t);
  for (std::size_t t = 16; t < 64; ++t) {
    const std::uint32_t s0 = std::rotr(w[t - 15], 7) ^ std::rotr(w[t - 15], 18) ^ (w[t - 15] >> 3);
    const std::uint32_t s1 = std::rotr(w[t - 2], 17) ^ std::rotr(w[t - 2], 19) ^ (w[t - 2] >> 10);
    w[t] = w[t - 16] + s0 + w[t - 7] + s1;
  }
  std::uint32_t v[8];
  std::copy(std::begin(state_), std::end(state_), v);
  for (std::size_t t = 0; t < 64; ++t) {
    auto& [a, b, c, d, e, f, g, h] = v;
    const std::uint32_t s1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
    const std::uint32_t chosen = (e & f) ^ (~e & g);
    const std::uint32_t t1 = h + s1 + chosen + round_constants[t] + w[t];
    const std::uint32_t s0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
    const std::uint32_t majority = (a & b) ^ (a & c) ^ (b & c);
    std::copy_backward(v, v + 7, v + 8);
    e += t1;
    a = t1 + s0 + majority;
  }
  for (std::size_t i = 0; i < 8; ++i) state_[i] += v[i];
}

void Sha256::update(std::span<const std::byte> bytes) noexcept {
  while (!bytes.empty()) {
    const auto used = static_cast<std::size_t>(size_ % rest_.size());
    if (used == 0 && bytes.size() >= rest_.size()) {
      compress(bytes.data());
      size_ += rest_.size();
      bytes = bytes.subspan(rest_.size());
      continue;
    }
    const std::size_t count = std::min(rest_.size() - used, bytes.size());
    std::copy_n(bytes.data(), count, rest_.data() + used);
    size_ += count;
    bytes = bytes.subspan(count);
    if (used + count == rest_.size()) compress(rest_.data());
  }
}

Sha256Hash Sha256::finish() noexcept {
  const std::uint64_t bits = size_ * 8;
  constexpr std::byte padding[64] = {std::byte{0x80}};
  const auto used = static_cast<std::size_t>(size_ % 64);
  update(std::span(padding).first((used < 56 ? 56 : 120) - used));
  std::byte length[8];
  store_big_endian(bits, 8, length);
  update(length);
  Sha256Hash hash;
  for (std::size_t i = 0; i < 8; ++i) {
    store_big_endian(state_[i], 4, reinterpret_cast<std::byte*>(hash.data()) + 4 * i);
  }
  return hash;
}

Sha256Hash sha256(std::span<const std::byte> bytes) noexcept {
  Sha256 hash;
  hash.update(bytes);
  return hash.finish();
}

}  // namespace ringlet

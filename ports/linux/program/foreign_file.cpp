#include "foreign_file.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace ringlet::cli {
namespace {

/// A llama2.c checkpoint of version 1 or 2 starts with a magic number. The legacy format has none:
/// its header is seven integers, and what they say decides.
bool looks_like_llama2c(std::span<const std::byte> bytes) {
  std::array<std::int32_t, 7> header{};
  if (bytes.size() < sizeof header) return false;
  std::memcpy(header.data(), bytes.data(), sizeof header);
  if (header[0] == 0x616B3432) return true;
  const auto [dim, hidden, layers, heads, kv_heads, vocab, context] = header;
  const auto within = [](std::int32_t value, std::int32_t limit) {
    return value > 0 && value <= limit;
  };
  if (!within(dim, 1 << 16) || !within(hidden, 1 << 20) || !within(layers, 1 << 10)) return false;
  if (!within(heads, dim) || !within(kv_heads, heads) || !within(context, 1 << 24)) return false;
  return vocab != 0 && vocab > -(1 << 24) && vocab < 1 << 24 && dim % heads == 0 &&
         heads % kv_heads == 0;
}

/// A safetensors file: the length of a JSON header, then the header.
bool looks_like_safetensors(std::span<const std::byte> bytes) {
  std::uint64_t header_size = 0;
  if (bytes.size() < sizeof header_size + 2) return false;
  std::memcpy(&header_size, bytes.data(), sizeof header_size);
  return header_size < bytes.size() &&
         std::memcmp(bytes.data() + sizeof header_size, "{\"", 2) == 0;
}

}  // namespace

std::string describe_foreign_file(const std::string& path, std::span<const std::byte> bytes) {
  const std::string_view start(reinterpret_cast<const char*>(bytes.data()),
                               std::min<std::size_t>(bytes.size(), 4));
  constexpr const char* advice = "ringlet runs .ringlet files, which ringlet-convert makes";
  if (start == "GGUF") return path + ": is a GGUF file; " + advice;
  if (looks_like_safetensors(bytes)) return path + ": is a safetensors file; " + advice;
  if (looks_like_llama2c(bytes)) {
    return path + ": is a llama2.c checkpoint; convert it first: ringlet-convert " + path +
           " -o MODEL.ringlet";
  }
  return {};
}

}  // namespace ringlet::cli

#include "foreign_file.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string_view>

#include "ringlet/snapshot.hpp"

namespace ringlet::cli {
namespace {

/// A llama2.c checkpoint of version 1 or 2 starts with a magic number. The legacy format has none;
/// it is recognized by plausible values of the seven integers in its header.
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

/// A safetensors file starts with the length of a JSON header, then the header.
bool looks_like_safetensors(std::span<const std::byte> bytes) {
  std::uint64_t header_size = 0;
  if (bytes.size() < sizeof header_size + 2) return false;
  std::memcpy(&header_size, bytes.data(), sizeof header_size);
  return header_size < bytes.size() &&
         std::memcmp(bytes.data() + sizeof header_size, "{\"", 2) == 0;
}

/// The command that converts the file, to be copied to a shell.
std::string conversion(const std::string& path) {
  std::string quoted;
  for (const char c : path) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return "convert it first: ringlet-convert '" + quoted + "' -o MODEL.ringlet";
}

}  // namespace

std::string describe_foreign_file(const std::string& path, std::span<const std::byte> bytes) {
  const std::string_view start(reinterpret_cast<const char*>(bytes.data()),
                               std::min<std::size_t>(bytes.size(), 4));
  if (start == "GGUF") return path + ": is a GGUF file; " + conversion(path);
  if (looks_like_safetensors(bytes)) return path + ": is a safetensors file; " + conversion(path);
  if (looks_like_llama2c(bytes)) {
    return path + ": is a llama2.c checkpoint; " + conversion(path) + " --tokenizer TOKENIZER";
  }
  if (snapshot_info(bytes).ok()) {
    return path + ": is a saved session, not a model; give it with --prefix or --session";
  }
  return {};
}

std::string describe_foreign_folder(const std::string& path) {
  std::error_code error;
  const std::filesystem::path folder(path);
  if (!std::filesystem::exists(folder / "config.json", error)) return {};
  return path + ": is a Hugging Face folder; " + conversion(path);
}

}  // namespace ringlet::cli

#include "pull/outline_source.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>

#include "common/errors.hpp"

namespace ringlet::pull {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20;

/// The vocabulary of a GGUF file precedes the places of its tensors; the largest known take half.
constexpr std::uint64_t gguf_beginning = 32 * mebibyte;
constexpr std::uint64_t part_beginning = 4 * mebibyte;  // of parts without a vocabulary
constexpr std::uint64_t most_header = 100 * mebibyte;   // the limit of the safetensors library

/// The size of a safetensors file's header: the length in its first eight bytes, and those.
std::uint64_t header_size(const RemoteFile& file, const std::string& path) {
  std::array<char, 8> length{};
  std::ifstream(path, std::ios::binary).read(length.data(), length.size());
  std::uint64_t size = 0;
  for (std::size_t i = length.size(); i-- > 0;) {
    size = size << 8U | static_cast<unsigned char>(length[i]);
  }
  if (file.bytes < length.size() || size > std::min(most_header, file.bytes - length.size())) {
    common::fail(file.path, ": is not a safetensors file");
  }
  return size + length.size();
}

/// How much of a file describes its tensors.
std::uint64_t beginning_of(Downloader& downloader, const FileChoice& choice,
                           const RemoteFile& file) {
  if (choice.is_gguf()) {
    return &file == &choice.weights.front() ? gguf_beginning : part_beginning;
  }
  const std::string path = downloader.fetch_beginning(file, mebibyte);
  return header_size(file, path);
}

void copy_beginning(const std::string& from, const std::string& to, std::uint64_t bytes,
                    std::uint64_t size) {
  std::ifstream source(from, std::ios::binary);
  std::ofstream target(to, std::ios::binary | std::ios::trunc);
  std::array<char, 1 << 16> block;
  while (bytes > 0 && source && target) {
    const auto step = static_cast<std::streamsize>(std::min<std::uint64_t>(bytes, block.size()));
    source.read(block.data(), step);
    target.write(block.data(), step);
    bytes -= static_cast<std::uint64_t>(step);
  }
  target.close();
  std::error_code error;
  fs::resize_file(to, size, error);
  if (!source || !target || error) common::fail(to, ": cannot be written");
}

}  // namespace

void make_outline_source(Downloader& downloader, const FileChoice& choice,
                         const std::string& folder) {
  fs::create_directories(folder);
  for (const RemoteFile& file : choice.small) {
    fs::create_symlink(fs::absolute(downloader.path_of(file)), folder + "/" + file.name());
  }
  for (const RemoteFile& file : choice.weights) {
    const std::uint64_t wanted = std::min(beginning_of(downloader, choice, file), file.bytes);
    const std::string path = downloader.fetch_beginning(file, wanted);
    copy_beginning(path, folder + "/" + file.name(), wanted, file.bytes);
  }
}

}  // namespace ringlet::pull

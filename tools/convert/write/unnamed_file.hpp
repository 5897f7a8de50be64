// A temporary file without a name.
#pragma once

#include <filesystem>
#include <string>

namespace ringlet::convert {

/// A file that disappears with the object.
class UnnamedFile {
 public:
  /// Throws port::Failure if the folder cannot take a file.
  explicit UnnamedFile(const std::filesystem::path& folder);
  ~UnnamedFile();
  UnnamedFile(const UnnamedFile&) = delete;
  UnnamedFile& operator=(const UnnamedFile&) = delete;

  [[nodiscard]] int descriptor() const { return descriptor_; }
  /// A name for functions that open files.
  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

}  // namespace ringlet::convert

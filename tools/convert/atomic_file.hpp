// A file that appears under its name only when it is complete.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

namespace ringlet::convert {

/// Writes to a hidden temporary name in the target's folder; commit() renames it. Until then the
/// target is untouched, and an error, SIGINT, SIGTERM or SIGHUP removes the temporary file. One at
/// a time.
class AtomicFile {
 public:
  /// Creates the temporary file. Throws std::runtime_error naming the target when that is
  /// impossible or the target exists and is no regular file.
  explicit AtomicFile(std::filesystem::path target);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  [[nodiscard]] std::ostream& stream() { return stream_; }
  [[nodiscard]] const std::string& temporary_path() const { return temporary_; }

  /// Closes the stream and brings its bytes to the disk. Throws std::runtime_error on failure.
  void close();

  /// Gives the closed file its name. Throws std::runtime_error on failure.
  void commit();

 private:
  void create();

  std::filesystem::path target_;
  std::string temporary_;
  std::ofstream stream_;
  int descriptor_ = -1;
};

}  // namespace ringlet::convert

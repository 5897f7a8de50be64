// The model file while it is written: a stream over the output file of ports/linux, removed when a
// signal ends the program.
#pragma once

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "output_file.hpp"

namespace ringlet::convert {

/// Writes to a hidden temporary name in the target's folder; commit() gives it the target's name
/// (see output_file.hpp). Until then the target is untouched, and an error, SIGINT, SIGTERM, SIGHUP
/// or a source that is shortened while it is read removes the temporary file. One at a time.
class AtomicFile {
 public:
  /// Creates the temporary file. Throws port::Failure naming the target when that is impossible, or
  /// when the target is no regular file or being written by another process.
  explicit AtomicFile(const std::filesystem::path& target);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  [[nodiscard]] std::ostream& stream() { return stream_; }
  [[nodiscard]] const std::string& temporary_path() const { return output_->temporary_path(); }

  /// Throws away what has been written, so that the stream begins anew. Throws std::runtime_error.
  void restart();

  /// Closes the stream. Throws std::runtime_error when its bytes could not be written.
  void close();

  /// Brings the closed file to the disk and gives it its name. Throws port::Failure.
  void commit();

 private:
  void open_stream();

  std::filesystem::path target_;
  std::optional<port::OutputFile> output_;
  std::ofstream stream_;
};

}  // namespace ringlet::convert

// The model file during writing: a stream over common::OutputFile that removes it if a signal ends
// the program.
#pragma once

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "common/output_file.hpp"

namespace ringlet::convert {

/// Writes to a hidden temporary file in the target's folder; commit() renames it to the target (see
/// output_file.hpp). Until then the target is unchanged. An error, SIGINT, SIGTERM, SIGHUP or a
/// source that is truncated during reading removes the temporary file. Only one can exist at a
/// time.
class OutputStream {
 public:
  /// Creates the temporary file. Throws port::Failure with the target if that is impossible, or if
  /// the target is not a regular file or is being written by another process.
  explicit OutputStream(const std::filesystem::path& target);
  ~OutputStream();
  OutputStream(const OutputStream&) = delete;
  OutputStream& operator=(const OutputStream&) = delete;

  [[nodiscard]] std::ostream& stream() { return stream_; }
  [[nodiscard]] const std::string& temporary_path() const { return output_->temporary_path(); }

  /// Discards everything written and starts over. Throws std::runtime_error.
  void restart();

  /// Closes the stream. Throws std::runtime_error if its bytes could not be written.
  void close();

  /// Flushes the closed file to disk and renames it. Throws port::Failure.
  void commit();

 private:
  void open_stream();

  std::filesystem::path target_;
  std::optional<common::OutputFile> output_;
  std::ofstream stream_;
};

}  // namespace ringlet::convert

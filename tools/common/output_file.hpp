// A file that appears under its name only when it is complete. Both programs write all files this
// way.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ringlet::common {

/// Writes to a hidden temporary file next to the target, ".NAME.writing". commit() renames it to
/// the target. The target is always either the old file or the complete new one, even after a power
/// failure.
///
/// - Symbolic links are followed: the file that they lead to is replaced, not the link.
/// - An existing file keeps its mode and owner. A file without write permission is refused.
/// - The temporary file is locked, so two processes that write one target exclude each other. A
///   killed process leaves it behind, and the next writer of the target takes it over.
/// - Devices, pipes, and files in /dev and /proc are written directly and never replaced, or
///   refused.
///
/// A rename does not preserve hard links, access control lists and extended attributes.
class OutputFile {
 public:
  struct Options {
    bool is_private = false;    // a new file is readable only by its owner
    bool takes_streams = true;  // write to devices and pipes; otherwise refuse them
  };

  /// Opens the temporary file or the device. Throws port::Failure with the target and the reason:
  /// no such folder, no permission, read-only, a folder, or being written by another process.
  OutputFile(std::string target, Options options);
  explicit OutputFile(std::string target) : OutputFile(std::move(target), Options()) {}
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  /// Removes the temporary file unless it has been committed.
  ~OutputFile();

  /// Appends. Throws port::Failure.
  void write(std::string_view content);

  /// Flushes the content to disk and renames the file. Throws port::Failure, which leaves the
  /// target unchanged. Nothing can be written afterwards.
  void commit();

  /// The name given by the user.
  [[nodiscard]] const std::string& target() const noexcept { return target_; }

  /// The path under which the content can be read, or written by other code, until commit(). Empty
  /// for streams.
  [[nodiscard]] const std::string& temporary_path() const noexcept { return temporary_; }

 private:
  void open_stream(Options options);
  void lock_temporary();
  void examine_target(Options options);
  [[noreturn]] void fail_in_the_way();
  [[noreturn]] void fail(const std::string& what, int error) const;
  void enlist() noexcept;
  void delist() noexcept;
  friend void remove_unfinished_files() noexcept;

  std::string target_;     // as given by the user, for messages
  std::string path_;       // after following links
  std::string temporary_;  // empty for a stream or after commit
  int descriptor_ = -1;
  std::uint32_t mode_ = 0;      // mode of the final file
  OutputFile* next_ = nullptr;  // next object with a temporary file
};

/// Removes the temporary files of all OutputFiles; their targets stay unchanged. For ending the
/// program from a signal handler or without memory. Asynchronous signals must be blocked while an
/// OutputFile is created, committed or destroyed.
void remove_unfinished_files() noexcept;

/// Writes a whole file like OutputFile. Throws port::Failure.
void write_file(const std::string& path, std::string_view content);

}  // namespace ringlet::common

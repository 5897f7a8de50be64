// A file that appears under its name only when it is complete: the one way in which both programs
// write.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ringlet::port {

/// Writes to a hidden temporary file beside the target, ".NAME.writing"; commit() gives it the
/// target's name. There is the old file or the new one and never half of one, even where the power
/// fails.
///
/// - Symbolic links are followed: the file that they lead to is replaced, not the link.
/// - A file that exists keeps its mode and its owner; one that may not be written is refused.
/// - The temporary file is locked, so two processes that write one target exclude each other. A
///   killed process leaves it behind, and the next writer of the target takes it over.
/// - A device, a pipe, and what lies in /dev and /proc is written straight away and never replaced,
///   or refused.
///
/// What a rename cannot keep are hard links, access control lists and extended attributes.
class OutputFile {
 public:
  struct Options {
    bool is_private = false;    // a file that is new can be read by its owner only
    bool takes_streams = true;  // devices and pipes are written; otherwise they are refused
  };

  /// Opens the temporary file, or the device. Throws Failure naming the target and the reason:
  /// no such folder, no permission, read-only, a folder, being written by another process.
  OutputFile(std::string target, Options options);
  explicit OutputFile(std::string target) : OutputFile(std::move(target), Options()) {}
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  /// Removes the temporary file, unless it has been committed.
  ~OutputFile();

  /// Appends. Throws Failure.
  void write(std::string_view content);

  /// Brings the content to the disk and gives the file its name. Throws Failure; then the target is
  /// as it was. Nothing can be written afterwards.
  void commit();

  /// The name that the user gave it.
  [[nodiscard]] const std::string& target() const noexcept { return target_; }

  /// The name under which the content can be read, and written by somebody else, until commit().
  /// Empty for streams.
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

  std::string target_;     // as the user named it, for messages
  std::string path_;       // where its links lead
  std::string temporary_;  // empty: a stream, or committed
  int descriptor_ = -1;
  std::uint32_t mode_ = 0;      // that the file will have
  OutputFile* next_ = nullptr;  // among those that have a temporary file
};

/// Removes the temporary files of all OutputFiles, whose targets stay as they are. For the end of
/// the program out of a signal handler or without memory. Whoever handles signals that can come at
/// any time keeps them blocked while an OutputFile is made, committed or destroyed.
void remove_unfinished_files() noexcept;

/// Writes a whole file as OutputFile does. Throws Failure.
void write_file(const std::string& path, std::string_view content);

}  // namespace ringlet::port

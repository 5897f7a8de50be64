// The history of typed lines, one entry per line of a file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ringlet::cli {

/// A history that several programs can share, because each entry is appended in one write. Only the
/// owner can read the file. If it cannot be read or written, there is no history and no error:
/// devices may have no place for one.
class HistoryFile {
 public:
  /// $XDG_STATE_HOME/ringlet/history, otherwise ~/.local/state/ringlet/history. Empty if the
  /// environment specifies neither folder.
  [[nodiscard]] static std::string default_path();

  /// An empty path keeps no history.
  explicit HistoryFile(std::string path) : path_(std::move(path)) {}

  /// Returns the newest entries, oldest first. Shortens a file that has grown to twice that size.
  [[nodiscard]] std::vector<std::string> load() const;

  /// Appends an entry. Creates the file and its folder if necessary.
  void append(std::string_view entry) const;

  static constexpr std::size_t most_entries = 1000;
  static constexpr std::size_t longest_entry = 1U << 16;  // longer ones are not kept

 private:
  std::string path_;
};

}  // namespace ringlet::cli

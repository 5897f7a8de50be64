#include "history_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

#include "command.hpp"
#include "common/output_file.hpp"
#include "common/user_folder.hpp"
#include "retry.hpp"
#include "ringlet/linux/failure.hpp"
#include "terminal.hpp"

namespace ringlet::cli {
namespace {

/// Encodes an entry as a line: "\n" for a newline and "\\" for a backslash.
std::string as_line(std::string_view entry) {
  std::string line;
  for (const char c : entry) {
    if (c == '\n') {
      line += "\\n";
    } else {
      if (c == '\\') line += '\\';
      line += c;
    }
  }
  return line + '\n';
}

std::string as_entry(std::string_view line) {
  std::string entry;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const bool escaped = line[i] == '\\' && i + 1 < line.size();
    if (escaped) ++i;
    entry += escaped && line[i] == 'n' ? '\n' : line[i];
  }
  return entry;
}

/// Creates the parent folders of a file, accessible only to the owner.
void make_folders(const std::string& path) {
  for (std::size_t at = path.find('/', 1); at != std::string::npos; at = path.find('/', at + 1)) {
    mkdir(path.substr(0, at).c_str(), 0700);  // harmless if it exists
  }
}

void rewrite(const std::string& path, const std::vector<std::string>& entries) {
  common::OutputFile file(path, {.is_private = true, .takes_streams = false});
  for (const std::string& entry : entries) file.write(as_line(entry));
  file.commit();
}

}  // namespace

std::string HistoryFile::default_path() {
  const std::string state = common::user_folder("XDG_STATE_HOME", ".local/state");
  return state.empty() ? state : state + "/ringlet/history";
}

std::vector<std::string> HistoryFile::load() const {
  if (path_.empty()) return {};
  try {
    const std::string text = read_text(path_);
    std::vector<std::string> entries;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      if (end > at) entries.push_back(as_entry(std::string_view(text).substr(at, end - at)));
      at = end + 1;
    }
    const std::size_t found = entries.size();
    if (found > most_entries) {
      entries.erase(entries.begin(), entries.end() - static_cast<std::ptrdiff_t>(most_entries));
    }
    if (found >= 2 * most_entries) rewrite(path_, entries);
    return entries;
  } catch (const port::Failure&) {
    return {};
  }
}

void HistoryFile::append(std::string_view entry) const {
  if (path_.empty() || entry.empty() || entry.size() > longest_entry) return;
  make_folders(path_);
  const int descriptor = port::retry(
      [this] { return open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600); });
  if (descriptor < 0) return;
  [[maybe_unused]] const bool written = port::write_all(descriptor, as_line(entry));
  [[maybe_unused]] const bool closed = port::close_descriptor(descriptor);
}

}  // namespace ringlet::cli

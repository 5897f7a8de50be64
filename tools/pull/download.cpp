#include "pull/download.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <utility>

#include "common/errors.hpp"
#include "common/format_values.hpp"
#include "pull/part_file.hpp"

namespace ringlet::pull {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view etag_suffix = ".etag";

/// "bytes 100-199/4000".
struct ContentRange {
  std::uint64_t first = 0;
  std::uint64_t total = 0;
};

std::optional<ContentRange> content_range(const HttpHead& head) {
  const std::string text = head.header("content-range");
  const std::size_t slash = text.rfind('/');
  if (!text.starts_with("bytes ") || slash == std::string::npos) return std::nullopt;
  const auto first = leading_number(std::string_view(text).substr(6));
  const auto total = leading_number(std::string_view(text).substr(slash + 1));
  if (!first || !total) return std::nullopt;
  return ContentRange{*first, *total};
}

std::string sizes(std::uint64_t got, std::uint64_t needed) {
  return " (got " + common::with_commas(got) + " of " + common::with_commas(needed) + " bytes)";
}

}  // namespace

Downloader::Downloader(Hub& hub, const Repository& repository, std::string folder,
                       DownloadProgress progress)
    : hub_(hub),
      repository_(repository),
      folder_(std::move(folder)),
      progress_(std::move(progress)) {}

std::string Downloader::path_of(const RemoteFile& file) const {
  return folder_ + "/" + file.name();
}

std::string Downloader::part_path(const RemoteFile& file) const {
  constexpr std::size_t enough = 16;
  return path_of(file) + "." + file.checksum.digits.substr(0, enough) + ".part";
}

std::uint64_t Downloader::present(const RemoteFile& file) const {
  std::error_code error;
  for (const std::string& path : {path_of(file), part_path(file)}) {
    const std::uintmax_t bytes = fs::file_size(path, error);
    if (!error) return std::min<std::uint64_t>(bytes, file.bytes);
  }
  return 0;
}

/// Whether an earlier run has completed the file.
bool Downloader::is_complete(const RemoteFile& file) const {
  std::error_code error;
  const std::string path = path_of(file);
  if (!fs::is_regular_file(fs::symlink_status(path, error)) ||
      fs::file_size(path, error) != file.bytes) {
    return false;
  }
  PartFile whole(path, file.bytes);
  whole.start_hashing(file.checksum.kind, file.bytes,
                      [&](std::uint64_t bytes) { progress_(file, bytes); });
  return whole.digits() == file.checksum.digits;
}

namespace {

/// Removes the files of a folder for which is_needed(name) is false.
template <typename IsNeeded>
void remove_files(const std::string& folder, IsNeeded is_needed) {
  std::vector<fs::path> others;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (!is_needed(entry->path().filename().string())) others.push_back(entry->path());
  }
  for (const fs::path& other : others) {
    fs::remove_all(other, error);
    if (error) throw port::system_failure(other.string(), "cannot be removed", error.value());
  }
}

/// Without ".etag".
std::string_view without_etag(std::string_view name) {
  if (name.ends_with(etag_suffix)) name.remove_suffix(etag_suffix.size());
  return name;
}

}  // namespace

/// Removes what other contents of the file have left behind.
void Downloader::remove_others(const RemoteFile& file) const {
  const std::string ours = fs::path(part_path(file)).filename().string();
  remove_files(folder_, [&](std::string_view name) {
    const std::string_view part = without_etag(name);
    const bool is_part_of_it = part.size() == ours.size() && part.ends_with(".part") &&
                               part.starts_with(file.name() + ".");
    return !is_part_of_it || part == ours;
  });
}

void Downloader::remove_all_but(const std::vector<RemoteFile>& files) const {
  std::set<std::string, std::less<>> needed;
  for (const RemoteFile& file : files) {
    needed.insert(file.name());
    needed.insert(fs::path(part_path(file)).filename().string());
  }
  remove_files(folder_, [&](std::string_view name) { return needed.contains(without_etag(name)); });
}

void Downloader::fetch(const RemoteFile& file) {
  if (is_complete(file)) return;
  std::error_code error;
  fs::remove(path_of(file), error);
  remove_others(file);
  PartFile part(part_path(file), file.bytes);
  for (bool is_second = false;; is_second = true) {
    part.start_hashing(file.checksum.kind, file.bytes,
                       [&](std::uint64_t bytes) { progress_(file, bytes); });
    receive(file, part, file.bytes);
    const std::string digits = part.digits();
    if (digits == file.checksum.digits) break;
    part.restart();
    // What was continued from an earlier run may have been damaged since.
    if (is_second) {
      common::fail(file.path, ": arrived twice with another content than the hub lists: ",
                   name_of(file.checksum.kind), " is ", digits, " and not ", file.checksum.digits,
                   "; try again later, or another HF_ENDPOINT");
    }
  }
  part.rename_to(path_of(file));
}

std::string Downloader::fetch_beginning(const RemoteFile& file, std::uint64_t bytes) {
  std::error_code error;
  const std::string path = path_of(file);
  if (fs::file_size(path, error) == file.bytes && !error) return path;
  remove_others(file);
  PartFile part(part_path(file), file.bytes);
  receive(file, part, std::min(bytes, file.bytes));
  return part_path(file);
}

void Downloader::receive(const RemoteFile& file, PartFile& part, std::uint64_t until) {
  hub_.persist(
      file.path, [&] { return attempt(file, part, until); }, [&part] { return part.size(); });
}

std::optional<Trouble> Downloader::attempt(const RemoteFile& file, PartFile& part,
                                           std::uint64_t until) {
  if (part.size() >= until) return std::nullopt;
  std::optional<Trouble> wrong;
  FileRequest request{.path = file.path,
                      .from = part.size(),
                      .until = until < file.bytes ? until : 0,
                      .etag = part.etag()};
  request.on_head = [&](const HttpHead& head) {
    if (head.status == 200) {
      if (part.size() > 0) part.restart();  // the file has changed, or the server has no ranges
    } else if (const auto range = content_range(head);
               !range || range->first != part.size() || range->total != file.bytes) {
      wrong = Trouble{.reason = "the server sends another part than it was asked for"};
      part.restart();
      return false;
    }
    part.set_etag(head.header("etag"));
    return true;
  };
  request.on_body = [&](std::string_view piece) {
    const std::uint64_t room = until - part.size();
    part.append(piece.substr(0, room));
    progress_(file, part.size());
    return piece.size() <= room;  // nobody needs what comes after the end
  };
  const std::optional<Trouble> trouble = hub_.get(repository_, request);
  if (wrong) return wrong;
  if (trouble && trouble->status == 416) part.restart();
  if (part.size() >= until) return std::nullopt;
  if (trouble) return trouble;
  return Trouble{.reason = "the server ended early" + sizes(part.size(), file.bytes)};
}

}  // namespace ringlet::pull

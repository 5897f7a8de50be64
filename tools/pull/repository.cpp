#include "pull/repository.hpp"

#include <algorithm>
#include <optional>

#include "common/json.hpp"
#include "pull/letter_case.hpp"

namespace ringlet::pull {
namespace {

using common::JsonField;

/// Larger files exist nowhere, and sums of as many as a listing has fit 64 bits.
constexpr std::uint64_t largest_file = std::uint64_t{1} << 44;
constexpr std::size_t most_files = 100'000;

std::optional<std::string> text_in(const JsonField& object, const char* name) {
  const std::optional<JsonField> field = object.find(name);
  if (!field || !field->value().is_string()) return std::nullopt;
  return field->text();
}

std::uint64_t size_in(const JsonField& object) {
  const JsonField field = object.at("size");
  const bool fits =
      field.value().is_number_unsigned() && field.value().get<std::uint64_t>() <= largest_file;
  if (!fits) object.refuse("size is not that of a file");
  return field.value().get<std::uint64_t>();
}

/// Git LFS has SHA-256 in "lfs"; other files have the name of their blob.
std::optional<Checksum> checksum_in(const JsonField& file) {
  Checksum checksum;
  if (const std::optional<JsonField> large = file.find("lfs")) {
    checksum = {ChecksumKind::sha256, in_lower_case(text_in(*large, "sha256").value_or(""))};
  } else {
    checksum = {ChecksumKind::git_blob, in_lower_case(text_in(file, "blobId").value_or(""))};
  }
  return is_checksum(checksum) ? std::optional(checksum) : std::nullopt;
}

/// Whether every folder of a path, and its file, has a name that a local file can have.
bool is_plain_path(std::string_view path) {
  for (;;) {
    const std::size_t slash = path.find('/');
    if (!is_file_name(path.substr(0, slash))) return false;
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
}

std::optional<RemoteFile> read_file(const JsonField& entry) {
  RemoteFile file{.path = entry.text("rfilename")};
  const std::optional<Checksum> checksum = checksum_in(entry);
  if (!is_plain_path(file.path) || !checksum) return std::nullopt;
  file.checksum = *checksum;
  const std::optional<JsonField> large = entry.find("lfs");
  file.bytes = size_in(large ? *large : entry);
  return file;
}

bool is_commit(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// The name of a licence, for the model file.
std::string licence_in(const JsonField& root) {
  const std::optional<JsonField> card = root.find("cardData");
  if (!card || !card->value().is_object()) return {};
  const std::string licence = text_in(*card, "license").value_or("");
  constexpr std::size_t longest = 80;
  return licence.size() <= longest && is_file_name(licence) ? licence : std::string();
}

}  // namespace

const RemoteFile* Repository::find(std::string_view path) const {
  const auto found = std::find_if(files.begin(), files.end(),
                                  [path](const RemoteFile& file) { return file.path == path; });
  return found == files.end() ? nullptr : &*found;
}

bool is_file_name(std::string_view name) {
  constexpr std::size_t longest = 200;  // room for the suffixes of unfinished files
  if (name.empty() || name.size() > longest || name.front() == '.' || name.front() == '-') {
    return false;
  }
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return c > ' ' && c <= '~' && c != '/' && c != '\\'; });
}

Repository read_repository(std::string_view text, const std::string& name) {
  const common::JsonDocument document(text, name + ": the answer of the hub");
  const JsonField root = document.root();
  Repository repository{.id = root.text("id"), .commit = root.text("sha")};
  if (!is_commit(repository.commit)) root.refuse("sha is not a commit");
  repository.licence = licence_in(root);
  const JsonField files = root.at("siblings");
  const std::size_t count = files.array_size();
  if (count > most_files) files.refuse("has too many files (", count, ")");
  for (std::size_t i = 0; i < count; ++i) {
    if (std::optional<RemoteFile> file = read_file(files.element(i))) {
      repository.files.push_back(std::move(*file));
    }
  }
  return repository;
}

}  // namespace ringlet::pull

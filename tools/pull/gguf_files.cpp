#include "pull/gguf_files.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/errors.hpp"
#include "common/format_values.hpp"
#include "pull/letter_case.hpp"

namespace ringlet::pull {
namespace {

constexpr std::string_view suffix = ".gguf";

/// "-00002-of-00003" at the end of a stem.
struct Part {
  std::size_t number = 1;
  std::size_t count = 1;
};

std::optional<std::size_t> five_digits(std::string_view text) {
  if (text.size() != 5 || text.find_first_not_of("0123456789") != std::string_view::npos) {
    return std::nullopt;
  }
  return std::stoul(std::string(text));
}

/// Removes the number of a part from the end of a stem.
Part take_part(std::string& stem) {
  constexpr std::size_t size = sizeof "-00002-of-00003" - 1;
  if (stem.size() <= size) return {};
  const std::string_view end = std::string_view(stem).substr(stem.size() - size);
  const auto number = five_digits(end.substr(1, 5));
  const auto count = five_digits(end.substr(10));
  if (end.front() != '-' || end.substr(6, 4) != "-of-" || !number || !count) return {};
  stem.resize(stem.size() - size);
  return {*number, *count};
}

bool is_model(const std::string& stem) {
  const std::string lower = in_lower_case(stem);
  return lower.find("mmproj") == std::string::npos && lower.find("imatrix") == std::string::npos;
}

/// Tags are what types of weights are called: a letter or more, a digit, letters and digits.
bool is_tag(std::string_view text) {
  const std::string lower = in_lower_case(text);
  for (const char* kind : {"q", "iq", "tq", "f", "bf", "mxfp", "nvfp"}) {
    const std::string_view beginning(kind);
    if (lower.starts_with(beginning) && lower.size() > beginning.size() &&
        lower[beginning.size()] >= '0' && lower[beginning.size()] <= '9') {
      return true;
    }
  }
  return false;
}

std::string tag_of(const std::string& stem) {
  const std::size_t dot = stem.find_last_of("-.");
  if (dot == std::string::npos || !is_tag(std::string_view(stem).substr(dot + 1))) return {};
  std::string tag = stem.substr(dot + 1);
  // Unsloth's dynamic types: "UD-Q4_K_XL".
  if (in_lower_case(stem).find("-ud-") + 4 == dot + 1) tag = stem.substr(dot - 2);
  return tag;
}

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/') + 1); }

/// A model whose first part is at `file`, with the parts that there are.
GgufFile model_at(const RemoteFile& file, const std::string& stem, std::size_t count,
                  const Repository& repository) {
  GgufFile model{.path = file.path, .stem = stem, .tag = tag_of(stem), .parts = {file}};
  for (std::size_t number = 2; number <= count; ++number) {
    const std::string path =
        folder_of(file.path) + stem + common::format("-%05zu-of-%05zu.gguf", number, count);
    if (const RemoteFile* part = repository.find(path)) model.parts.push_back(*part);
  }
  return model;
}

bool is_named(const GgufFile& file, const SourceName& name) {
  if (!name.file.empty()) {
    return std::any_of(file.parts.begin(), file.parts.end(),
                       [&](const RemoteFile& part) { return part.path == name.file; });
  }
  const std::string tag = in_lower_case(name.tag);
  return in_lower_case(file.tag) == tag || in_lower_case(file.stem) == tag;
}

/// How to name a file: by its tag, or by its path if others have that tag too.
std::string name_of(const GgufFile& file, const std::vector<GgufFile>& files) {
  const auto same = std::count_if(files.begin(), files.end(), [&file](const GgufFile& other) {
    return in_lower_case(other.tag) == in_lower_case(file.tag);
  });
  return file.tag.empty() || same > 1 ? file.path : file.tag;
}

}  // namespace

std::vector<GgufFile> gguf_files(const Repository& repository) {
  constexpr std::size_t most_parts = 1000;
  std::vector<GgufFile> models;
  for (const RemoteFile& file : repository.files) {
    if (!file.path.ends_with(suffix)) continue;
    std::string stem = file.name();
    stem.resize(stem.size() - suffix.size());
    const Part part = take_part(stem);
    if (part.number != 1 || part.count == 0 || part.count > most_parts || !is_model(stem)) continue;
    GgufFile model = model_at(file, stem, part.count, repository);
    if (model.parts.size() == part.count) models.push_back(std::move(model));
  }
  return models;
}

const GgufFile& find_gguf(const std::vector<GgufFile>& files, const std::string& repository,
                          const SourceName& name) {
  const std::string asked = name.file.empty() ? name.tag : name.file;
  if (files.empty()) {
    common::fail(repository, ": has no GGUF files; leave out '", asked, "'");
  }
  std::vector<const GgufFile*> found;
  for (const GgufFile& file : files) {
    if (is_named(file, name)) found.push_back(&file);
  }
  if (found.size() == 1) return *found.front();
  common::fail(repository, ": has ", found.empty() ? "no" : "more than one", " GGUF file '", asked,
               "'; choose one: ", list_of(files, repository));
}

std::string list_of(const std::vector<GgufFile>& files, const std::string& repository) {
  std::string list;
  for (const GgufFile& file : files) {
    std::uint64_t bytes = 0;
    for (const RemoteFile& part : file.parts) bytes += part.bytes;
    list += (list.empty() ? "" : ", ") + repository + ":" + name_of(file, files) + " (" +
            common::human_bytes(bytes) + ")";
  }
  return list;
}

}  // namespace ringlet::pull

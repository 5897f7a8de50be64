// Models that llama.cpp's gguf-split has divided into several files. Each part contains its number
// from 0 on (split.no), the number of parts (split.count) and the total number of tensors
// (split.tensors.count). Its name ends in its number from 1 on. The first part has all other
// metadata.
#include "source/errors.hpp"
#include "source/gguf/gguf.hpp"

namespace ringlet::convert {
namespace {

namespace fs = std::filesystem;

constexpr const char* number_key = "split.no";
constexpr const char* count_key = "split.count";
constexpr const char* tensors_key = "split.tensors.count";

struct Split {
  std::uint32_t number;
  std::uint32_t count;
  std::uint32_t tensors;

  explicit Split(const GgufMetadata& metadata)
      : number(metadata.size(number_key, 0)),
        count(metadata.size(count_key, 1)),
        tensors(metadata.size(tensors_key, 0)) {}
};

/// At least five digits.
std::string padded(std::uint32_t number) {
  const std::string digits = std::to_string(number);
  std::string text(digits.size() < 5 ? 5 - digits.size() : 0, '0');
  return text.append(digits);
}

/// The end of the name of part `number` (from 0 on).
std::string ending(std::uint32_t number, std::uint32_t count) {
  std::string text = "-";
  return text.append(padded(number + 1)).append("-of-").append(padded(count)).append(".gguf");
}

/// Finds all parts, given the name of one. Throws if one is missing.
std::vector<fs::path> parts_of(const fs::path& path, const Split& split) {
  const std::string name = path.filename().string();
  const std::string own = ending(split.number, split.count);
  if (split.number >= split.count) {
    fail(path.string(), ": ", number_key, " = ", split.number, ", but ", count_key, " = ",
         split.count);
  }
  if (!name.ends_with(own)) {
    fail(path.string(), " is part ", split.number + 1, " of ", split.count,
         " of a split model, so its name must end in '", own, "', with the other parts beside it");
  }
  std::vector<fs::path> parts;
  for (std::uint32_t i = 0; i < split.count; ++i) {
    parts.push_back(path.parent_path() /
                    (name.substr(0, name.size() - own.size()) + ending(i, split.count)));
    if (!fs::exists(parts.back())) {
      fail(path.string(), " is part ", split.number + 1, " of ", split.count, " of a split model; ",
           parts.back().string(), " is missing");
    }
  }
  return parts;
}

/// A part must not contain metadata that the first one lacks. Each has its own alignment.
void check_same_model(const GgufMetadata& part, const GgufMetadata& first) {
  for (const auto& [key, value] : part.values()) {
    if (key == number_key || key == "general.alignment") continue;
    const GgufValue* expected = first.find(key);
    if (expected != nullptr && *expected == value) continue;
    fail(part.file_name(), " is a part of another model than ", first.file_name(), ": ", key,
         " differs");
  }
}

void check_number(const GgufMetadata& part, std::uint32_t number) {
  const Split split(part);
  if (split.number == number) return;
  fail(part.file_name(), ": ", number_key, " = ", split.number, ", but its name says ", number);
}

void add_tensors(GgufFile& part, TensorStore& store) {
  for (StoredTensor& tensor : part.tensors) {
    if (store.has(tensor.name)) {
      fail(part.metadata.file_name(), " has a tensor '", tensor.name,
           "' that another part of the model has too");
    }
    store.add(std::move(tensor));
  }
}

GgufMetadata read_parts(const std::vector<fs::path>& paths, TensorStore& store) {
  GgufFile first = read_gguf_file(paths.front(), paths.size());
  check_number(first.metadata, 0);
  std::uint64_t tensors = first.tensors.size();
  add_tensors(first, store);
  for (std::uint32_t i = 1; i < paths.size(); ++i) {
    GgufFile part = read_gguf_file(paths[i], paths.size());
    check_number(part.metadata, i);
    check_same_model(part.metadata, first.metadata);
    tensors += part.tensors.size();
    add_tensors(part, store);
  }
  const Split split(first.metadata);
  if (split.count != paths.size() ||
      (first.metadata.has(tensors_key) && split.tensors != tensors)) {
    fail(first.metadata.file_name(), ": ", count_key, " = ", split.count, " and ", tensors_key,
         " = ", split.tensors, ", but the ", paths.size(), " parts have ", tensors, " tensors");
  }
  return std::move(first.metadata);
}

}  // namespace

GgufMetadata read_gguf(const fs::path& path, TensorStore& store) {
  std::vector<fs::path> parts;
  {
    GgufFile file = read_gguf_file(path);
    const Split split(file.metadata);
    if (split.count <= 1) {
      for (StoredTensor& tensor : file.tensors) store.add(std::move(tensor));
      return std::move(file.metadata);
    }
    parts = parts_of(path, split);
  }
  return read_parts(parts, store);
}

}  // namespace ringlet::convert

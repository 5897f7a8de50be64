#include "source/gguf/gguf.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <sstream>

#include "base/checked.hpp"
#include "source/errors.hpp"
#include "source/foreign_file.hpp"
#include "source/gguf/gguf_reader.hpp"

namespace ringlet::convert {
namespace {

constexpr std::string_view magic = "GGUF";
constexpr std::uint32_t most_dimensions = 4;
constexpr std::uint32_t default_alignment = 32;
constexpr const char* alignment_key = "general.alignment";

/// A name from a file, made printable.
std::string printable(std::string_view name) {
  constexpr std::size_t longest = 80;
  std::string text = "'";
  for (const char c : name.substr(0, longest)) text += c >= ' ' && c <= '~' ? c : '?';
  return text + (name.size() > longest ? "...'" : "'");
}

/// Reads magic and version. The rest is the same in versions 2 and 3.
void read_version(GgufReader& reader, const PagedFile& file) {
  for (const char c : magic) {
    if (reader.number<char>() == c) continue;
    const auto foreign = describe_foreign(file.bytes());
    fail(reader.name(), " ", foreign ? *foreign : "is not a GGUF file");
  }
  const auto version = reader.number<std::uint32_t>();
  if (version == 2 || version == 3) return;
  if ((version & 0xFFFFU) == 0) {
    fail(reader.name(),
         " is a big-endian GGUF file, which cannot be read; convert it "
         "with gguf-convert-endian of llama.cpp's gguf package");
  }
  fail(reader.name(), " is a GGUF file of version ", version,
       "; versions 2 and 3 can be read, so make the file again with a current llama.cpp");
}

StoredTensor read_tensor(GgufReader& reader, std::uint64_t index) {
  reader.set_subject("the name of tensor " + std::to_string(index));
  StoredTensor tensor;
  tensor.name = reader.text();
  const std::string what = "tensor " + printable(tensor.name);
  reader.set_subject(what);
  const auto dimensions = reader.number<std::uint32_t>();
  if (dimensions == 0 || dimensions > most_dimensions) {
    fail(reader.name(), ": ", what, " has ", dimensions, " dimensions; 1 to ", most_dimensions,
         " are possible");
  }
  for (std::uint32_t i = 0; i < dimensions; ++i) {
    tensor.shape.push_back(reader.number<std::uint64_t>());
  }
  // ggml always has four dimensions, so trailing dimensions of 1 carry no information.
  while (tensor.shape.size() > 2 && tensor.shape.back() == 1) tensor.shape.pop_back();
  std::reverse(tensor.shape.begin(), tensor.shape.end());
  const auto type = reader.number<std::uint32_t>();
  tensor.type = gguf_type(type);
  if (tensor.type == nullptr) {
    if (const char* foreign = foreign_gguf_type(type)) {
      fail(reader.name(), ": ", what, " has type ", type, ": ", foreign);
    }
    fail(reader.name(), ": ", what, " has type ", type, ", which is unknown");
  }
  tensor.offset = reader.number<std::uint64_t>();
  tensor.bytes = tensor_bytes(reader.name() + ": " + what, tensor.shape, *tensor.type);
  return tensor;
}

std::uint32_t alignment_of(const GgufMetadata& metadata) {
  const std::uint32_t alignment = metadata.size(alignment_key, default_alignment);
  if (std::has_single_bit(alignment)) return alignment;
  fail(metadata.file_name(), ": ", alignment_key, " = ", alignment, " is not a power of two");
}

/// Checks that tensors are in the file after `data`, aligned, and do not overlap.
void check_places(std::vector<StoredTensor>& tensors, std::uint64_t data, std::uint64_t file_bytes,
                  std::uint32_t alignment, const std::string& name) {
  std::vector<const StoredTensor*> order;
  for (StoredTensor& tensor : tensors) {
    const Checked begin = Checked(data) + Checked(tensor.offset);
    const Checked end = begin + Checked(tensor.bytes);
    if (tensor.offset % alignment != 0) {
      fail(name, ": tensor ", printable(tensor.name), " has an offset of ", tensor.offset,
           ", which is not a multiple of the alignment ", alignment);
    }
    if (!end.valid() || end.value() > file_bytes) {
      fail(name, " is truncated: tensor ", printable(tensor.name), " takes ", tensor.bytes,
           " bytes at offset ", tensor.offset, " of the data, the file has ", file_bytes);
    }
    tensor.offset = begin.value();
    order.push_back(&tensor);
  }
  std::sort(order.begin(), order.end(),
            [](const auto* a, const auto* b) { return a->offset < b->offset; });
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (order[i]->offset < order[i - 1]->offset + order[i - 1]->bytes) {
      fail(name, ": tensor ", printable(order[i]->name), " overlaps tensor ",
           printable(order[i - 1]->name));
    }
  }
}

/// A value as in unread_settings.hpp.
std::string brief(const GgufValue& value) {
  std::ostringstream text;
  if (const auto* whole = std::get_if<GgufInteger>(&value)) {
    text << (whole->negative ? "-" : "") << whole->magnitude;
  } else if (const auto* real = std::get_if<double>(&value)) {
    text << *real;
  } else if (const auto* truth = std::get_if<bool>(&value)) {
    text << (*truth ? "true" : "false");
  } else if (const auto* words = std::get_if<std::string_view>(&value)) {
    text << printable(*words);
  } else {
    text << "a list";
  }
  return text.str();
}

}  // namespace

void GgufMetadata::add(std::string_view key, GgufValue value) {
  if (!values_.emplace(std::string(key), std::move(value)).second) {
    fail(name_, ": the key ", printable(key), " appears twice");
  }
}

const GgufValue* GgufMetadata::find(const std::string& key) const {
  const auto found = values_.find(key);
  if (found == values_.end()) return nullptr;
  read_.insert(key);
  return &found->second;
}

void GgufMetadata::refuse_unread(const std::string& prefix,
                                 std::span<const HarmlessSetting> harmless,
                                 IgnoredSettings* ignored) const {
  std::vector<UnreadSetting> rest;
  for (const auto& [key, value] : values_) {
    if (!key.starts_with(prefix) || read_.contains(key)) continue;
    rest.push_back({key.substr(prefix.size()), brief(value)});
  }
  convert::refuse_unread(name_, prefix, rest, harmless, ignored);
}

const GgufValue& GgufMetadata::get(const std::string& key) const {
  const GgufValue* value = find(key);
  if (value == nullptr) fail(name_, ": ", key, " is missing");
  return *value;
}

void GgufMetadata::wrong(const std::string& key, const char* wanted) const {
  fail(name_, ": ", key, " must be ", wanted);
}

std::uint32_t GgufMetadata::size(const std::string& key, std::uint32_t otherwise) const {
  const GgufValue* value = find(key);
  if (value == nullptr) return otherwise;
  const auto* whole = std::get_if<GgufInteger>(value);
  if (whole == nullptr || whole->negative ||
      whole->magnitude > std::numeric_limits<std::int32_t>::max()) {
    wrong(key, "a whole number from 0 to 2^31 - 1");
  }
  return static_cast<std::uint32_t>(whole->magnitude);
}

const std::vector<GgufInteger>* GgufMetadata::list_of(const std::string& key) const {
  const GgufValue* value = find(key);
  return value == nullptr ? nullptr : std::get_if<std::vector<GgufInteger>>(value);
}

std::uint32_t GgufMetadata::common_size(const std::string& key,
                                        const std::vector<GgufInteger>& list) const {
  const auto differs = [&](const GgufInteger& other) {
    return other.negative || other.magnitude != list.front().magnitude;
  };
  if (list.empty() || std::any_of(list.begin(), list.end(), differs) ||
      list.front().magnitude > std::numeric_limits<std::int32_t>::max()) {
    wrong(key, "one size for all layers; sizes that differ are not supported");
  }
  return static_cast<std::uint32_t>(list.front().magnitude);
}

std::uint32_t GgufMetadata::uniform_size(const std::string& key, std::uint32_t otherwise) const {
  const auto* list = list_of(key);
  return list == nullptr ? size(key, otherwise) : common_size(key, *list);
}

std::vector<std::uint32_t> GgufMetadata::sizes(const std::string& key, std::size_t count) const {
  const auto* list = list_of(key);
  if (list == nullptr) return std::vector<std::uint32_t>(count, this->count(key));
  if (list->size() != count) {
    fail(file_name(), ": ", key, " has ", list->size(), " entries for ", count, " layers");
  }
  std::vector<std::uint32_t> sizes;
  for (const GgufInteger& entry : *list) sizes.push_back(common_size(key, {entry}));
  return sizes;
}

std::uint32_t GgufMetadata::size_of_others(const std::string& key, std::uint32_t otherwise) const {
  const auto* list = list_of(key);
  if (list == nullptr) return size(key, otherwise);
  std::vector<GgufInteger> others = *list;
  std::erase_if(others, [](const GgufInteger& entry) { return entry.magnitude == 0; });
  return others.empty() ? otherwise : common_size(key, others);
}

std::vector<std::uint32_t> GgufMetadata::layers_without(const std::string& key) const {
  std::vector<std::uint32_t> layers;
  const auto* list = list_of(key);
  for (std::uint32_t i = 0; list != nullptr && i < list->size(); ++i) {
    if ((*list)[i].magnitude == 0) layers.push_back(i);
  }
  return layers;
}

std::uint32_t GgufMetadata::count(const std::string& key) const {
  (void)get(key);
  const std::uint32_t number = size(key, 0);
  if (number == 0) wrong(key, "at least 1");
  return number;
}

std::uint32_t GgufMetadata::count_or(const std::string& key, std::uint32_t otherwise) const {
  return has(key) ? count(key) : otherwise;
}

double GgufMetadata::number(const std::string& key) const {
  const auto* real = std::get_if<double>(&get(key));
  if (real == nullptr || !std::isfinite(static_cast<float>(*real))) wrong(key, "a finite number");
  return *real;
}

double GgufMetadata::number(const std::string& key, double otherwise) const {
  return has(key) ? number(key) : otherwise;
}

bool GgufMetadata::flag(const std::string& key, bool otherwise) const {
  const GgufValue* value = find(key);
  if (value == nullptr) return otherwise;
  const auto* truth = std::get_if<bool>(value);
  if (truth == nullptr) wrong(key, "true or false");
  return *truth;
}

std::string GgufMetadata::text(const std::string& key) const {
  const auto* view = std::get_if<std::string_view>(&get(key));
  if (view == nullptr) wrong(key, "a text");
  return std::string(*view);
}

std::string GgufMetadata::text(const std::string& key, const char* otherwise) const {
  return has(key) ? text(key) : otherwise;
}

GgufFile read_gguf_file(const std::filesystem::path& path, std::size_t files) {
  const auto file = std::make_shared<const PagedFile>(path, files);
  const std::string name = path.string();
  GgufReader reader(file->bytes(), name);
  GgufFile result{.metadata = GgufMetadata(file, name), .tensors = {}};
  read_version(reader, *file);
  const auto tensor_count = reader.number<std::uint64_t>();
  const auto key_count = reader.number<std::uint64_t>();
  for (std::uint64_t i = 0; i < key_count; ++i) {
    reader.set_subject("metadata " + std::to_string(i));
    const std::string_view key = reader.text();
    reader.set_subject("metadata " + printable(key));
    const auto type = reader.number<std::uint32_t>();
    result.metadata.add(key, reader.value(type));
  }
  for (std::uint64_t i = 0; i < tensor_count; ++i) {
    result.tensors.push_back(read_tensor(reader, i));
    result.tensors.back().file = file;
  }
  const std::uint32_t alignment = alignment_of(result.metadata);
  const std::uint64_t data = Checked(reader.position()).rounded_up(alignment).value();
  check_places(result.tensors, data, file->bytes().size(), alignment, name);
  return result;
}

}  // namespace ringlet::convert

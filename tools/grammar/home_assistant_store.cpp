#include "home_assistant_store.hpp"

#include <string_view>

#include "common/errors.hpp"
#include "ringlet/linux/files.hpp"

namespace ringlet::grammar {

namespace fs = std::filesystem;

std::string text_of(const StoredJson& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

bool flag_of(const StoredJson& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_boolean() && found->get<bool>();
}

bool is_set(const StoredJson& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && !found->is_null();
}

const StoredJson& member_of(const StoredJson& object, const char* key) {
  static const StoredJson none = StoredJson::object();
  const auto found = object.find(key);
  return found != object.end() && found->is_object() ? *found : none;
}

bool is_there(const fs::path& file) {
  std::error_code error;
  const bool found = fs::exists(file, error);
  if (error) common::fail(file.string(), ": cannot be read: ", error.message());
  return found;
}

StoredJson read_store(const fs::path& file) {
  const port::MappedFile mapped(file.string(), port::MappedFile::Reading::once);
  const std::string_view content(reinterpret_cast<const char*>(mapped.bytes().data()),
                                 mapped.bytes().size());
  const StoredJson store = StoredJson::parse(content, nullptr, false);
  if (store.is_discarded()) common::fail(file.string(), ": not JSON");
  if (!store.is_object() || text_of(store, "key") != file.filename().string()) {
    common::fail(file.string(), ": not a store of Home Assistant; name its folder .storage");
  }
  if (!store.contains("version") || store["version"] != 1) {
    common::fail(file.string(), ": its version is not 1, the only one that this program knows");
  }
  return member_of(store, "data");
}

std::vector<StoredJson> entries_of(const fs::path& file, const char* key) {
  const StoredJson data = read_store(file);
  const auto found = data.find(key);
  if (found == data.end() || !found->is_array()) {
    common::fail(file.string(), ": has no array '", key, "'");
  }
  std::vector<StoredJson> entries;
  for (const StoredJson& entry : *found) {
    if (!entry.is_object())
      common::fail(file.string(), ": '", key, "' contains other than objects");
    entries.push_back(entry);
  }
  return entries;
}

}  // namespace ringlet::grammar

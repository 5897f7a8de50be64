// Files of Home Assistant's folder `.storage`: {"version": 1, "key": …, "data": …}.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace ringlet::grammar {

using StoredJson = nlohmann::json;

/// The content of a member that is a text; empty otherwise.
[[nodiscard]] std::string text_of(const StoredJson& object, const char* key);
/// Whether a member is true.
[[nodiscard]] bool flag_of(const StoredJson& object, const char* key);
/// Whether there is a member other than null.
[[nodiscard]] bool is_set(const StoredJson& object, const char* key);
/// A member that is an object, or an empty one.
[[nodiscard]] const StoredJson& member_of(const StoredJson& object, const char* key);

/// Whether there is a file. Throws port::Failure if that cannot be told.
[[nodiscard]] bool is_there(const std::filesystem::path& file);

// These throw port::Failure, naming the file, for what is not such a file.

/// The `data` of a file.
[[nodiscard]] StoredJson read_store(const std::filesystem::path& file);
/// The objects of an array of its `data`.
[[nodiscard]] std::vector<StoredJson> entries_of(const std::filesystem::path& file,
                                                 const char* key);

}  // namespace ringlet::grammar

// GGUF files (github.com/ggml-org/ggml, docs/gguf.md), versions 2 and 3: metadata by key, then
// tensors.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "source/paged_file.hpp"
#include "source/tensor_store.hpp"
#include "source/unread_settings.hpp"

namespace ringlet::convert {

/// A metadata value: an integer, a real number, a boolean, a text, or a list of one of these. Texts
/// are views of the file. Integers keep their sign.
struct GgufInteger {
  bool negative = false;
  std::uint64_t magnitude = 0;
  friend bool operator==(const GgufInteger&, const GgufInteger&) = default;
};
using GgufValue =
    std::variant<GgufInteger, double, bool, std::string_view, std::vector<GgufInteger>,
                 std::vector<double>, std::vector<bool>, std::vector<std::string_view>>;

/// The metadata of a file, which it keeps mapped. Getters without a default throw
/// std::runtime_error with file and key if the key is absent. All getters throw if the value has
/// the wrong type.
class GgufMetadata {
 public:
  GgufMetadata(std::shared_ptr<const PagedFile> file, std::string name)
      : file_(std::move(file)), name_(std::move(name)) {}

  /// Throws if the key exists already.
  void add(std::string_view key, GgufValue value);

  [[nodiscard]] const std::string& file_name() const { return name_; }
  [[nodiscard]] bool has(const std::string& key) const { return values_.contains(key); }
  [[nodiscard]] const GgufValue* find(const std::string& key) const;
  [[nodiscard]] const std::map<std::string, GgufValue, std::less<>>& values() const {
    return values_;
  }

  /// Throws if a key that begins with `prefix` has not been read and could change results (see
  /// unread_settings.hpp; names in `harmless` omit the prefix, ignored names include it).
  void refuse_unread(const std::string& prefix, std::span<const HarmlessSetting> harmless,
                     IgnoredSettings* ignored) const;

  /// Sizes are integers below 2^31; `count`: from 1.
  [[nodiscard]] std::uint32_t count(const std::string& key) const;
  [[nodiscard]] std::uint32_t count_or(const std::string& key, std::uint32_t otherwise) const;
  [[nodiscard]] std::uint32_t size(const std::string& key, std::uint32_t otherwise) const;
  /// A size, or a list with one size per layer, which must all be equal.
  [[nodiscard]] std::uint32_t uniform_size(const std::string& key, std::uint32_t otherwise) const;
  /// The same, of the layers whose entry is not 0.
  /// `count` sizes: a list of as many, or one for all.
  [[nodiscard]] std::vector<std::uint32_t> sizes(const std::string& key, std::size_t count) const;
  [[nodiscard]] std::uint32_t size_of_others(const std::string& key, std::uint32_t otherwise) const;
  /// The layers whose entry is 0.
  [[nodiscard]] std::vector<std::uint32_t> layers_without(const std::string& key) const;
  [[nodiscard]] double number(const std::string& key) const;
  [[nodiscard]] double number(const std::string& key, double otherwise) const;
  [[nodiscard]] bool flag(const std::string& key, bool otherwise) const;
  [[nodiscard]] std::string text(const std::string& key) const;
  [[nodiscard]] std::string text(const std::string& key, const char* otherwise) const;

 private:
  [[nodiscard]] const std::vector<GgufInteger>* list_of(const std::string& key) const;
  [[nodiscard]] std::uint32_t common_size(const std::string& key,
                                          const std::vector<GgufInteger>& list) const;
  [[noreturn]] void wrong(const std::string& key, const char* wanted) const;
  [[nodiscard]] const GgufValue& get(const std::string& key) const;

  std::shared_ptr<const PagedFile> file_;
  std::string name_;
  std::map<std::string, GgufValue, std::less<>> values_;
  mutable std::set<std::string> read_;  // keys that a getter asked for
};

/// One file: its metadata, and its tensors, whose offsets have been checked against it.
struct GgufFile {
  GgufMetadata metadata;
  std::vector<StoredTensor> tensors;
};

/// Reads one of `files` files that are read together. Every count, length, type, shape and offset
/// is checked against the file before use. Throws std::runtime_error with one sentence that begins
/// with the file's name and names the key or tensor at fault.
GgufFile read_gguf_file(const std::filesystem::path& path, std::size_t files = 1);

/// Adds the tensors of a model to `store` and returns its metadata. If `path` is a part of a split
/// model, all parts are read, and the metadata is that of the first. Throws like read_gguf_file,
/// and also if a part is missing or does not belong to the others.
GgufMetadata read_gguf(const std::filesystem::path& path, TensorStore& store);

}  // namespace ringlet::convert

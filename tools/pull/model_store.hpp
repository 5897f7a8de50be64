// The models that were pulled: NAME.ringlet with NAME.json beside it, in one folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pull/model_record.hpp"

namespace ringlet::pull {

/// A model file of the store.
struct StoredModel {
  std::string name;
  std::string path;
  std::uint64_t bytes = 0;
  std::optional<ModelRecord> record{};  // absent if the file was not pulled, or has been replaced
};

/// A download that was not finished.
struct UnfinishedPull {
  std::string name;
  std::uint64_t bytes = 0;  // on disk so far
};

/// Whether a model can have this name: 1 to 100 letters, digits, '.', '_' and '-', of which the
/// first is a letter or digit.
[[nodiscard]] bool is_model_name(std::string_view name);

/// The folder need not exist. Functions throw port::Failure with one sentence.
class ModelStore {
 public:
  explicit ModelStore(std::string folder) : folder_(std::move(folder)) {}

  /// $XDG_DATA_HOME/ringlet/models, by default ~/.local/share/ringlet/models; empty without a home.
  [[nodiscard]] static std::string default_folder();

  [[nodiscard]] const std::string& folder() const { return folder_; }

  /// All models, by name. Files that others have put into the folder count.
  [[nodiscard]] std::vector<StoredModel> models() const;
  [[nodiscard]] std::vector<UnfinishedPull> unfinished() const;

  /// The model of this name, or the only one whose name differs in capitals. Throws if several do.
  [[nodiscard]] std::optional<StoredModel> find(std::string_view name) const;

  /// Files of a model, which need not exist.
  [[nodiscard]] std::string model_path(std::string_view name) const;
  [[nodiscard]] std::string record_path(std::string_view name) const;
  /// The folder of what was downloaded. A finished pull removes it unless it is to be kept.
  [[nodiscard]] std::string source_folder(std::string_view name) const;

  /// Creates the folder and its parents; those that are new are the owner's alone.
  void create() const;

  /// Writes what is known of the model, whose file must be there.
  void write_record(std::string_view name, const ModelRecord& record) const;

  /// Removes the model and everything that was downloaded for it. Returns the freed bytes.
  std::uint64_t remove(std::string_view name) const;

  /// The bytes on disk of what was downloaded.
  [[nodiscard]] std::uint64_t source_bytes(std::string_view name) const;

  /// Removes what was downloaded. Throws if something stays behind.
  void remove_source(std::string_view name) const;

 private:
  [[nodiscard]] StoredModel describe(const std::string& name) const;

  std::string folder_;
};

/// While one of these exists, no other process pulls or removes the model of this name.
class ModelLock {
 public:
  /// The store's folder must exist. Throws port::Failure if another process has the lock.
  ModelLock(const ModelStore& store, std::string_view name);
  ModelLock(const ModelLock&) = delete;
  ModelLock& operator=(const ModelLock&) = delete;
  ~ModelLock();

 private:
  std::string path_;
  int descriptor_ = -1;
};

}  // namespace ringlet::pull

#include "pull/model_store.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "common/errors.hpp"
#include "common/output_file.hpp"
#include "common/user_folder.hpp"
#include "pull/letter_case.hpp"

namespace ringlet::pull {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view model_suffix = ".ringlet";
constexpr std::string_view source_suffix = ".source";
constexpr std::size_t longest_name = 100;
constexpr std::streamsize longest_record = 1 << 16;

/// The name in a file name with that suffix; empty if it is none.
std::string name_in(const fs::path& path, std::string_view suffix) {
  const std::string file = path.filename().string();
  if (!file.ends_with(suffix)) return {};
  std::string name = file.substr(0, file.size() - suffix.size());
  return is_model_name(name) ? name : std::string();
}

std::string read_record(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(static_cast<std::size_t>(longest_record), '\0');
  file.read(text.data(), longest_record);
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  return text;
}

std::uint64_t size_of(const fs::path& path) {
  std::error_code error;
  const std::uintmax_t bytes = fs::file_size(path, error);
  return error ? 0 : bytes;
}

std::uint64_t size_of_folder(const std::string& folder) {
  std::uint64_t bytes = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator file(folder, error), end; !error && file != end;
       file.increment(error)) {
    std::error_code other;
    if (file->is_regular_file(other) && !file->is_symlink(other)) bytes += size_of(file->path());
  }
  return bytes;
}

/// Calls visit(entry) for everything in a folder, which can be absent.
template <typename Visit>
void for_each_entry(const std::string& folder, Visit visit) {
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    visit(*entry);
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    throw port::system_failure(folder, "cannot be listed", error.value());
  }
}

void remove_file(const std::string& path) {
  std::error_code error;
  fs::remove(path, error);
  if (error) throw port::system_failure(path, "cannot be removed", error.value());
}

}  // namespace

bool is_model_name(std::string_view name) {
  const auto is_letter = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  if (name.empty() || name.size() > longest_name || !is_letter(name.front())) return false;
  return std::all_of(name.begin(), name.end(),
                     [&](char c) { return is_letter(c) || c == '.' || c == '_' || c == '-'; });
}

std::string ModelStore::default_folder() {
  const std::string data = common::user_folder("XDG_DATA_HOME", ".local/share");
  return data.empty() ? data : data + "/ringlet/models";
}

std::string ModelStore::model_path(std::string_view name) const {
  return folder_ + "/" + std::string(name) + std::string(model_suffix);
}

std::string ModelStore::record_path(std::string_view name) const {
  return folder_ + "/" + std::string(name) + ".json";
}

std::string ModelStore::source_folder(std::string_view name) const {
  return folder_ + "/" + std::string(name) + std::string(source_suffix);
}

StoredModel ModelStore::describe(const std::string& name) const {
  StoredModel model{.name = name, .path = model_path(name), .bytes = size_of(model_path(name))};
  model.record = record_from_json(read_record(record_path(name)));
  // A record is written after its model, so it can be that of another file.
  if (model.record && model.record->file != fingerprint(model.path)) model.record.reset();
  return model;
}

std::vector<StoredModel> ModelStore::models() const {
  std::vector<StoredModel> models;
  for_each_entry(folder_, [&](const fs::directory_entry& entry) {
    std::error_code error;
    const std::string name = name_in(entry.path(), model_suffix);
    if (!name.empty() && entry.is_regular_file(error)) models.push_back(describe(name));
  });
  std::sort(models.begin(), models.end(),
            [](const StoredModel& a, const StoredModel& b) { return a.name < b.name; });
  return models;
}

std::vector<UnfinishedPull> ModelStore::unfinished() const {
  std::vector<UnfinishedPull> pulls;
  for_each_entry(folder_, [&](const fs::directory_entry& entry) {
    std::error_code error;
    const std::string name = name_in(entry.path(), source_suffix);
    if (name.empty() || !entry.is_directory(error) || fs::exists(model_path(name), error)) return;
    pulls.push_back({name, source_bytes(name)});
  });
  std::sort(pulls.begin(), pulls.end(),
            [](const UnfinishedPull& a, const UnfinishedPull& b) { return a.name < b.name; });
  return pulls;
}

std::optional<StoredModel> ModelStore::find(std::string_view name) const {
  if (!is_model_name(name)) return std::nullopt;
  std::error_code error;
  const std::string exact(name);
  if (fs::is_regular_file(model_path(exact), error)) return describe(exact);
  std::vector<StoredModel> found = models();
  std::erase_if(found, [&](const StoredModel& model) {
    return in_lower_case(model.name) != in_lower_case(exact);
  });
  if (found.empty()) return std::nullopt;
  if (found.size() > 1) {
    common::fail(exact, ": could be ", found[0].name, " or ", found[1].name,
                 "; write it with the capitals of one of them");
  }
  return std::move(found.front());
}

void ModelStore::create() const {
  if (folder_.empty()) {
    throw port::Failure("there is no folder for models; set HOME or XDG_DATA_HOME");
  }
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) throw port::system_failure(folder_, "cannot be created", error.value());
}

void ModelStore::write_record(std::string_view name, const ModelRecord& record) const {
  common::write_file(record_path(name), to_json(record));
}

std::uint64_t ModelStore::remove(std::string_view name) const {
  const std::uint64_t bytes = size_of(model_path(name)) + source_bytes(name);
  remove_file(model_path(name));
  remove_file(record_path(name));
  // What a killed converter has left (common/output_file.hpp).
  remove_file(folder_ + "/." + std::string(name) + std::string(model_suffix) + ".writing");
  remove_source(name);
  return bytes;
}

std::uint64_t ModelStore::source_bytes(std::string_view name) const {
  return size_of_folder(source_folder(name));
}

void ModelStore::remove_source(std::string_view name) const {
  std::error_code error;
  fs::remove_all(source_folder(name), error);
  if (error) throw port::system_failure(source_folder(name), "cannot be removed", error.value());
}

}  // namespace ringlet::pull

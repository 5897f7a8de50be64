// ringlet list: the models that were pulled.
#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>

#include "command.hpp"
#include "json_text.hpp"
#include "model_name.hpp"
#include "options.hpp"
#include "parse_values.hpp"
#include "ringlet/tensor_list.hpp"

namespace ringlet::cli {
namespace {

/// A line of the list.
struct Entry {
  pull::StoredModel model;
  std::string weights;  // "int4"; "damaged" if the file cannot be opened
};

/// The formats of the layers' matrices.
std::string weights_of(const std::string& path) {
  try {
    std::set<std::string> formats;
    const LoadedModel model = load_model_file(path);
    list_tensors(model.model, [&formats](const TensorInfo& tensor) {
      if (tensor.is_matrix && tensor.layer >= 0) formats.insert(name_of(tensor.format));
    });
    std::string text;
    for (const std::string& format : formats) text += (text.empty() ? "" : "+") + format;
    return text;
  } catch (const port::Failure&) {
    return "damaged";
  }
}

std::vector<Entry> entries_of(const pull::ModelStore& store) {
  std::vector<Entry> entries;
  for (pull::StoredModel& model : store.models()) {
    std::string weights = weights_of(model.path);
    entries.push_back({std::move(model), std::move(weights)});
  }
  return entries;
}

std::string table_of(const std::vector<Entry>& entries) {
  std::vector<std::vector<std::string>> rows = {
      {"name", "size", "weights", "pulled", "revision", "source"}};
  for (const Entry& entry : entries) {
    const pull::ModelRecord record = entry.model.record.value_or(pull::ModelRecord());
    constexpr std::size_t date = 10;
    constexpr std::size_t short_commit = 12;
    rows.push_back({entry.model.name, human_bytes(entry.model.bytes), entry.weights,
                    record.pulled.substr(0, date), record.commit.substr(0, short_commit),
                    record.source});
  }
  std::vector<std::size_t> widths(rows.front().size(), 0);
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i] + std::string(widths[i] + 2 - row[i].size(), ' ');
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

nlohmann::ordered_json document_of(const pull::ModelStore& store,
                                   const std::vector<Entry>& entries) {
  nlohmann::ordered_json document = {{"folder", store.folder()}};
  auto& models = document["models"] = nlohmann::ordered_json::array();
  for (const Entry& entry : entries) {
    const pull::StoredModel& model = entry.model;
    nlohmann::ordered_json line = {{"name", model.name},
                                   {"path", model.path},
                                   {"bytes", model.bytes},
                                   {"weights", entry.weights}};
    const auto add = [&](const char* key, const std::string pull::ModelRecord::*member) {
      const std::string value = model.record ? *model.record.*member : std::string();
      line[key] = value.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(value);
    };
    add("source", &pull::ModelRecord::source);
    add("revision", &pull::ModelRecord::revision);
    add("commit", &pull::ModelRecord::commit);
    add("licence", &pull::ModelRecord::licence);
    add("options", &pull::ModelRecord::options);
    add("pulled", &pull::ModelRecord::pulled);
    models.push_back(std::move(line));
  }
  auto& unfinished = document["unfinished"] = nlohmann::ordered_json::array();
  for (const pull::UnfinishedPull& pull : store.unfinished()) {
    unfinished.push_back({{"name", pull.name}, {"bytes", pull.bytes}});
  }
  return document;
}

int execute(bool json) {
  const pull::ModelStore store = user_models();
  const std::vector<Entry> entries = entries_of(store);
  if (json) {
    print(json_text(document_of(store, entries)));
    return exit_success;
  }
  if (!entries.empty()) print(table_of(entries));
  if (entries.empty()) {
    print_note("there are no models in " + store.folder() + "; ringlet pull OWNER/NAME gets one",
               true);
  }
  for (const pull::UnfinishedPull& pull : store.unfinished()) {
    print_note(pull.name + ": unfinished, " + human_bytes(pull.bytes) +
                   " on disk; pull it again to continue, or ringlet remove " + pull.name,
               true);
  }
  return exit_success;
}

}  // namespace

Command add_list(CLI::App& program) {
  const auto json = std::make_shared<bool>(false);
  CLI::App* app = program.add_subcommand("list", "List the models that were pulled");
  app->add_flag("--json", *json, "Print JSON.");
  app->footer(
      "Models are files NAME.ringlet in $XDG_DATA_HOME/ringlet/models (by default\n"
      "~/.local/share/ringlet/models). Every command takes their names.\n\n"
      "Examples:\n"
      "  ringlet list\n"
      "  ringlet list --json");
  return {app, [json] { return execute(*json); }};
}

}  // namespace ringlet::cli

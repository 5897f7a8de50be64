#include "model_name.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <vector>

#include "common/similar_name.hpp"
#include "pull/letter_case.hpp"
#include "ringlet/linux/failure.hpp"

namespace ringlet::cli {
namespace {

namespace fs = std::filesystem;

using pull::in_lower_case;
using pull::StoredModel;

std::vector<std::string> names_of(const std::vector<StoredModel>& models) {
  std::vector<std::string> names;
  for (const StoredModel& model : models) names.push_back(model.name);
  return names;
}

std::string list_of(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  return list;
}

/// What to do about a name that no model has.
std::string advice_on_name(const pull::ModelStore& store, const std::string& name) {
  const std::vector<StoredModel> models = store.models();
  if (models.empty()) return "there are no pulled models; ringlet pull OWNER/NAME gets one";
  const std::string lower = in_lower_case(name);
  std::vector<std::string> longer;  // "smollm2" for "smollm2-360m-instruct"
  for (const std::string& known : names_of(models)) {
    if (in_lower_case(known).starts_with(lower)) longer.push_back(known);
  }
  if (!longer.empty()) return "did you mean " + list_of(longer) + "?";
  const std::string similar = common::similar_name(lower, names_of(models));
  if (!similar.empty()) return "did you mean " + similar + "?";
  constexpr std::size_t most = 8;
  std::vector<std::string> names = names_of(models);
  if (names.size() > most) return "ringlet list shows the pulled models";
  return "the pulled models are " + list_of(names);
}

/// Whether a text could be that of `ringlet pull`, and is no path that leads somewhere.
bool looks_like_source(const std::string& text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos || text.find('/', slash + 1) != std::string::npos) return false;
  std::error_code error;
  const std::string owner = text.substr(0, slash);
  const std::string name = text.substr(slash + 1, text.find_first_of(":@", slash) - slash - 1);
  return pull::is_model_name(owner) && pull::is_model_name(name) && !fs::exists(owner, error);
}

/// The models that were pulled from `source`, written with any capitals.
std::vector<StoredModel> pulled_from(const pull::ModelStore& store, const std::string& source) {
  std::vector<StoredModel> models = store.models();
  const std::string lower = in_lower_case(source);
  std::erase_if(models, [&lower](const StoredModel& model) {
    return !model.record || in_lower_case(model.record->source) != lower;
  });
  return models;
}

std::string path_from_source(const pull::ModelStore& store, const std::string& source) {
  const std::vector<StoredModel> models = pulled_from(store, source);
  if (models.size() == 1) return models.front().path;
  if (models.empty()) {
    throw port::Failure(source + ": does not exist; get the model with: ringlet pull " + source);
  }
  throw port::Failure(source + ": was pulled more than once; name one of " +
                      list_of(names_of(models)));
}

}  // namespace

pull::ModelStore user_models() { return pull::ModelStore(pull::ModelStore::default_folder()); }

std::string path_of_model(const std::string& given) {
  std::error_code error;
  const fs::file_status status = fs::status(given, error);
  if (status.type() != fs::file_type::not_found) return given;
  const pull::ModelStore store = user_models();
  if (looks_like_source(given)) return path_from_source(store, given);
  if (!pull::is_model_name(given) || given.ends_with(".ringlet")) return given;
  return pulled_model(store, given).path;
}

pull::StoredModel pulled_model(const pull::ModelStore& store, const std::string& name) {
  if (const std::optional<StoredModel> found = store.find(name)) return *found;
  throw port::Failure(name + ": does not exist; " + advice_on_name(store, name));
}

}  // namespace ringlet::cli

// MODEL on the command line: a file, or the name of a model that was pulled.
#pragma once

#include <string>

#include "pull/model_store.hpp"

namespace ringlet::cli {

/// The user's models.
[[nodiscard]] pull::ModelStore user_models();

/// The file that MODEL means: itself if there is such a file, otherwise the pulled model of this
/// name, or from this source ("owner/name"). Throws port::Failure, which says what there is, if
/// there is neither, or more than one.
[[nodiscard]] std::string path_of_model(const std::string& given);

/// The pulled model of this name. Throws port::Failure, which says what there is.
[[nodiscard]] pull::StoredModel pulled_model(const pull::ModelStore& store,
                                             const std::string& name);

}  // namespace ringlet::cli

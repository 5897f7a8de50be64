// Language models inside models for pictures and sound: folders whose config.json has a
// "text_config".
#pragma once

#include <string>
#include <vector>

#include "source/json_file.hpp"
#include "source/tensor_store.hpp"

namespace ringlet::convert {

/// Whether a config is that of a model with a language model as one of its parts.
[[nodiscard]] bool is_wrapper(const JsonField& config);

/// Whether folders of this `model_type` have a "text_config".
[[nodiscard]] bool needs_text_config(const std::string& model_type);

/// The `model_type` of those.
[[nodiscard]] std::vector<std::string> hf_wrapper_names();

/// The config of the language model: "text_config", with what the config around it says for all
/// parts, and with the defaults of its family. These folders leave out what equals a default.
[[nodiscard]] JsonDocument text_config(const JsonField& config);

/// Whether a tensor has the prefix of a language model in a wrapper.
[[nodiscard]] bool has_wrapped_tensors(const TensorStore& store);

/// Gives the tensors of the language model the names that they have in a folder of its own, and
/// drops those of the other parts. Returns a note about these, or an empty text if there are none.
std::string unwrap_tensors(TensorStore& store);

}  // namespace ringlet::convert

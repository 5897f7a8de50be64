// safetensors files: eight bytes with the length of a JSON header, the header, then the tensors.
#pragma once

#include <filesystem>

#include "tensor_store.hpp"

namespace ringlet::convert {

/// Reads the header of one file and adds its tensors. Every offset and size is checked: tensors lie
/// inside the file, fill it without gaps or overlaps, and have the bytes that shape and dtype need.
/// Throws std::runtime_error in one sentence that begins with the file's name and names the tensor
/// and field at fault.
void add_safetensors(const std::filesystem::path& path, TensorStore& store);

/// The same for the folder of a checkpoint: `model.safetensors`, or the shards that
/// `model.safetensors.index.json` names.
void add_safetensors_folder(const std::filesystem::path& folder, TensorStore& store);

}  // namespace ringlet::convert

// safetensors files: eight bytes with the length of a JSON header, the header, then the tensors.
#pragma once

#include <filesystem>

#include "source/tensor_store.hpp"

namespace ringlet::convert {

/// Reads the header of one file and adds its tensors. Checks every offset and size: tensors are
/// inside the file, fill it without gaps or overlaps, and have the size that shape and dtype
/// require. Throws std::runtime_error with one sentence that begins with the file's name and names
/// the tensor and field at fault.
void add_safetensors(const std::filesystem::path& path, TensorStore& store);

/// Like add_safetensors, for the folder of a checkpoint: `model.safetensors`, or the shards in
/// `model.safetensors.index.json`.
void add_safetensors_folder(const std::filesystem::path& folder, TensorStore& store);

}  // namespace ringlet::convert
